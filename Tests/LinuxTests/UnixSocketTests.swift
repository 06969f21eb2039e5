import Glibc
import Linux
import Testing

@Suite struct UnixSocketTests {
    @Test func `what a side has sent before it left without reading all is received, and then its end`() throws {
        var ends: [Int32] = [-1, -1]
        try #require(socketpair(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue), 0, &ends) == 0)
        let near = FileDescriptor(owning: ends[0])
        do {
            let far = FileDescriptor(owning: ends[1])
            #expect(try near.send([9], waiting: false))
            for packet: [UInt8] in [[1], [2, 3]] { #expect(try far.send(packet, waiting: false)) }
        }
        var received: [[UInt8]?] = []
        for _ in 0..<4 { received.append(try near.receive(atMost: 8, waiting: true)) }
        #expect(received == [[1], [2, 3], [], []])
    }
}
