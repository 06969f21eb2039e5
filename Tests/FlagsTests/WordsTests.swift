import Flags
import Records
import Testing

@Suite struct WordsTests {
    @Test func `log options change size and number of files`() throws {
        var log = LogOptions()
        try FlagValue("--log-opt", "max-size=10m").logOption(&log)
        try FlagValue("--log-opt", "max-file=5").logOption(&log)
        #expect(log.maximumSize == 10 << 20)
        #expect(log.files == 5)
        let before = log
        for text in ["tag={{.Name}}", "labels=team", "env=HOME", "mode=blocking"] {
            try FlagValue("--log-opt", text).logOption(&log)
        }
        #expect(log == before)
    }

    @Test(arguments: ["max-size=1", "mode=non-blocking", "max-size=", "max-file=0", "compress=true", "max-size", ""])
    func `nonsense log options are refused`(text: String) {
        var log = LogOptions()
        #expect(throws: FlagError.self) { try FlagValue("--log-opt", text).logOption(&log) }
    }

    @Test(arguments: [("all", nil), ("20", 20), ("0", 0)] as [(String, Int?)])
    func `a tail is a number of lines or all`(text: String, lines: Int?) throws {
        #expect(try FlagValue("--tail", text).tail() == lines)
    }

    @Test(arguments: ["", "-2", "few", "1.5"])
    func `a nonsense tail is refused`(text: String) {
        #expect(throws: FlagError("--tail: “\(text)” is not a whole number from 0 to 1000000000")) {
            try FlagValue("--tail", text).tail()
        }
    }

    @Test(
        arguments: [
            ("ctrl-p,ctrl-q", [16, 17]), ("ctrl-@", [0]), ("a,b", [97, 98]), ("ctrl-]", [29]),
        ] as [(String, [UInt8])])
    func `keys to detach are control keys and characters`(text: String, keys: [UInt8]) throws {
        #expect(try FlagValue("--detach-keys", text).detachKeys() == keys)
    }

    @Test(arguments: ["", "ctrl-", "ctrl-P", "ab", "ctrl-p,"])
    func `nonsense keys are refused`(text: String) {
        #expect(throws: FlagError.self) { try FlagValue("--detach-keys", text).detachKeys() }
    }
}
