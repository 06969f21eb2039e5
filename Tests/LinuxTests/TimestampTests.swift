import Linux
import Testing

@Suite struct TimestampTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000000000Z"),
            (951_782_400_000_000_001, "2000-02-29T00:00:00.000000001Z"),
            (1_795_473_751_123_456_789, "2026-11-23T22:42:31.123456789Z"),
            (18_446_744_072_999_999_999, "2554-07-21T23:34:32.999999999Z"),
            (4_102_444_799_999_999_999, "2099-12-31T23:59:59.999999999Z"),
        ] as [(UInt64, String)])
    func `a time is written as RFC 3339 and read back`(nanoseconds: UInt64, text: String) {
        #expect(Timestamp(nanoseconds: nanoseconds).description == text)
        #expect(Timestamp(text)?.nanoseconds == nanoseconds)
    }

    @Test func `an offset from UTC and a short fraction are understood`() {
        #expect(Timestamp("2026-11-24T00:42:31.5+02:00") == Timestamp("2026-11-23T22:42:31.500000000Z"))
        #expect(Timestamp("2026-11-23T12:42:31.1234567890123-10:00") == Timestamp("2026-11-23T22:42:31.123456789Z"))
    }

    @Test(arguments: [
        "", "yesterday", "2026-13-01T00:00:00Z", "2026-11-23 22:42", "2026-11-23T22:42:31", "1969-12-31T23:59:59Z",
        "2554-07-22T00:00:00Z", "4052-11-24T02:00:00.000000000Z",
        "2026-02-31T00:00:00Z", "2026-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-11-00T00:00:00Z",
        "2026x11y23z22u42v31Z", "2026-11-23 22:42:31Z", "2026-11-23T22:42:31Zgarbage", "2026-11-23T22:42:31.Z",
        "2026-11-23T22:42:31.5", "2026-11-23T22:42:31+99:99", "2026-11-23T22:42:31+24:00", "2026-11-23T22:42:31+02:60",
        "2026-11-23T22:42:31+02:00junk", "2026-11-23T22:42:31+0200", "2026-11-23T22:42:31x02:00",
    ])
    func `what is no time is refused`(text: String) {
        #expect(Timestamp(text) == nil)
    }
}
