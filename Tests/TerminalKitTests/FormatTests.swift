import TerminalKit
import Testing

@Suite struct FormatTests {
    @Test(
        arguments: [
            (0, "0"), (0.4, "0"), (1, "1B"), (999, "999B"), (1_000, "1.0K"), (1_024, "1.0K"), (12_288, "12K"),
            (1_023_000, "999K"), (1_048_576, "1.0M"), (126_877_696, "121M"), (536_870_912, "512M"),
            (1_073_741_824, "1.0G"), (33_600_000_000, "31G"), (2e15, "1.8P"),
        ] as [(Double, String)])
    func `bytes take at most four characters`(bytes: Double, text: String) {
        #expect(Format.bytes(bytes) == text)
        #expect(Format.bytes(bytes).count <= 4)
    }

    @Test(arguments: [0, 500, 1_000, 2_000, 10_000, 10_300, 900_000, 1e6, 1.04e7, 3e9, 9.99e9, 2e15] as [Double])
    func `bytes that are shown alike are rounded alike, and no others`(bytes: Double) {
        for other in stride(from: 0.94, through: 1.06, by: 0.003).map({ bytes * $0 + 0.4 }) {
            let isAlike = Format.bytes(bytes) == Format.bytes(other)
            #expect((Format.rounded(bytes) == Format.rounded(other)) == isAlike, "\(bytes) and \(other)")
        }
    }

    @Test(
        arguments: [
            (0, "0 B"), (512, "512 B"), (4_096, "4 KiB"), (536_870_912, "512 MiB"), (1_610_612_736, "1536 MiB"),
            (1_073_741_824, "1 GiB"), (1_000_000_000, "954 MiB"),
        ] as [(UInt64, String)])
    func `a limit is told as exactly as four digits allow`(bytes: UInt64, text: String) {
        #expect(Format.limit(bytes) == text)
    }

    @Test(
        arguments: [
            (0, "0s"), (4.9, "4s"), (59, "59s"), (60, "1m00s"), (599, "9m59s"), (600, "10m"), (740, "12m"),
            (3_600, "1h00m"), (11_540, "3h12m"), (90_000, "1d"), (520_000, "6d"), (40_000_000, "1y"), (-3, "0s"),
        ] as [(Double, String)])
    func `a duration is its two biggest units, in at most six characters`(seconds: Double, text: String) {
        #expect(Format.duration(seconds) == text)
        #expect(text.count <= 6)
    }

    @Test(
        arguments: [
            (1, "1.0"), (0.25, "0.25"), (2, "2.0"), (1.5, "1.5"), (0.1, "0.1"), (16, "16.0"),
        ] as [(Double, String)])
    func `cores have a second place only where it says something`(cores: Double, text: String) {
        #expect(Format.cores(cores) == text)
    }

    @Test(arguments: [(0, "0"), (999, "999"), (1_204, "1,204"), (1_000_000, "1,000,000"), (-1_204, "-1,204")])
    func `counts have commas at the thousands`(count: Int, text: String) {
        #expect(Format.count(count) == text)
    }

    @Test(arguments: [(0, "00:00:00"), (38_527, "10:42:07"), (86_399, "23:59:59"), (-3_600, "23:00:00")])
    func `the time of day wraps at midnight, both ways`(seconds: Int, text: String) {
        #expect(Format.clock(seconds) == text)
    }

    @Test func `numbers are written without the locale's comma`() {
        #expect(Format.fixed(1_234.567, 1) == "1234.6")
        #expect(Format.fixed(-0.04, 1) == "0.0")
        #expect(Format.fixed(0.05, 2) == "0.05")
    }
}
