import Dashboard
import Linux
import Monitoring
import TerminalKit
import Testing

/// A log of a test's own, on a screen with room for 16 of its rows.
@Suite struct LogTests {
    private static func lines(_ texts: [String], from first: Int = 0) -> [LogLine] {
        texts.enumerated().map { index, text in
            LogLine(
                time: Timestamp(nanoseconds: 1_795_689_000_000_000_000 + UInt64(first + index)), isError: false,
                text: text)
        }
    }

    private static func numbered(_ range: Range<Int>) -> [LogLine] {
        lines(range.map { "line \($0)" }, from: range.lowerBound)
    }

    /// The log of `web`, opened.
    private static func opened(_ log: [LogLine]) -> Fixture {
        var fixture = Fixture(rows: 20, columns: 80)
        fixture.log = log
        fixture.select("web")
        fixture.press(.character("l"))
        return fixture
    }

    @Test func `what is searched is looked for in all of the log, not in what is loaded`() {
        var fixture = Self.opened(Self.lines(["the needle"]) + Self.numbered(1..<3_000))
        #expect(fixture.lines[1].contains("last 1,000 lines"))
        fixture.press(.character("/"))
        fixture.type("needle")
        fixture.press(.enter)
        #expect(fixture.statusLine == "1 of 1 line with \"needle\"")
        #expect(fixture.screen.contains("the needle"))
        #expect(fixture.lines[1].contains(" 3,000 lines"))
        #expect(!fixture.lines[1].contains("last"))
    }

    @Test func `a search from the first line finds what stands below it, and counts say what they are of`() {
        var fixture = Self.opened(Self.numbered(0..<3_000))
        fixture.press(.character("/"))
        fixture.type("line 2999")
        fixture.press(.enter)
        #expect(fixture.statusLine == "1 of 1 line with \"line 2999\", of the last 1,000")
        fixture.press(.home, .character("/"), .control("u"))
        fixture.type("line 1234")
        fixture.press(.enter)
        #expect(fixture.statusLine == "1 of 1 line with \"line 1234\"")
        #expect(fixture.screen.contains("line 1234\n"))
    }

    @Test func `what is nowhere is said so, and n is not offered for it`() {
        var fixture = Self.opened(Self.numbered(0..<70_000))
        fixture.press(.character("/"))
        fixture.type("haystack")
        fixture.press(.enter)
        #expect(fixture.statusLine == "\"haystack\" is not in the last 64,000 lines")
        #expect(!(fixture.lines.last ?? "").contains("n next"))
    }

    @Test func `Home shows the first line, whatever was loaded`() {
        var fixture = Self.opened(Self.numbered(0..<5_000))
        fixture.press(.home)
        #expect(fixture.lines[2].hasSuffix("line 0"))
    }

    @Test func `a match is shown with what stands around it`() throws {
        var fixture = Self.opened(Self.numbered(0..<200))
        fixture.press(.character("/"))
        fixture.type("line 100")
        fixture.press(.enter)
        let row = try #require(fixture.lines.firstIndex { $0.hasSuffix("line 100") })
        #expect((6...8).contains(row))
        #expect(fixture.lines[17].hasSuffix("line 110"))
        fixture.press(.character("/"))
        for _ in 0..<8 { fixture.press(.backspace) }
        fixture.type("line 1")
        fixture.press(.enter)
        fixture.press(.character("g"), .character("n"))
        #expect(fixture.lines[2].hasSuffix("line 0"))
        #expect(fixture.lines[17].hasSuffix("line 15"))
    }

