import CLinux
import Glibc

/// One end of a SOCK_SEQPACKET pair: whole packets, in order, each with descriptors on it where wanted.
package struct PacketSocket: ~Copyable, Sendable {
    package let descriptor: FileDescriptor

    package init(_ descriptor: consuming FileDescriptor) { self.descriptor = descriptor }

    /// Sends one packet; the descriptors are copied, and stay open here.
    package func send(_ bytes: [UInt8], descriptors: [Int32] = []) throws(SystemCallError) {
        let number = descriptor.number
        try systemCall("send a packet") {
            clinux_send_packet(number, bytes, bytes.count, descriptors, Int32(descriptors.count))
        }
    }

    /// Waits for one packet; `nil` when the other end is closed. The caller owns the descriptors.
    ///
    /// - Parameter room: how many bytes to take at most, of which more are lost, and descriptors, of which more are EMFILE.
    package func receive(
        room: (bytes: Int, descriptors: Int32) = (16 << 10, 4)
    ) throws(SystemCallError) -> (bytes: [UInt8], descriptors: [Int32])? {
        try pastReset { () throws(SystemCallError) in try take(room) }
    }

    private func take(
        _ room: (bytes: Int, descriptors: Int32)
    ) throws(SystemCallError) -> (bytes: [UInt8], descriptors: [Int32])? {
        let number = descriptor.number
        var descriptors: [Int32] = []
        let bytes = try [UInt8](upTo: room.bytes) { buffer throws(SystemCallError) in
            try systemCall("receive a packet") {
                withUnsafeTemporaryAllocation(of: Int32.self, capacity: Int(room.descriptors)) { numbers in
                    var count = room.descriptors
                    let length = clinux_receive_packet(
                        number, buffer.baseAddress, buffer.count, numbers.baseAddress, &count)
                    if length > 0 { for number in numbers[..<Int(count)] { descriptors.append(number) } }
                    return length
                }
            }
        }
        return bytes.isEmpty ? nil : (bytes, descriptors)
    }
}

/// What `receive` gives, asked again where the other end was closed with packets unread: the kernel says so once, before
/// it gives out what was sent from there until then, and the end after it. See unix(7).
func pastReset<Received>(
    _ receive: () throws(SystemCallError) -> Received
) throws(SystemCallError) -> Received {
    do { return try receive() } catch {
        guard error.errno.rawValue == ECONNRESET else { throw error }
        return try receive()
    }
}

/// Both ends of a pair, close-on-exec. See socketpair(2).
package struct PacketSocketPair: ~Copyable {
    private var near: PacketSocket
    private var far: PacketSocket

    package init() throws(SystemCallError) {
        var ends: (Int32, Int32) = (-1, -1)
        let kind = Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        try systemCall("make a socket pair") {
            withUnsafeMutableBytes(of: &ends) {
                socketpair(AF_UNIX, kind, 0, $0.baseAddress?.assumingMemoryBound(to: Int32.self))
            }
        }
        near = PacketSocket(FileDescriptor(owning: ends.0))
        far = PacketSocket(FileDescriptor(owning: ends.1))
    }

    /// One end; the other is closed. After a clone, the parent's.
    package consuming func intoNear() -> PacketSocket { near }

    /// One end; the other is closed. After a clone, the child's.
    package consuming func intoFar() -> PacketSocket { far }
}
