import Linux
import Monitoring
import TerminalKit

/// What a person may want to know beside gauges: environment, mounts, ports, isolation.
enum InspectView {
    struct Line {
        var text: String
        var isTitle = false
        /// Goes on with the line above.
        var isRest = false
    }

    static func height(_ model: Model) -> Int { max(1, model.size.rows - 4) }

    static func draw(_ scroll: Int, _ model: Model, on canvas: inout Canvas) {
        guard let container = model.current else { return }
        PageTitle.draw(container, model, on: &canvas)
        let lines = lines(model)
        let rows = height(model)
        for (row, line) in lines.dropFirst(scroll).prefix(rows).enumerated() {
            let style: Style = line.isTitle ? .strongKey : .value
            canvas.put(line.text, row + 2, line.isTitle ? 1 : line.isRest ? 5 : 3, style)
        }
        if scroll + rows < lines.count { canvas.putRight("↓ more", 1, end: model.size.columns - 1, .dim) }
    }

    /// As the rows that they take: nothing of a long value is cut off.
    static func lines(_ model: Model) -> [Line] {
        guard let container = model.current else { return [] }
        let width = max(10, model.size.columns - 6)
        func rows(_ text: String) -> [Line] {
            text.folded(width).enumerated().map { Line(text: $1, isRest: $0 > 0) }
        }
        guard let details = model.details, details.id == container.id, !details.particulars.isEmpty else {
            return [Line(text: "Command", isTitle: true)] + rows(container.command.joined(separator: " ").onOneLine)
        }
        var lines: [Line] = []
        for part in details.particulars {
            lines.append(Line(text: part.title, isTitle: true))
            lines += part.lines.isEmpty ? rows("none") : part.lines.flatMap { rows(local(LogText.clean($0), model)) }
            lines.append(Line(text: ""))
        }
        return lines.dropLast()
    }

    /// Times as the rest of the screen has them: local, without what is less than a second.
    private static func local(_ text: String, _ model: Model) -> String {
        text.split(separator: " ", omittingEmptySubsequences: false).map { word in
            // As long as this program writes them: what a container was given in other forms is left as it is.
            guard word.utf8.count == 30, let time = Timestamp(String(word)) else { return String(word) }
            return Times.date(time, model)
        }.joined(separator: " ")
    }
}
