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

    @Test func `what was dropped or damaged is counted in both directions`() {
        let text =
            Self.heading + Self.loopback + "eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n"
            + "eth1: 1 0 30 40 0 0 0 0 9 0 110 120 0 0 0 0\n"
        let counters = Self.counters(text)
        #expect(counters?.receivedErrors == 33 && counters?.receivedDropped == 44)
        #expect(counters?.sentErrors == 121 && counters?.sentDropped == 132)
        #expect(counters?.errors == 154 && counters?.dropped == 176)
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
