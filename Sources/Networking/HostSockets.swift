import Glibc
import Linux
import Records

/// The sockets of this host's own programs.
enum HostSockets {
    /// Whether the kernel would give the `offset`th of the port's sockets to this process: then nobody listens there.
    static func canBind(_ port: PublishedPort, offset: UInt16) -> Bool {
        let family = port.address.flatMap { IPAddress($0) }?.family
        return (family.map { [$0] } ?? [AF_INET, AF_INET6]).allSatisfy { canBind(port, port.hostPort &+ offset, $0) }
    }

    private static func canBind(_ port: PublishedPort, _ number: UInt16, _ family: Int32) -> Bool {
        // Without the family nobody listens in it.
        guard let socket = try? PortSocket(family, isStream: port.transport == .tcp) else { return true }
        do throws(SystemCallError) {
            // What is left of a connection that has ended listens to nobody.
            if port.transport == .tcp { try socket.set(SO_REUSEADDR) }
            if family == AF_INET6 { try socket.set(IPV6_V6ONLY, at: Int32(IPPROTO_IPV6)) }
            try socket.bind(to: port.address, number)
            return true
        } catch { return error.errno != .addressInUse }
    }

    /// Whether a program could listen at `address`: it is this host's, or net.ipv4.ip_nonlocal_bind lets it do so before
    /// that.
    static func has(_ address: IPAddress) -> Bool {
        guard let socket = try? PortSocket(address.family, isStream: false) else { return true }
        do throws(SystemCallError) {
            try socket.bind(to: "\(address)", 0)
            return true
        } catch { return error.errno != .addressNotAvailable }
    }

    struct Listening {
        var transport: PublishedPort.Transport
        var address: IPAddress
        var port: UInt16
        var inode: UInt64
    }

    /// The sockets that listen in this network namespace. See proc_pid_net(5).
    static func listening() -> [Listening] {
        var sockets: [Listening] = []
        let files: [(String, PublishedPort.Transport, String)] = [
            ("tcp", .tcp, "0A"), ("tcp6", .tcp, "0A"), ("udp", .udp, "07"), ("udp6", .udp, "07"),
        ]
        for (file, transport, state) in files {
            for line in (Files.text("/proc/net/\(file)") ?? "").split(separator: "\n").dropFirst() {
                let fields = line.split(separator: " ", omittingEmptySubsequences: true)
                guard fields.count > 9, fields[3] == state, let colon = fields[1].firstIndex(of: ":"),
                    let port = UInt16(fields[1][fields[1].index(after: colon)...], radix: 16),
                    let address = address(fields[1][..<colon])
                else { continue }
                sockets.append(
                    Listening(transport: transport, address: address, port: port, inode: UInt64(fields[9]) ?? 0))
            }
        }
        return sockets
    }

    /// Words of four bytes, each in the machine's own order.
    private static func address(_ text: Substring) -> IPAddress? {
        let digits = Array(text.utf8)
        guard digits.count == 8 || digits.count == 32 else { return nil }
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: digits.count, by: 8) {
            guard let word = UInt32(String(decoding: digits[start..<(start + 8)], as: UTF8.self), radix: 16) else {
                return nil
            }
            withUnsafeBytes(of: word) { bytes += $0 }
        }
        return IPAddress(bytes: bytes)
    }

    static func holder(of inode: UInt64) -> (pid: Int32, name: String)? {
        for name in (try? Files.names(in: "/proc")) ?? [] {
            guard let pid = Int32(name) else { continue }
            for number in (try? Files.names(in: "/proc/\(pid)/fd")) ?? [] {
                var buffer = [CChar](repeating: 0, count: 64)
                let count = readlink("/proc/\(pid)/fd/\(number)", &buffer, buffer.count)
                guard count > 0 else { continue }
                let target = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
                if target == "socket:[\(inode)]" {
                    let command = (Files.text("/proc/\(pid)/comm") ?? "").prefix { !$0.isNewline }
                    return (pid, String(command))
                }
            }
        }
        return nil
    }
}
