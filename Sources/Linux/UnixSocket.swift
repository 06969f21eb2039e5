import CLinux
import Glibc

/// Unix sockets that keep the bounds of what is sent: a packet arrives whole or not at all. See unix(7), SOCK_SEQPACKET.
package enum UnixSocket {
    /// Two connected ends, close-on-exec.
    package static func pair() throws(SystemCallError) -> Pair {
        var ends: [Int32] = [-1, -1]
        try systemCall("make a socket pair") {
            socketpair(AF_UNIX, type(SOCK_SEQPACKET), 0, &ends)
        }
        return Pair(first: FileDescriptor(owning: ends[0]), second: FileDescriptor(owning: ends[1]))
    }

    package struct Pair: ~Copyable {
        package var first: FileDescriptor
        package var second: FileDescriptor
    }

    /// Listens at `path`, which only this user may connect to; what lies there already is replaced.
    package static func listen(at path: String) throws(SystemCallError) -> FileDescriptor {
        let socket = try bind(SOCK_SEQPACKET, at: path, mode: 0o600)
        let number = socket.number
        try systemCall("listen at", path) { Glibc.listen(number, 16) }
        return socket
    }

    private static func bind(
        _ kind: __socket_type, at path: String, mode: mode_t
    ) throws(SystemCallError) -> FileDescriptor {
        let socket = try make(kind, Int32(SOCK_NONBLOCK.rawValue))
        let number = socket.number
        unlink(path)
        try withAddress(of: path) { (address, length) throws(SystemCallError) in
            // Between bind and chmod the umask alone would say who may connect; fchmod on the socket sets it before.
            _ = fchmod(number, mode)
            try systemCall("listen at", path) { Glibc.bind(number, address, length) }
        }
        return socket
    }

    /// EAGAIN where so many have connected that nobody has taken in: it never waits for who may never do so.
    package static func connect(to path: String) throws(SystemCallError) -> FileDescriptor {
        try connect(SOCK_SEQPACKET, to: path, waiting: false)
    }

    private static func connect(
        _ kind: __socket_type, to path: String, waiting: Bool = true
    ) throws(SystemCallError) -> FileDescriptor {
        let socket = try make(kind, waiting ? 0 : Int32(SOCK_NONBLOCK.rawValue))
        let number = socket.number
        try withAddress(of: path) { (address, length) throws(SystemCallError) in
            try systemCall("connect to", path) { Glibc.connect(number, address, length) }
        }
        // What is sent waits all the same.
        if !waiting { _ = fcntl(number, F_SETFL, 0) }
        return socket
    }

    /// Who listens at the other end of a connection: the process, and its user. See unix(7), SO_PEERCRED.
    package static func peer(
        of connection: borrowing FileDescriptor
    ) throws(SystemCallError) -> (process: pid_t, user: uid_t) {
        var credentials = (pid: pid_t(0), user: uid_t.max, group: gid_t.max)
        var size = socklen_t(MemoryLayout.size(ofValue: credentials))
        let number = connection.number
        try systemCall("ask whose a socket is") { getsockopt(number, SOL_SOCKET, SO_PEERCRED, &credentials, &size) }
        return (credentials.pid, credentials.user)
    }

    /// The next connection, not blocking; `nil` where none waits.
    package static func accept(from listener: Int32) throws(SystemCallError) -> FileDescriptor? {
        do {
            return FileDescriptor(
                owning: try systemCall("accept a connection") {
                    clinux_accept4(listener, Int32(SOCK_CLOEXEC.rawValue))
                })
        } catch {
            if error.errno == .again { return nil }
            throw error
        }
    }

    /// Single messages that anybody may send to `path`.
    package static func receiveMessages(at path: String) throws(SystemCallError) -> FileDescriptor {
        let socket = try bind(SOCK_DGRAM, at: path, mode: 0o777)
        // The umask has taken from it.
        try systemCall("listen at", path) { fchmodat(AT_FDCWD, path, 0o777, AT_SYMLINK_NOFOLLOW) }
        return socket
    }

    /// To where single messages go; a path that begins with `@` is a name in no folder.
    package static func sendMessages(to path: String) throws(SystemCallError) -> FileDescriptor {
        try connect(SOCK_DGRAM, to: path)
    }

    private static func type(_ kind: __socket_type) -> Int32 { Int32(kind.rawValue) | Int32(SOCK_CLOEXEC.rawValue) }

    private static func make(_ kind: __socket_type, _ flags: Int32 = 0) throws(SystemCallError) -> FileDescriptor {
        FileDescriptor(owning: try systemCall("make a socket") { socket(AF_UNIX, type(kind) | flags, 0) })
    }

    /// A connection of bytes, on which descriptors travel too: what engines listen for terminals with. EAGAIN at once
    /// where those who wait there already are as many as the other side allows.
    package static func connectStream(to path: String) throws(SystemCallError) -> PacketSocket {
        PacketSocket(try connect(SOCK_STREAM, to: path, waiting: false))
    }

    /// A connection of bytes.
    package static func connectBytes(to path: String) throws(SystemCallError) -> FileDescriptor {
        try connect(SOCK_STREAM, to: path)
    }

    /// The folder is opened and named through /proc/self/fd, since an address holds only 107 bytes and a container's
    /// folder may lie deeper.
    private static func withAddress(
        of path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) throws(SystemCallError) -> Void
    ) throws(SystemCallError) {
        if path.first == "@" { return try withAddress([0] + path.utf8.dropFirst(), path, body) }
        guard let slash = path.lastIndex(of: "/") else { throw SystemCallError("use", path, errno: .invalid) }
        let folder = try FileDescriptor.open(
            slash == path.startIndex ? "/" : String(path[..<slash]), flags: Int32(CLINUX_O_PATH) | O_DIRECTORY)
        let short = "/proc/self/fd/\(folder.number)/\(path[path.index(after: slash)...])"
        try withAddress(Array(short.utf8) + [0], path, body)
    }

    private static func withAddress(
        _ name: [UInt8], _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) throws(SystemCallError) -> Void
    ) throws(SystemCallError) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let fits = withUnsafeMutableBytes(of: &address.sun_path) {
            guard name.count <= $0.count else { return false }
            $0.copyBytes(from: name)
            return true
        }
        guard fits else { throw SystemCallError("use", path, errno: Errno(rawValue: ENAMETOOLONG)) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        let outcome = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                Result { () throws(SystemCallError) in try body(address, length) }
            }
        }
        try outcome.get()
    }
}

