import Glibc
import Linux
import Records

/// The sockets of this host's own programs.
enum HostSockets {
    /// Whether the kernel would give the `offset`th of the port's sockets to this process: then nobody listens there.
    static func canBind(_ port: PublishedPort, offset: UInt16) -> Bool {
        let address = port.address.flatMap { IPAddress($0) }
        let kind = port.transport == .tcp ? SOCK_STREAM : SOCK_DGRAM
        return [AF_INET, AF_INET6].allSatisfy { family in
            if let address, address.family != family { return true }
            let number = socket(family, Int32(kind.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            // Without the family nobody listens in it.
            if number < 0 { return true }
            defer { close(number) }
            var on: Int32 = 1
            let length = socklen_t(MemoryLayout<Int32>.size)
            // What is left of a connection that has ended listens to nobody.
            if port.transport == .tcp { setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &on, length) }
            if family == AF_INET6 { setsockopt(number, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &on, length) }
            return bind(number, address, port.hostPort &+ offset, family) || Errno.current != .addressInUse
        }
    }

    /// Whether a program could listen at `address`: it is this host's, or net.ipv4.ip_nonlocal_bind lets it do so before
    /// that.
    static func has(_ address: IPAddress) -> Bool {
        let number = socket(address.family, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        if number < 0 { return true }
        defer { close(number) }
        return bind(number, address, 0, address.family) || Errno.current != .addressNotAvailable
    }

    private static func bind(_ number: Int32, _ address: IPAddress?, _ port: UInt16, _ family: Int32) -> Bool {
        if family == AF_INET {
            var name = sockaddr_in()
            name.sin_family = sa_family_t(AF_INET)
            name.sin_port = port.bigEndian
            if let address { withUnsafeMutableBytes(of: &name.sin_addr) { $0.copyBytes(from: address.bytes) } }
            return bind(number, to: &name)
        }
        var name = sockaddr_in6()
        name.sin6_family = sa_family_t(AF_INET6)
        name.sin6_port = port.bigEndian
        if let address { withUnsafeMutableBytes(of: &name.sin6_addr) { $0.copyBytes(from: address.bytes) } }
        return bind(number, to: &name)
    }

    private static func bind<Name>(_ number: Int32, to name: inout Name) -> Bool {
        withUnsafePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(number, $0, socklen_t(MemoryLayout<Name>.size)) == 0
            }
        }
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
