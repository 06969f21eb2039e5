import Monitoring
import TerminalKit

/// What a person may want to know beside gauges: environment, mounts, ports, isolation.
enum InspectView {
    static func draw(_ scroll: Int, _ model: Model, on canvas: inout Canvas) {
        guard let container = model.current else { return }
        PageTitle.draw(container, model, on: &canvas)
        let lines = lines(model)
        let rows = model.size.rows - 4
        for (row, line) in lines.dropFirst(scroll).prefix(rows).enumerated() {
            canvas.put(
                line.text, row + 2, line.isTitle ? 1 : 3, line.isTitle ? Style(.key, bold: true) : .value,
                width: model.size.columns - 4)
        }
    }

    static func lines(_ model: Model) -> [(text: String, isTitle: Bool)] {
        guard let container = model.current else { return [] }
        guard let details = model.details, details.id == container.id, !details.particulars.isEmpty else {
            return [("Command", true), (container.command.joined(separator: " ").onOneLine, false)]
        }
        var lines: [(String, Bool)] = []
        for part in details.particulars {
            lines.append((part.title, true))
            lines += part.lines.isEmpty ? [("none", false)] : part.lines.map { (LogText.clean($0), false) }
            lines.append(("", false))
        }
        return lines
    }
}
