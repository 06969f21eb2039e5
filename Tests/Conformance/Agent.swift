import CLinux
import Glibc
import Linux

/// A listener that runtimes send descriptors to: of terminals, and of system calls to be answered.
final class Agent {
    private let listener: FileDescriptor

    init(_ path: String) throws {
        let made = FileDescriptor(owning: socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
        let number = made.number
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0, listen(number, 4) == 0 else { throw SystemCallError("listen at", path, errno: .current) }
        listener = made
    }

    func receive() throws -> ([UInt8], [Int32]) {
        var waiter = pollfd(fd: listener.number, events: Int16(POLLIN), revents: 0)
        guard poll(&waiter, 1, 3_000) > 0 else { throw Trial.Failure(description: "nothing is sent") }
        let connection = PacketSocket(FileDescriptor(owning: accept(listener.number, nil, nil)))
        guard let first = try connection.receive(room: (64 << 10, 4)) else {
            throw Trial.Failure(description: "nothing is sent")
        }
        var text = first.bytes
        // A runtime that keeps the terminal's connection open has said all.
        if first.descriptors.isEmpty || text.first == UInt8(ascii: "{") {
            while let more = try connection.receive(room: (64 << 10, 0)) { text += more.bytes }
        }
        return (text, first.descriptors)
    }

    func isEmpty() throws -> Bool {
        var waiter = pollfd(fd: listener.number, events: Int16(POLLIN), revents: 0)
        return poll(&waiter, 1, 100) == 0
    }
}
