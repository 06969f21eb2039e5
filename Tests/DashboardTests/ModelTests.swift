import Linux
import Monitoring
import Records
import TerminalKit
import Testing

@testable import Dashboard

@Suite struct SampleTests {
    @Test(arguments: [0, 0.001, 0.38, 1, 2.5, 61, 100, 4_096, 3.4e6, 512 * 1_048_576, 1e12, 1e15] as [Double])
    func `a sample of two bytes is right within a twentieth of a percent`(value: Double) throws {
        let kept = Double(try #require(Sample(value).value))
        #expect(abs(kept - value) <= value * 0.0005 + 0.0001)
    }

    @Test func `absent stays absent, and is not zero`() {
        #expect(Sample(nil).value == nil)
        #expect(Sample(.nan).value == nil)
        #expect(Sample(0).value == 0)
        #expect(Sample(-1).value == 0)
        #expect(Sample(1e300).value != nil)
    }
}

@Suite struct HistoryTests {
    private func snapshot(_ second: UInt64, _ values: [String: Double]) -> Snapshot {
        let containers = values.map { name, cpu in
            var reading = ContainerReading(
                id: name, name: name, image: "i", command: [], created: Timestamp(nanoseconds: 0), status: .created)
            reading.cpu = cpu
            return reading
        }
        return Snapshot(
            time: MonotonicTime(nanoseconds: second), clock: Timestamp(nanoseconds: second * 1_000_000_000),
            host: HostReading(name: "h", cores: 1, hierarchy: "cgroup v2"), containers: containers, cost: 0)
    }

    @Test func `the last ten minutes are kept, and no more`() {
        var history = History()
        for second in 0..<1_500 { history.append(snapshot(UInt64(second), ["a": Double(second)])) }
        #expect(history.depth == 599)
        #expect(history.values(.cpu, of: "a", last: 3) == [1_497, 1_498, 1_499])
        #expect(history.values(.cpu, of: "a", last: 10_000).count == 600)
        #expect(history.value(.cpu, of: "a", back: 599).map { abs($0 - 900) < 1 } == true)
        #expect(history.clock(back: 599)?.nanoseconds == 900_000_000_000)
        #expect(history.value(.cpu, of: "a", back: 600) == nil)
    }

    @Test func `a container that came later, or was missed, has holes there`() {
        var history = History()
        history.append(snapshot(0, ["a": 1]))
        history.append(snapshot(1, ["a": 2, "b": 5]))
        history.append(snapshot(2, ["a": 3, "b": 6]))
        #expect(history.values(.cpu, of: "b", last: 3) == [nil, 5, 6])
        #expect(history.values(.cpu, of: "a", last: 2, back: 1) == [1, 2])
        history.append(snapshot(3, ["b": 7]))
        #expect(history.values(.cpu, of: "a", last: 3) == [])
        #expect(history.values(.cpu, of: "b", last: 9) == [nil, 5, 6, 7])
    }
}

@Suite struct SettingsTests {
    @Test func `settings are read back as they were written`() {
        var settings = Settings()
        settings.columns = [.cpu, .pressure, .command]
        settings.sort = .memory
        settings.reverse = true
        settings.rate = 0.25
        settings.theme = .colourBlind
        settings.all = false
        #expect(Settings(text: settings.text) == settings)
    }

    @Test(arguments: ["", "garbage", "sort = nonsense\nrate = -1\ntheme =", "columns = \nall", "=\n=x\n# all = no"])
    func `what is not understood leaves the usual value`(text: String) {
        #expect(Settings(text: text) == Settings())
    }
}

@Suite struct LogTextTests {
    @Test(
        arguments: [
            ("plain", "plain"), ("\u{1B}[31mred\u{1B}[0m", "red"), ("\u{1B}]0;title\u{7}text", "text"),
            ("a\tb", "a   b"),
            ("50%\r\u{1B}[K100%", "100%"), ("dos\r", "dos"), ("0%\r50%\r100%\r", "100%"),
            ("\u{1B}]8;;http://x\u{1B}\\link", "link"), ("\u{1B}", ""), ("\u{1B}[", ""),
            ("red\u{1B}(B\u{1B}[m", "red"), ("\u{1B} Fx", "x"), ("\u{1B}$(Cx", "x"), ("\u{1B}(", ""),
            ("\u{1B}P1$r0m\u{1B}\\x", "x"), ("\u{1B}_Gsecret\u{1B}\\x", "x"), ("\u{1B}^secret", ""),
            ("\u{1B}Xsecret\u{1B}[1mx", "x"),
            ("spin |\u{8}/\u{8}-", "spin -"), ("\u{8}a\u{8}\u{8}\u{8}b", "b"), ("abc\u{8}\u{8}\u{8}x", "xbc"),
            ("⏳\u{8}\u{8}⌛ x", "⌛ x"), ("⏳\u{8}x", " x"), ("日本\u{8}\u{8}\u{8}x", " x本"),
            ("e\u{301}\u{8}a", "a"), ("ae\u{301}\u{8}\u{8}b", "be\u{301}"), ("日\tb", "日  b"),
        ])
    func `what a program writes doesn't draw on our screen`(text: String, clean: String) {
        #expect(LogText.clean(text) == clean)
    }
}

@Suite struct NaturalOrderTests {
    @Test(
        arguments: [
            ["svc-1", "svc-2", "svc-10", "svc-10a", "svc-11"], ["a", "a1", "a01b", "b"], ["007", "7", "8", "10"],
            ["", "0", "1", "x"], ["v1.9", "v1.10", "v2"],
        ])
    func `names are ordered as people count`(names: [String]) {
        #expect(names.reversed().sorted(by: NaturalOrder.isBefore) == names)
        for name in names { #expect(!NaturalOrder.isBefore(name, name)) }
    }
}

@Suite struct SizesTests {
    @Test(
        arguments: [
            ("512", 512), ("64k", 65_536), ("64m", 67_108_864), ("1.5g", 1_610_612_736), ("2GiB", 2_147_483_648),
            ("1T", 1 << 40),
            ("10 m", nil), ("12x", nil), ("", nil), ("m", nil), ("-5m", nil), ("1e3", nil), ("nan", nil), ("0", 0),
            ("5b", 5),
        ] as [(String, UInt64?)])
    func `sizes are read as docker reads them`(text: String, bytes: UInt64?) {
        #expect(ByteCount.parse(text) == bytes)
    }

    @Test(
        arguments: [("0-2,5", "0-2,5"), ("5,0,1,2", "0-2,5"), ("3", "3"), ("1-1", "1"), ("0,2,4", "0,2,4")])
    func `sets of cores are written as the kernel does`(text: String, list: String) {
        #expect(CoreList(text)?.description == list)
    }

    @Test(arguments: ["", "a", "-1", "2-", "3-1", "1,,2", "1-2-3", "0-99999"])
    func `what is no set of cores is refused`(text: String) {
        #expect(CoreList(text) == nil)
    }
}