    @Test(arguments: [false, true])
    func `all of a wrapped log can be scrolled through by rows`(byPage: Bool) {
        let long = String(repeating: "abcdefghi ", count: 1_400)
        var fixture = Self.opened(Self.lines(["first"] + (1..<5).map { "line \($0)" } + [long, "last"]))
        fixture.press(.character("w"))
        #expect(fixture.lines[17].hasSuffix("last"))
        fixture.press(byPage ? .pageUp : .up)
        #expect(!fixture.screen.contains(" last"))
        #expect(fixture.lines[2...17].allSatisfy { $0.contains("abcdefghi") })
        fixture.press(.home)
        #expect(fixture.lines[2].hasSuffix("first"))
        fixture.press(byPage ? .pageDown : .down)
        #expect(!fixture.screen.contains("first"))
        for _ in 0..<(byPage ? 20 : 300) { fixture.press(byPage ? .pageDown : .down) }
        #expect(fixture.lines[17].hasSuffix("last"))
        #expect(fixture.lines[1].contains("following"))
    }

    @Test func `what is long and not wrapped is seen by going to the side`() {
        let long = (0..<40).map { "word\($0)" }.joined(separator: " ")
        var fixture = Self.opened(Self.lines(["short", long]))
        #expect(!fixture.screen.contains("word39"))
        for _ in 0..<12 { fixture.press(.right) }
        #expect(fixture.screen.contains("word39"))
        for _ in 0..<12 { fixture.press(.left) }
        #expect(fixture.screen.contains("word0 word1"))
        fixture.press(.character("/"))
        // While it is typed, the match still lies beside the screen.
        fixture.type("word38")
        #expect(fixture.screen.contains("word0 word1"))
        fixture.press(.enter)
        #expect(fixture.screen.contains("word38"))
    }

    @Test func `what was read of a log stays when its container is removed, and can be searched`() {
        var fixture = Self.opened(Self.numbered(0..<3_000))
        fixture.sweep { $0.containers.removeAll { $0.name == "web" } }
        fixture.forget = true
        fixture.press(.home, .end)
        #expect(fixture.lines[17].hasSuffix("line 2999"))
        fixture.press(.character("/"))
        fixture.type("line 2500")
        fixture.press(.enter)
        #expect(fixture.screen.contains("line 2500\n"))
    }

    @Test func `lines that come while one has scrolled up are counted, and nothing moves`() {
        var fixture = Self.opened(Self.numbered(0..<100))
        fixture.press(.pageUp)
        let before = fixture.lines[2...17]
        #expect(fixture.lines[1].contains("stopped 15 above the end"))
        fixture.log += Self.numbered(100..<107)
        fixture.sweep()
        #expect(fixture.lines[1].contains("stopped 22 above the end  107 lines"))
        #expect(fixture.lines[2...17] == before)
        fixture.log += Self.numbered(107..<5_000)
        fixture.sweep()
        #expect(fixture.lines[1].contains("stopped 22+ above the end  new lines below"))
        #expect(fixture.lines[2...17] == before)
        fixture.press(.end)
        #expect(fixture.lines[17].hasSuffix("line 4999"))
        #expect(fixture.lines[1].contains("following"))
    }

    @Test func `a part of a joined character is found, and a mark is set where it stands`() {
        let family = "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}"
        var fixture = Self.opened(Self.lines(["one", "of \(family)", "three"]))
        fixture.press(.character("/"))
        fixture.type("\u{1F469}")
        fixture.press(.enter)
        #expect(fixture.statusLine == "1 of 1 line with \"\u{1F469}\"")
        let canvas = view(fixture.model)
        let marked = (0..<80).filter { canvas[3, $0].style.underline }
        #expect(marked == [20, 21])
    }

    @Test func `what is found is looked for anew once other lines are there or something else is searched`() {
        var fixture = Self.opened(Self.numbered(0..<30))
        fixture.press(.character("/"))
        fixture.type("LINE 1")
        fixture.press(.enter)
        #expect(fixture.statusLine == "11 of 11 lines with \"LINE 1\"")
        fixture.log += Self.numbered(100..<103)
        fixture.sweep()
        fixture.press(.character("n"))
        #expect(fixture.statusLine == "12 of 14 lines with \"LINE 1\"")
        fixture.press(.character("/"), .backspace)
        fixture.type("2")
        fixture.press(.enter)
        #expect(fixture.statusLine == "11 of 11 lines with \"LINE 2\"")
    }
}
