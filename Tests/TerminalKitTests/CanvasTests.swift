import TerminalKit
import Testing

@Suite struct CanvasTests {
    @Test(
        arguments: [
            ("hello", 5, "hello"), ("hello", 4, "hel…"), ("hello", 1, "…"), ("hello", 0, ""), ("容器库", 6, "容器库"),
            ("容器库", 5, "容…"), ("容器库", 4, "容…"), ("a\u{1B}[31mb", 20, "a\u{FFFD}[31mb"), ("e\u{301}a", 2, "e\u{301}a"),
        ] as [(String, Int, String)])
    func `text is cut with an ellipsis, never in the middle of a character`(text: String, width: Int, shown: String) {
        var canvas = Canvas(columns: 30, rows: 1)
        canvas.put(text, 0, 0, width: width)
        #expect(canvas.text == shown)
    }

    @Test(arguments: [(-1, 0), (0, -3), (0, 9), (5, 2), (0, 200), (0, -200)])
    func `whatever falls outside is cut off`(row: Int, column: Int) {
        var canvas = Canvas(columns: 10, rows: 2)
        canvas.put("some text", row, column)
        canvas.put("容器库容器库", row, column)
        canvas.putRight("right", row, end: column)
        canvas.fill("━", row, column, count: 50)
        canvas.ground(.selected, row, column..<column + 100)
        canvas.set(0x2500, row, column, .dim)
        canvas.clear(Area(top: row, left: column, rows: 9, columns: 90))
        #expect(canvas.cells.count == 20)
    }

    @Test func `only what has changed is put on the terminal again`() {
        var old = Canvas(columns: 20, rows: 2)
        old.put("CPU 38% of 1.0", 0, 0)
        var new = old
        new.put("41%", 0, 4, .warning)
        var runs: [Run] = []
        new.runs(since: old) { runs.append($0) }
        #expect(runs == [Run(row: 0, column: 4, count: 3, style: .warning)])
    }

    @Test func `a canvas of another size is drawn whole`() {
        var runs: [Run] = []
        Canvas(columns: 4, rows: 3).runs(since: Canvas(columns: 5, rows: 3)) { runs.append($0) }
        #expect(runs.map(\.count) == [4, 4, 4])
    }

    @Test(arguments: [("44M/∞", "44M/-", "44M/-"), ("a…", "a~", "a~"), ("◐ é", "% ?", "% é"), ("╭⣿│", "+#|", "+#|")])
    func `what a terminal has no sign for becomes the nearest of ASCII`(text: String, ascii: String, plain: String) {
        var canvas = Canvas(columns: 9, rows: 1)
        let end = canvas.put(text, 0, 0)
        func shown(_ scalar: (Cell) -> UInt32) -> String {
            String(String.UnicodeScalarView(canvas.cells.prefix(end).compactMap { Unicode.Scalar(scalar($0)) }))
        }
        #expect(shown(\.ascii) == ascii)
        // On a console, letters stay.
        #expect(shown(\.plain) == plain)
    }

    @Test func `half of a wide character is never written over alone`() {
        var old = Canvas(columns: 10, rows: 1)
        old.put("a容b", 0, 0)
        var new = Canvas(columns: 10, rows: 1)
        new.put("axxb", 0, 0)
        var runs: [Run] = []
        new.runs(since: old) { runs.append($0) }
        #expect(runs.map(\.column) == [1])
        runs = []
        var back = new
        back.put("a容b", 0, 0)
        back.runs(since: new) { runs.append($0) }
        #expect(runs.map(\.column) == [1])
        #expect(runs.map(\.count) == [2])
    }

    @Test(arguments: [("━━╸─", "===-"), ("●◐○‖", "*%o|"), ("↓ ↑ → …", "v ^ > ~"), ("héllo", "h?llo"), ("⣿⡀", "#.")])
    func `every sign of ours has one in ASCII`(text: String, ascii: String) {
        var canvas = Canvas(columns: 10, rows: 1)
        canvas.put(text, 0, 0)
        let shown = canvas.cells.prefix(text.count).compactMap { Unicode.Scalar($0.ascii) }
        #expect(String(String.UnicodeScalarView(shown)) == ascii)
    }
}
