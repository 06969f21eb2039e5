import Monitoring
import TerminalKit

/// Where what stands in a list of processes: headings where there is room, then a row each.
struct ProcessesLayout {
    let area: Area
    /// The row of the headings.
    let heading: Int?
    let rows: Range<Int>
    /// CPU and memory have columns.
    var numbers: Bool { area.columns >= 28 }
    /// Cells of the ids, with what a tree indents them by; fewer where commands need the room.
    var idWidth: Int { area.columns >= 34 || !numbers ? 8 : 6 }

    init(_ area: Area, headed: Bool = true) {
        self.area = area
        heading = headed && area.rows >= 4 ? area.top : nil
        rows = area.top + (heading == nil ? 0 : 1)..<max(area.top + (heading == nil ? 0 : 1), area.bottom)
    }

    /// The headings, each with the cells that a click on it may hit.
    var headings: [(text: String, order: ProcessOrder, columns: Range<Int>)] {
        let end = area.right - (numbers ? 13 : 0)
        let names: [(String, ProcessOrder, Range<Int>)] = [
            ("PID", .pid, area.left..<area.left + idWidth), ("COMMAND", .tree, area.left + idWidth..<end),
        ]
        if !numbers { return names }
        return names + [("CPU", .cpu, end..<area.right - 6), ("MEM", .memory, area.right - 6..<area.right)]
    }

    func order(at column: Int) -> ProcessOrder? { headings.first { $0.columns.contains(column) }?.order }
}

/// The processes of a container, as a tree or in another order.
struct ProcessesView {
    var processes: [ProcessReading]
    var order = ProcessOrder.tree
    /// The place of the one under the cursor.
    var cursor: Int?

    /// The first of `processes` that is seen on the page of details.
    static func first(_ page: DetailsPage, _ processes: [ProcessReading], rows: Int) -> Int {
        guard let cursor = page.cursor(in: processes) else { return min(page.scroll, max(0, processes.count - rows)) }
        return Model.first(page.scroll, cursor: cursor, rows: rows, count: processes.count)
    }

    private func drawHeadings(_ layout: ProcessesLayout, on canvas: inout Canvas) {
        guard let row = layout.heading else { return }
        for (text, order, columns) in layout.headings {
            let style: Style = order == self.order ? .key : .dim
            if order == .cpu || order == .memory {
                canvas.putRight(text, row, end: columns.upperBound, style)
            } else {
                canvas.put(text, row, columns.lowerBound, style, width: columns.count)
            }
        }
    }

    func draw(_ layout: ProcessesLayout, scroll: Int, on canvas: inout Canvas) {
        drawHeadings(layout, on: &canvas)
        for (row, place) in zip(layout.rows, scroll...) {
            guard processes.indices.contains(place) else { return }
            draw(place, row, layout, on: &canvas)
            if place == cursor { canvas.ground(.selected, row, layout.area.left..<layout.area.right) }
        }
    }

    private func draw(_ place: Int, _ line: Int, _ layout: ProcessesLayout, on canvas: inout Canvas) {
        let (process, area) = (processes[place], layout.area)
        var column = area.left
        if process.depth > 0, order == .tree {
            let indent = min(process.depth, 6) * 2
            column = canvas.put(isLast(place) ? "└ " : "├ ", line, area.left + indent - 2, .faint)
        }
        column = canvas.put("\(process.pid)", line, column, .dim)
        column = max(column + 1, area.left + layout.idWidth)
        let end = area.right - (layout.numbers ? 13 : 0)
        let style: Style = process.state == "Z" || process.state == "T" ? .dim : .value
        let state = process.state == "Z" ? " (ended, not reaped)" : process.state == "T" ? " (stopped)" : ""
        canvas.put(process.command + state, line, column, style, width: end - column)
        guard layout.numbers else { return }
        let hot: Style = (process.cpu ?? 0) >= 0.9 ? .warning : (process.cpu ?? 0) < 0.0005 ? .faint : .value
        let share = process.cpu.map { "\(Format.fixed($0 * 100, 1))%" } ?? "–"
        canvas.putRight(share, line, end: area.right - 6, hot)
        canvas.putRight(Format.bytes(process.memory), line, end: area.right, .value)
    }

    /// No later process has the same parent.
    private func isLast(_ index: Int) -> Bool {
        for later in processes[(index + 1)...] {
            if later.depth < processes[index].depth { return true }
            if later.depth == processes[index].depth { return false }
        }
        return true
    }
}
