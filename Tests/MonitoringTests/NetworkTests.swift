import Glibc
import Linux
import Monitoring
import Testing

@Suite struct NetworkTests {
    private static let heading = """
        Inter-|   Receive                                                |  Transmit
         face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier

        """
    private static let loopback =
        "    lo:  777       5    0    0    0     0          0         0      888       5    0    0\n"

    private static func counters(_ text: String) -> NetworkCounters? {
        Array(text.utf8).withUnsafeBytes { NetworkCounters($0) }
    }

    @Test func `all interfaces but the loopback are summed`() {
        let text =
            Self.heading + Self.loopback + "  eth0: 1000 10 0 0 0 0 0 0 2000 20 0 0 0 0 0 0\n"
            + " eth1:5 1 0 0 0 0 0 0 6 1 0 0 0 0 0 0\n"
        #expect(Self.counters(text) == NetworkCounters(received: 1005, sent: 2006))
    }

    @Test(arguments: [
        "", heading, heading + loopback, heading + "eth0: x\n", heading + "eth0:\n", "eth0: 1 2 3", ":", "\n:\n",
    ])
    func `without an interface there are no counters`(text: String) { #expect(Self.counters(text) == nil) }

    @Test func `this process shares its own network`() { #expect(NetworkCounters.isShared(by: getpid())) }

    @Test func `a process that is gone has no counters`() {
        #expect(NetworkCounters(of: 4_194_304, with: ReadBuffer()) == nil)
    }
}
