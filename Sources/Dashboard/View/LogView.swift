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
        let layout = LogLayout(page, model)
        var (index, row) = layout.top(layout.clamped(page.place))
        let needle = Needle(page.search)
        while row < area.rows, index < layout.lines.count {
            let parts = layout.parts(index)
            for (offset, part) in parts.enumerated() where (0..<area.rows).contains(row + offset) {
                draw(part, layout, index, needle, area.top + row + offset, area, model, on: &canvas, first: offset == 0)
            }
            row += parts.count
            index += 1
        }
        drawPlace(layout, frozen: model.frozen, on: &canvas)
    }

    private static func draw(
        _ part: String, _ layout: LogLayout, _ index: Int, _ needle: Needle, _ row: Int, _ area: Area, _ model: Model,
        on canvas: inout Canvas, first: Bool
    ) {
        let line = layout.lines[index]
        let text = layout.page.across > 0 ? part.dropping(cells: layout.page.across) : part
        if layout.indent > 0, first {
            canvas.put(Times.text(line.time, model, milliseconds: true), row, area.left, .dim)
        }
        let left = area.left + layout.indent
        canvas.put(text, row, left, LogText.style(line), width: area.right - left)
        guard !needle.isEmpty else { return }
        // Matches are marked by ground and underline, so that they show without colour too.
        let hay = Needle.haystack(String(text.prefix(cells: area.right - left + needle.cells)))
        var (column, read) = (left, 0)
        while let match = needle.first(in: hay, from: read) {
            let start = column + String(decoding: hay[read..<match.lowerBound], as: UTF8.self).cells
            column = start + String(decoding: hay[match], as: UTF8.self).cells
            read = match.upperBound
            for place in start..<min(column, area.right) {
                canvas.set(
                    canvas[row, place].scalar, row, place, Style(.key, on: .selected, bold: true, underline: true))
            }
        }
    }

    /// Where one stands, in how much of the log.
    private static func drawPlace(_ layout: LogLayout, frozen: Bool, on canvas: inout Canvas) {
        let page = layout.page
        let count = layout.lines.count
        var parts: [(String, Style)] = [
            layout.state(frozen: frozen),
            ("\(layout.isWindow ? "last " : "")\(Format.count(count)) line\(count == 1 ? "" : "s")", .dim),
        ]
        if page.missed { parts.insert(("new lines below", .key), at: 1) }
        if page.wrap { parts.append(("wrapped", .dim)) }
        if page.across > 0 { parts.append(("from column \(page.across + 1)", .dim)) }
        if !page.search.isEmpty { parts.append(("\"\(page.search)\"", .key)) }
        var column = 1
        for (text, style) in parts { column = canvas.put(text, 1, column, style) + 2 }
    }
}
