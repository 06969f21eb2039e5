import Glibc
import JSON
import Linux

/// A front end's end of a supervisor's `control.sock`.
///
///     let client = try ControlClient(connectingTo: layout.controlSocket(id))
///     switch try client.ask(.stop(signal: 15, timeout: 10)) { … }   // waits until it has ended
package struct ControlClient: ~Copyable {
    private let socket: FileDescriptor

    /// Throws where nobody listens: the container does not run, or has lost its supervisor.
    package init(connectingTo path: String) throws(ControlError) {
        socket = try Self.connect(to: path)
    }

    /// What a person types goes there, so to nobody but this user or root. Root may ask for another's by name.
    private static func connect(to path: String) throws(ControlError) -> FileDescriptor {
        let peer: uid_t
        do throws(SystemCallError) {
            let socket = try UnixSocket.connect(to: path)
            peer = try UnixSocket.peer(of: socket).user
            if [0, geteuid()].contains(peer) || geteuid() == 0 { return socket }
        } catch { throw .unreachable(error) }
        throw .foreign(peer)
    }

    /// For poll(2): readable when a reply has come.
    package var descriptor: Int32 { socket.number }

    /// Sends `request` and waits for the reply, as `reply` does: a `stop` is answered when the container has ended.
    package func ask(_ request: ControlRequest) throws(ControlError) -> ControlReply {
        try send(request)
        return try reply()
    }

    /// Sends `request` without waiting: `reply` takes the answer once `descriptor` is readable.
    package func send(_ request: ControlRequest) throws(ControlError) {
        let bytes: [UInt8]
        do { bytes = try JSON.encode(request) } catch { throw .misunderstood("\(error)") }
        do { _ = try socket.send(bytes, waiting: true) } catch { throw .lost(error) }
    }

    /// The next reply; waits for it as long as it takes. Of a supervisor that somebody has stopped none comes: throws
    /// `stopped` when that has lasted some seconds. It may be waited for again.
    package func reply() throws(ControlError) -> ControlReply {
        var silence = 0
        while !socket.isReadable(within: 1) {
            let supervisor = (try? UnixSocket.peer(of: socket).process).flatMap { ProcessIdentity(of: $0) }
            guard let supervisor, supervisor.isStopped else {
                silence = 0
                continue
            }
            silence += 1
            if silence == Self.patience { throw .stopped(supervisor.pid) }
        }
        let bytes: [UInt8]?
        do { bytes = try socket.receive(atMost: 4 << 10, waiting: true) } catch { throw .lost(error) }
        guard let bytes, !bytes.isEmpty else { throw .lost(nil) }
        do { return try JSON.decode(ControlReply.self, from: bytes) } catch { throw .misunderstood("\(error)") }
    }

    /// Seconds.
    private static let patience = 4

    /// Becomes an attached stream: from here on the container's output comes through it.
    ///
    /// - Parameter input: whether what is sent goes to the container's standard input.
    package consuming func attach(input: Bool) throws(ControlError) -> AttachedStream {
        switch try ask(.attach(input: input)) {
        case .refused(let reason): throw .refused(reason)
        case .done, .exited: return AttachedStream(socket: socket)
        }
    }
}

/// An attached connection: packets of `AttachFrame` both ways, over a SOCK_SEQPACKET socket.
package struct AttachedStream: ~Copyable {
    /// What the supervisor sends.
    package enum Message: Hashable, Sendable {
        case output([UInt8])
        case error([UInt8])
        case notice(String)
        /// The last: the container has ended and is not started again.
        case exited(Exit)
    }

    private let socket: FileDescriptor

    /// Takes over a connected socket: of `ControlClient.attach`, or one's own end of the pair whose other end a new
    /// supervisor was given as `--client-fd`.
    package init(socket: consuming FileDescriptor) { self.socket = socket }

    /// For poll(2).
    package var descriptor: Int32 { socket.number }

    /// The next message; `nil` where the supervisor has gone. Waits for it: poll `descriptor` first not to.
    package func next() throws(ControlError) -> Message? {
        while true {
            let packet: [UInt8]?
            do { packet = try socket.receive(atMost: AttachFrame.maximumPayload + 1, waiting: true) } catch {
                throw .lost(error)
            }
            guard let packet, let kind = packet.first else { return nil }
            let payload = Array(packet.dropFirst())
            switch AttachFrame(rawValue: kind) {
            case .output: return .output(payload)
            case .error: return .error(payload)
            case .notice: return .notice(String(decoding: payload, as: UTF8.self))
            case .exited:
                do { return .exited(try Node.read(payload) { node throws(JSONError) in try Exit(node) }) } catch {
                    throw .misunderstood("\(error)")
                }
            case .input, .resize, nil: continue
            }
        }
    }

    /// Sends `bytes` to the container's standard input; `false` where it takes no more for now and `waiting` is off.
    package func send(input bytes: some Collection<UInt8>, waiting: Bool = true) throws(ControlError) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = rest.prefix(AttachFrame.maximumPayload)
            guard try send(.input, Array(part), waiting: waiting) else { return false }
            rest = rest.dropFirst(part.count)
        }
        return true
    }

    /// Ends the container's standard input.
    package func endInput() throws(ControlError) { _ = try send(.input, [], waiting: true) }

    /// Tells the size of the person's terminal.
    package func resize(rows: UInt16, columns: UInt16) throws(ControlError) {
        let payload: [UInt8]
        do { payload = try JSON.encode(ControlRequest.resize(rows: rows, columns: columns)) } catch {
            throw .misunderstood("\(error)")
        }
        _ = try send(.resize, payload, waiting: true)
    }

    private func send(_ kind: AttachFrame, _ payload: [UInt8], waiting: Bool) throws(ControlError) -> Bool {
        do { return try socket.send([kind.rawValue] + payload, waiting: waiting) } catch { throw .lost(error) }
    }
}

/// Why a supervisor could not be asked, as a sentence.
package enum ControlError: Error, Hashable, Sendable, CustomStringConvertible {
    case unreachable(SystemCallError)
    /// It is another user's.
    case foreign(uid_t)
    /// It is stopped, as SIGSTOP and debuggers do it, and does not answer.
    case stopped(pid_t)
    /// It has gone in the middle.
    case lost(SystemCallError?)
    case refused(String)
    case misunderstood(String)

    package var description: String {
        switch self {
        case .unreachable: "the container has no supervisor that answers"
        case .foreign(let user): "who answers for the container is user \(user), not its supervisor"
        case .stopped(let pid):
            "its supervisor (process \(pid)) is stopped and does not answer: kill -CONT \(pid) lets it go on"
        case .lost(let error): "the container's supervisor has gone\(error.map { ": \($0)" } ?? "")"
        case .refused(let reason): reason
        case .misunderstood(let reason): "the container's supervisor is of another version: \(reason)"
        }
    }
}
