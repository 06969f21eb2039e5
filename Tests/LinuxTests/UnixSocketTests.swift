import Glibc
import Linux
import Testing

@Suite struct UnixSocketTests {
    @Test func `what a side has sent before it left without reading all is received, and then its end`() throws {
        let near = try abandoned()
        var received: [[UInt8]?] = []
        for _ in 0..<4 { received.append(try near.receive(atMost: 8, waiting: true)) }
        #expect(received == [[1], [2, 3], [], []])
    }

    @Test func `packets with descriptors are received as well`() throws {
        let near = PacketSocket(try abandoned())
        var received: [[UInt8]?] = []
        for _ in 0..<4 { received.append(try near.receive()?.bytes) }
        #expect(received == [[1], [2, 3], nil, nil])
    }

    /// One end of a pair whose other sent two packets, and was closed with one unread.
    private func abandoned() throws -> FileDescriptor {
        var ends: [Int32] = [-1, -1]
        try #require(socketpair(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue), 0, &ends) == 0)
        let near = FileDescriptor(owning: ends[0])
        let far = FileDescriptor(owning: ends[1])
        #expect(try near.send([9], waiting: false))
        for packet: [UInt8] in [[1], [2, 3]] { #expect(try far.send(packet, waiting: false)) }
        return near
    }
}
