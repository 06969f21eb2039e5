import Monitoring
import TerminalKit

/// The processes of a container as a tree.
enum ProcessesView {
    static func draw(
        _ processes: [ProcessReading], in area: Area, scroll: Int, look: Look, on canvas: inout Canvas
    ) {
        let numbers = area.columns >= 34
        for row in 0..<area.rows {
            let index = row + scroll
            guard processes.indices.contains(index) else { return }
            let process = processes[index]
            let line = area.top + row
            let indent = min(process.depth, 6) * 2
            var column = area.left
            if process.depth > 0 {
                let last = isLast(index, processes)
                column = canvas.put(last ? "└ " : "├ ", line, area.left + indent - 2, .faint)
            }
            column = canvas.put("\(process.pid)", line, column, .dim)
            column = max(column + 1, area.left + 8)
            let end = area.right - (numbers ? 13 : 0)
            let style: Style = process.state == "Z" || process.state == "T" ? .dim : .value
            let state = process.state == "Z" ? " (ended, not reaped)" : process.state == "T" ? " (stopped)" : ""
            canvas.put(process.command + state, line, column, style, width: end - column)
            guard numbers else { continue }
            let hot: Style = (process.cpu ?? 0) >= 0.9 ? .warning : (process.cpu ?? 0) < 0.0005 ? .faint : .value
            let share = process.cpu.map { "\(Format.fixed($0 * 100, 1))%" } ?? "–"
            canvas.putRight(share, line, end: area.right - 6, hot)
            canvas.putRight(Format.bytes(process.memory), line, end: area.right, .value)
        }
    }

    /// No later process has the same parent.
    private static func isLast(_ index: Int, _ processes: [ProcessReading]) -> Bool {
        for later in processes[(index + 1)...] {
            if later.depth < processes[index].depth { return true }
            if later.depth == processes[index].depth { return false }
        }
        return true
    }
}
