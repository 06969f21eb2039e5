import Flags
import Testing

@Suite struct SignalTests {
    @Test(
        arguments: [
            ("TERM", 15), ("SIGTERM", 15), ("term", 15), ("sigkill", 9), ("9", 9), ("HUP", 1), ("64", 64),
            ("RTMIN", 34), ("SIGRTMIN+3", 37), ("RTMAX-1", 63), ("WINCH", 28),
        ] as [(String, Int32)])
    func `a signal is a name or a number`(text: String, number: Int32) throws {
        #expect(try Flag("--signal", text).signal() == number)
    }

    @Test(arguments: ["", "0", "65", "-9", "SIG", "NOTHING", "RTMIN+40", "RTMIN+", "TERM "])
    func `what is no signal is refused`(text: String) {
        let flag = Flag("--signal", text)
        let reason = "not a signal; write a name or a number, as in --signal TERM or --signal 15"
        #expect(throws: flag.refused(reason)) { try flag.signal() }
    }
}
