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
