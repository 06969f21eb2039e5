import Cgroups
import Dashboard
import Linux
import Monitoring
import TerminalKit
import Testing

/// Scrolling in the panes of the details.
@Suite struct DetailsTests {
    /// Details of `web`, of whose log 17 lines are seen, with the log's pane in front.
    private static func opened(_ log: Range<UInt64>) -> Fixture {
        var fixture = Fixture(rows: 40, columns: 120, sweeps: 30)
        fixture.log = numbered(log)
        fixture.select("web")
        fixture.press(.enter, .tab, .tab, .tab)
        return fixture
    }

    /// A line a second until now, which is the second 30, and after.
    private static func numbered(_ range: Range<UInt64>) -> [LogLine] {
        range.map {
            LogLine(
                time: Timestamp(nanoseconds: (1_795_689_731 + $0 - 100) * 1_000_000_000), isError: false,
                text: "line \($0).")
        }
    }

    /// The first and the last line that are seen.
    private func seen(_ fixture: Fixture) -> [String] {
        let lines = fixture.lines.map { $0.split(separator: " ") }.compactMap { words in
            words.firstIndex(of: "line").map { words[$0 + 1] }
        }.filter { $0.hasSuffix(".") }
        return [lines.first, lines.last].map { String($0 ?? "none") }
    }

    private func title(_ fixture: Fixture) -> String { fixture.lines.first { $0.contains(" Log ─") } ?? "" }

    @Test func `the pane of the log scrolls as the page of the log does, and says where one stands`() {
        var fixture = Self.opened(0..<100)
        #expect(title(fixture).contains("following") && seen(fixture) == ["83.", "99."])
        fixture.press(.character("j"), .down)
        #expect(title(fixture).contains("following") && seen(fixture) == ["83.", "99."])
        fixture.press(.character("k"), .up)
        #expect(title(fixture).contains("stopped 2 above the end") && seen(fixture) == ["81.", "97."])
        fixture.feed(.input(.wheel(-1, row: 30, column: 10)))
        #expect(title(fixture).contains("stopped 5 above the end") && seen(fixture) == ["78.", "94."])
        fixture.press(.character("g"))
        #expect(seen(fixture) == ["0.", "16."])
        fixture.press(.pageDown)
        #expect(seen(fixture) == ["16.", "32."])
        fixture.press(.character("G"))
        #expect(title(fixture).contains("following") && seen(fixture) == ["83.", "99."])
    }

    @Test func `the wheel scrolls the pane under the pointer, whichever has the keys`() throws {
        var fixture = Self.opened(0..<100)
        let log = try #require(fixture.lines.firstIndex { $0.contains("─ Log ─") })
        fixture.press(.backtab)
        fixture.feed(.input(.wheel(-1, row: log + 2, column: 10)))
        #expect(title(fixture).contains("stopped 3 above the end"))
        // Over a graph there is nothing to scroll, and the log stays.
        fixture.feed(.input(.wheel(1, row: 3, column: 10)))
        #expect(title(fixture).contains("stopped 3 above the end"))
    }

    @Test func `what is read in the pane of the log stays while lines come`() {
        var fixture = Self.opened(0..<100)
        fixture.press(.up, .up)
        fixture.log += Self.numbered(100..<108)
        fixture.sweep()
        #expect(title(fixture).contains("stopped 10 above the end") && seen(fixture) == ["81.", "97."])
        fixture.press(.end)
        fixture.log += Self.numbered(108..<110)
        fixture.sweep()
        #expect(title(fixture).contains("following") && seen(fixture) == ["93.", "109."])
    }

    @Test func `the first line of a long log is found in its pane too`() {
        var fixture = Self.opened(0..<5_000)
        fixture.press(.home)
        #expect(seen(fixture).first == "0.")
    }

    @Test func `back in time, the log's pane ends there, and can be scrolled from there`() {
        var fixture = Self.opened(0..<100)
        fixture.press(.character("["))
        #expect(title(fixture).contains("until then") && seen(fixture) == ["78.", "94."])
        fixture.press(.up)
        fixture.log += Self.numbered(100..<103)
        fixture.sweep()
        #expect(title(fixture).contains("stopped 1 above the end") && seen(fixture) == ["77.", "93."])
        fixture.press(.end)
        #expect(seen(fixture) == ["78.", "94."])
    }

    @Test func `graphs have a scale: the limit, or what was used most, and its unit`() throws {
        var fixture = Fixture(rows: 40, columns: 160, sweeps: 60)
        fixture.select("worker")
        fixture.press(.enter)
        let axes = fixture.lines[2].split(separator: "│").map { $0.split(separator: " ").first ?? "" }
        #expect(axes[0] == "200%" && axes[1] == "512M")
        #expect(fixture.lines.contains { $0.hasPrefix("│ 0 ") })
        #expect(fixture.lines.contains { $0.contains(#/│ +[0-9.]+M/s /#) })
        try fixture.limit("worker") { ($0.cpus, $0.memory) = (0.5, 2 << 30) }
        for _ in 0..<130 { fixture.sweep() }
        #expect(fixture.lines[2].hasPrefix("│ 50% ") && fixture.lines[2].contains("│ 2.0G "))
        // However long it is, the graph begins behind it.
        try fixture.limit("worker") { $0.cpus = 128 }
        fixture.sweep()
        #expect(fixture.lines[2].hasPrefix("│ 12800% "))
        // Nothing was measured, so there is nothing to compare with.
        fixture = Fixture(rows: 40, columns: 160)
        fixture.select("old")
        fixture.press(.enter)
        #expect(!fixture.lines[2].contains("%") && fixture.lines[2].hasPrefix("│  "))
    }

    @Test func `of graphs below each other each has its value in its first row and its scale below that`() throws {
        var fixture = Fixture(rows: 40, columns: 160, sweeps: 130)
        fixture.select("worker")
        fixture.press(.enter)
        let read = try #require(fixture.lines.firstIndex { $0.contains("│ r ") })
        #expect(fixture.lines[read + 1].contains(#/││ +[0-9.]+M/s /#))
        // Next to nothing is written, and what that is compared with is no measure of it.
        let written = try #require(fixture.lines.firstIndex { $0.contains("│ w ") })
        #expect(written == read + 2 && !fixture.lines[written + 1].contains("/s"))
    }

    @Test(arguments: [Key.end, .character("G")])
    func `a cursor does not go further than the processes do, so the way back begins at once`(key: Key) {
        // Three of the five processes are seen.
        var fixture = Fixture(rows: 8, columns: 40)
        fixture.select("worker")
        fixture.press(.enter)
        let first = fixture.lines[2...4]
        fixture.press(key, .down, .down, .pageDown)
        let last = fixture.lines[2...4]
        #expect(last.last?.contains("tar") == true && last.first == first.last)
        fixture.press(.up, .function(9))
        #expect(fixture.screen.contains("Signal to sh -c backup (22)"))
        fixture.press(.escape, .home)
        #expect(fixture.lines[2...4] == first)
    }
}
