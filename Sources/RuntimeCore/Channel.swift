import Glibc
import Linux
import OCI

/// What the launching process tells the child, each with the descriptors that belong to it.
enum Order: UInt8 {
    /// The id maps are written: the child may become root of its user namespace.
    case idsMapped = 1
    /// The mounts that need privilege over the host's file systems: the root first where it is among them, then bind
    /// mounts in their order.
    case mountsMade
    /// The control group is there; these are the ways in.
    case cgroupMade
    /// The hooks have run.
    case proceed
}

/// What the child tells the launching process. That it says no more, since its end was closed by exec, is success.
enum Report {
    /// All namespaces are there but the control group's: told where a hook waits for them.
    case namespaced
    /// All namespaces are there and the file systems are mounted: it is time for the hooks of the host.
    case prepared
    /// The terminal's master side.
    case console(FileDescriptorNumber)
    /// All is set up, and the program waits for the start.
    case held
    /// This process has made another, which goes on in its place.
    case replaced(pid: Int32, FileDescriptorNumber)
    /// The filter is about to be loaded, and its listener will have this number in the child.
    case listening(Int32)
    case failed(LaunchError)

    /// A descriptor just received: whoever gets it owns it.
    typealias FileDescriptorNumber = Int32
}

/// The launching process's end.
struct ParentChannel: ~Copyable {
    let socket: PacketSocket

    init(_ socket: consuming PacketSocket) { self.socket = socket }

    /// A child that has gone cannot be told; why is in its last report. One that is there must not wait for an order
    /// that could not be sent: it hears that there is none, and says so.
    func tell(_ order: Order, descriptors: [Int32] = []) {
        do throws(SystemCallError) {
            var rest = descriptors[...]
            while rest.count > Self.descriptorsAtOnce {
                try socket.send([order.rawValue, 1], descriptors: Array(rest.prefix(Self.descriptorsAtOnce)))
                rest = rest.dropFirst(Self.descriptorsAtOnce)
            }
            try socket.send([order.rawValue], descriptors: Array(rest))
        } catch {
            shutdown(socket.descriptor.number, Int32(SHUT_WR))
        }
    }

    /// One packet carries at most 253, by unix(7); an order with a second byte is to be continued.
    static let descriptorsAtOnce = 250

    /// The next report; `nil` when the child has executed the program or is gone.
    func next() throws(LaunchError) -> Report? {
        let packet = try during(.process) { () throws(SystemCallError) in try socket.receive() }
        guard let packet, let kind = packet.bytes.first else { return nil }
        switch kind {
        case 1: return .prepared
        case 2: return packet.descriptors.first.map { .console($0) }
        case 3: return .held
        case 5: return packet.descriptors.first.map { .replaced(pid: Self.number(packet.bytes), $0) }
        case 6: return .listening(Self.number(packet.bytes))
        case 7: return .namespaced
        default: return .failed(LaunchError(packet.bytes.dropFirst()))
        }
    }

    /// The same; every second without a report `hindrance` is asked whether to go on waiting.
    func next(unless hindrance: () -> LaunchError?) throws(LaunchError) -> Report? {
        while !socket.descriptor.isReadable(within: 1) { if let error = hindrance() { throw error } }
        return try next()
    }

    /// That behind the kind.
    private static func number(_ bytes: [UInt8]) -> Int32 {
        bytes.dropFirst().reversed().reduce(0) { $0 << 8 | Int32($1) }
    }
}

extension ParentChannel {
    /// Why the child failed, where it has said so and the launching process noticed something else first. To be
    /// asked when the child is gone: one that waits for an order would say nothing, for ever.
    func lastWords() -> LaunchError? {
        while let report = try? next() {
            if case .failed(let error) = report { return error }
            if case .console(let master) = report { close(master) }
        }
        return nil
    }
}

/// The child's end.
struct ChildChannel: ~Copyable {
    let socket: PacketSocket

    init(_ socket: consuming PacketSocket) { self.socket = socket }

    func report(_ report: Report) {
        switch report {
        case .namespaced: try? socket.send([7])
        case .prepared: try? socket.send([1])
        case .console(let descriptor): try? socket.send([2], descriptors: [descriptor])
        case .held: try? reportHeld()
        case .replaced(let pid, let process):
            try? socket.send([5] + withUnsafeBytes(of: pid.littleEndian, Array.init), descriptors: [process])
        case .listening(let number): try? socket.send([6] + withUnsafeBytes(of: number.littleEndian, Array.init))
        case .failed(let cause):
            do throws(SystemCallError) { try write([4] + cause.bytes) } catch {
                // Nobody hears it: it is said where the container's own words would go.
                let words = Array("boxtop-runtime: \(cause)\n".utf8)
                _ = Glibc.write(2, words, words.count)
            }
        }
    }

    /// Says that all is set up and the program waits: a creation that does not hear it fails.
    func reportHeld() throws(LaunchError) {
        try during(.hold) { () throws(SystemCallError) in try write([3]) }
    }

    /// One packet, by whichever call the filter lets through, which may be on by now: many a one that knows no sockets
    /// denies sendmsg(2).
    private func write(_ packet: [UInt8]) throws(SystemCallError) {
        do { try socket.descriptor.write(packet) } catch { try socket.send(packet) }
    }

    /// Waits for `order`, which is the next by design. The caller owns the descriptors.
    @discardableResult
    func wait(for order: Order) throws(LaunchError) -> [Int32] {
        var descriptors: [Int32] = []
        while true {
            let room = (16, Int32(ParentChannel.descriptorsAtOnce))
            let packet = try during(.process) { () throws(SystemCallError) in try socket.receive(room: room) }
            guard let packet, packet.bytes.first == order.rawValue else {
                for descriptor in descriptors { close(descriptor) }
                throw LaunchError(.process, "the launching process has gone")
            }
            descriptors += packet.descriptors
            if packet.bytes.count == 1 { return descriptors }
        }
    }
}

extension LaunchError {
    /// The exit code, then step, path and reason with a NUL after each; an absent path is empty.
    var bytes: [UInt8] {
        var bytes = [UInt8(truncatingIfNeeded: exitCode)]
        for text in [step.rawValue, path ?? "", reason] {
            bytes.append(contentsOf: text.utf8.prefix(4 << 10))
            bytes.append(0)
        }
        return bytes
    }

    init(_ bytes: some Collection<UInt8>) {
        let parts = bytes.dropFirst().split(separator: 0, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        guard let code = bytes.first, parts.count >= 3, let step = Step(rawValue: parts[0]) else {
            self.init(.process, "its report cannot be read")
            return
        }
        self.init(step, on: parts[1].isEmpty ? nil : parts[1], parts[2], exitCode: Int32(code))
    }
}
