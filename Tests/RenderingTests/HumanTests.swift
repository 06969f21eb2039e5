import Rendering
import Testing

@Suite struct HumanTests {
    @Test(
        arguments: [
            (0, "Less than a second"), (0.9, "Less than a second"), (1, "1 second"), (59, "59 seconds"),
            (60, "About a minute"), (119, "About a minute"), (120, "2 minutes"), (3599, "59 minutes"),
            (1799, "29 minutes"), (3600, "About an hour"), (5400, "2 hours"), (10_800, "3 hours"),
            (171_000, "2 days"), (86_400 * 13, "13 days"), (86_400 * 14, "2 weeks"), (86_400 * 60, "2 months"),
            (86_400 * 730, "2 years"), (-5, "Less than a second"),
        ] as [(Double, String)])
    func `a length of time is in docker's words`(seconds: Double, text: String) {
        #expect(Human.duration(seconds) == text)
    }

    @Test(
        arguments: [
            (0, "0B"), (1023, "1023B"), (1024, "1KiB"), (1536, "1.5KiB"), (127_297_126, "121.4MiB"),
            (536_870_912, "512MiB"), (33_285_996_544, "31GiB"), (UInt64.max, "16EiB"),
        ] as [(UInt64, String)])
    func `memory is in powers of 1024`(bytes: UInt64, text: String) {
        #expect(Human.binary(bytes) == text)
    }

    @Test(
        arguments: [
            (0, "0B"), (999, "999B"), (1000, "1kB"), (340_000, "340kB"), (1_234_567, "1.23MB"), (12_345, "12.3kB"),
        ] as [(UInt64, String)])
    func `traffic is in powers of 1000`(bytes: UInt64, text: String) {
        #expect(Human.decimal(bytes) == text)
    }

    @Test(
        arguments: [
            (0, 2, "0.00"), (1.005, 1, "1.0"), (-1.26, 1, "-1.3"), (-0.001, 2, "0.00"), (12.5, 0, "13"),
            (0.07, 2, "0.07"), (.nan, 2, "–"),
        ] as [(Double, Int, String)])
    func `a number has the digits that it should`(value: Double, digits: Int, text: String) {
        #expect(Human.fixed(value, digits) == text)
    }
}
