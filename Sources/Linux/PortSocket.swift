import Glibc

/// A socket of IPv4 or IPv6 that takes a port of this host. See ip(7), ipv6(7).
package struct PortSocket: ~Copyable {
    package let descriptor: FileDescriptor
    private let family: Int32

    /// - Parameter family: AF_INET or AF_INET6; EAFNOSUPPORT where the kernel has none of it.
    package init(_ family: Int32, isStream: Bool) throws(SystemCallError) {
        let kind = Int32((isStream ? SOCK_STREAM : SOCK_DGRAM).rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        descriptor = FileDescriptor(owning: try systemCall("make a socket") { socket(family, kind, 0) })
        self.family = family
    }

    /// Gives the socket's number away without closing it.
    package consuming func release() -> Int32 { descriptor.release() }

    /// Sets an option of setsockopt(2) that is a number.
    package func set(_ option: Int32, at level: Int32 = SOL_SOCKET, to value: Int32 = 1) throws(SystemCallError) {
        var value = value
        try systemCall("set an option of a socket") {
            setsockopt(descriptor.number, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
        }
    }

    /// Is given nothing but what comes in by the interface `name`. See socket(7), SO_BINDTODEVICE.
    package func hearOnly(_ name: String) throws(SystemCallError) {
        try systemCall("bind a socket to", name) {
            setsockopt(descriptor.number, SOL_SOCKET, SO_BINDTODEVICE, name, socklen_t(name.utf8.count))
        }
    }

    /// - Parameters:
    ///   - address: of the socket's family, as inet_pton(3) reads it; absent: all of the host's.
    ///   - port: 0 for any.
    package func bind(to address: String?, _ port: UInt16) throws(SystemCallError) {
        if family == AF_INET {
            var name = sockaddr_in()
            name.sin_family = sa_family_t(AF_INET)
            name.sin_port = port.bigEndian
            if let address { inet_pton(AF_INET, address, &name.sin_addr) }
            return try bind(&name, address, port)
        }
        var name = sockaddr_in6()
        name.sin6_family = sa_family_t(AF_INET6)
        name.sin6_port = port.bigEndian
        if let address { inet_pton(AF_INET6, address, &name.sin6_addr) }
        try bind(&name, address, port)
    }

    private func bind<Name>(_ name: inout Name, _ address: String?, _ port: UInt16) throws(SystemCallError) {
        _ = try withUnsafePointer(to: &name) { pointer throws(SystemCallError) in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name throws(SystemCallError) in
                try systemCall("bind port", "\(port) of \(address ?? "this host")") {
                    Glibc.bind(descriptor.number, name, socklen_t(MemoryLayout<Name>.size))
                }
            }
        }
    }
}