extension FileDescriptor {
    /// Sends one packet; `false` where the socket is full and `waiting` is off. EPIPE, never a signal, where the other
    /// side has gone.
    package func send(_ packet: [UInt8], waiting: Bool) throws(SystemCallError) -> Bool {
        let number = self.number
        let flags = Int32(MSG_NOSIGNAL) | (waiting ? 0 : Int32(MSG_DONTWAIT))
        do {
            try systemCall("send") { Glibc.send(number, packet, packet.count, flags) }
            return true
        } catch {
            if error.errno == .again { return false }
            throw error
        }
    }

    /// Receives one packet: empty where the other side has closed, `nil` where none is there and `waiting` is off.
    /// What is longer than `limit` is cut off.
    package func receive(atMost limit: Int, waiting: Bool) throws(SystemCallError) -> [UInt8]? {
        try pastReset { () throws(SystemCallError) in try take(atMost: limit, waiting: waiting) }
    }

    private func take(atMost limit: Int, waiting: Bool) throws(SystemCallError) -> [UInt8]? {
        let number = self.number
        let flags = waiting ? 0 : Int32(MSG_DONTWAIT)
        do {
            return try [UInt8](upTo: limit) { room throws(SystemCallError) in
                try systemCall("receive") { recv(number, room.baseAddress, limit, flags) }
            }
        } catch {
            if error.errno == .again { return nil }
            throw error
        }
    }
}
