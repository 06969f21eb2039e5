import Flags
import Linux
import Testing

@Suite struct DurationTests {
    @Test(
        arguments: [
            ("10", 10), ("1.5", 1.5), ("30s", 30), ("1m30s", 90), ("500ms", 0.5), ("2h", 7200), ("1d", 86_400),
            ("1h0.5s", 3600.5), ("0", 0),
        ] as [(String, Double)])
    func `a length of time is numbers with units`(text: String, seconds: Double) throws {
        #expect(try FlagValue("--interval", text).seconds() == seconds)
    }

    @Test func `a wait may be one for ever, and no other negative length of time`() throws {
        #expect(try FlagValue("--time", "-1").grace() == -1)
        #expect(try FlagValue("--time", "2s").grace() == 2)
        #expect(throws: FlagError.self) { try FlagValue("--time", "-2").grace() }
    }

    @Test(arguments: ["", "-1", "1x", "s", "1m30", "m1", "1 m", "1e9h"])
    func `a nonsense length of time is refused`(text: String) {
        #expect(throws: FlagError.self) { try FlagValue("--interval", text).seconds() }
    }

    @Test(
        arguments: [
            ("10m", "2026-11-23T22:50:00Z"), ("2026-11-23T10:00:00Z", "2026-11-23T10:00:00Z"),
            ("2026-11-23T10:00:00", "2026-11-23T10:00:00Z"), ("2026-11-23", "2026-11-23T00:00:00Z"),
            ("1795474800", "2026-11-23T23:00:00Z"), ("0", "1970-01-01T00:00:00Z"), ("20000d", "1972-02-20T23:00:00Z"),
        ])
    func `a moment is a time or how long ago`(text: String, time: String) throws {
        let now = try #require(Timestamp("2026-11-23T23:00:00Z"))
        #expect(try FlagValue("--since", text).moment(now: now) == Timestamp(time))
    }

    @Test(arguments: ["", "yesterday", "2026-13-01", "99999999999", "-5m"])
    func `a nonsense moment is refused`(text: String) {
        #expect(throws: FlagError.self) { try FlagValue("--since", text).moment(now: .now) }
    }
}
