import Monitoring
import TerminalKit

/// A container's output on the whole screen.
enum LogView {
    static func draw(_ page: LogPage, _ model: Model, on canvas: inout Canvas) {
        guard let container = model.current else { return }
        PageTitle.draw(container, model, on: &canvas)
        let area = Area(top: 2, left: 1, rows: model.size.rows - 4, columns: model.size.columns - 2)
        guard let details = model.details, details.id == container.id, !details.log.isEmpty else {
            canvas.put("It has written nothing yet.", area.top, area.left, .dim)
            return
        }
        let lines = details.log
        let last = max(0, lines.count - page.up)
        // A short log begins at the top, a long one ends at the bottom.
        let fits = last <= area.rows && !page.wrap
        var row = fits ? area.top + last : area.bottom
        var index = last - 1
        let needle = page.search.lowercased()
        while row > area.top, index >= 0 {
            let parts = parts(lines[index], page, model, area.columns)
            row -= parts.count
            for (offset, part) in parts.enumerated() where row + offset >= area.top {
                draw(part, lines[index], needle, row + offset, page, model, area, on: &canvas, first: offset == 0)
            }
            index -= 1
        }
        drawPlace(page, lines.count, last, model, on: &canvas)
    }

    private static func timeWidth(_ page: LogPage, _ columns: Int) -> Int { page.times && columns >= 60 ? 14 : 0 }

    /// A line as the rows it takes.
    private static func parts(_ line: LogLine, _ page: LogPage, _ model: Model, _ columns: Int) -> [String] {
        let text = LogText.clean(line.text)
        let width = columns - timeWidth(page, columns)
        guard page.wrap, width > 4, text.cells > width else { return [text] }
        var parts: [String] = []
        var part = ""
        var used = 0
        for character in text {
            let cells = String(character).cells
            if used + cells > width {
                parts.append(part)
                (part, used) = ("", 0)
            }
            part.append(character)
            used += cells
        }
        return parts + [part]
    }

    private static func draw(
        _ text: String, _ line: LogLine, _ needle: String, _ row: Int, _ page: LogPage, _ model: Model, _ area: Area,
        on canvas: inout Canvas, first: Bool
    ) {
        let indent = timeWidth(page, area.columns)
        if indent > 0, first { canvas.put(Times.text(line.time, model, milliseconds: true), row, area.left, .dim) }
        let left = area.left + indent
        canvas.put(text, row, left, LogText.style(line), width: area.right - left)
        guard !needle.isEmpty else { return }
        // Matches are marked by ground and underline, so that they show without colour too.
        var rest = text.lowercased()[...]
        var column = left
        while let match = range(of: needle, in: rest) {
            let before = String(rest[..<match.lowerBound]).cells
            let word = String(rest[match])
            let start = column + before
            for place in start..<min(start + word.cells, area.right) {
                canvas.set(
                    canvas[row, place].scalar, row, place, Style(.key, on: .selected, bold: true, underline: true))
            }
            column = start + word.cells
            rest = rest[match.upperBound...]
        }
    }

    private static func range(of needle: String, in text: Substring) -> Range<Substring.Index>? {
        var start = text.startIndex
        while start < text.endIndex {
            if text[start...].hasPrefix(needle) {
                return start..<(text.index(start, offsetBy: needle.count, limitedBy: text.endIndex) ?? text.endIndex)
            }
            start = text.index(after: start)
        }
        return nil
    }

    private static func drawPlace(_ page: LogPage, _ count: Int, _ last: Int, _ model: Model, on canvas: inout Canvas) {
        var parts: [(String, Style)] = [
            page.up == 0 ? ("following", .good) : ("stopped \(Format.count(page.up)) above the end", .warning),
            ("\(Format.count(count)) lines", .dim),
        ]
        if page.wrap { parts.append(("wrapped", .dim)) }
        if !page.search.isEmpty { parts.append(("\"\(page.search)\"", .key)) }
        var column = 1
        for (text, style) in parts { column = canvas.put(text, 1, column, style) + 2 }
    }
}
