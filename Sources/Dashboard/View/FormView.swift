import TerminalKit

/// The form that makes a container.
enum FormView {
    /// Above a line for what is wrong.
    static func lines(_ form: NewContainer, _ model: Model) -> DialogLines {
        let count = NewContainer.Row.allCases.count
        // A line between the rows, where there is room for that.
        let step = model.size.rows >= count * 2 + 6 ? 2 : 1
        var area = DialogFrame.inside(rows: count * step + 2, columns: 78, model)
        // On a low screen the row that is typed in stays in sight.
        area.rows -= 1
        return DialogLines(
            area: area, first: max(0, form.focus.rawValue - area.rows / step + 1), count: count, step: step)
    }

    static func draw(_ form: NewContainer, _ model: Model, on canvas: inout Canvas) {
        let lines = lines(form, model)
        var area = lines.area
        area.rows += 1
        DialogFrame.draw("New container", around: area, on: &canvas)
        let fieldWidth = min(40, max(16, area.columns - 46))
        // What is wrong, or may be typed, stands beside its field; without room for that, on the last line.
        let hint = area.left + 14 + fieldWidth + 2
        let isNarrow = area.right - hint < 20
        func wrong(_ row: NewContainer.Row) -> String? {
            form.tried || !form.text(row).isEmpty ? form.problem(row) : nil
        }
        for (place, line) in lines.places {
            let row = NewContainer.Row.allCases[place]
            let focused = form.focus == row
            canvas.put(row.title, line, area.left, focused ? .strong : .text)
            let style = Style(.value, on: .selected, underline: !model.look.coloured)
            let left = area.left + 14
            form.fields[row]?.draw(on: &canvas, line, left, width: fieldWidth, style: style, focused: focused)
            if focused { canvas.set(0x258C, line, left - 2, .key) }
            if isNarrow { continue }
            if let problem = wrong(row) {
                canvas.put(problem, line, hint, .bad, width: area.right - hint)
            } else if focused {
                canvas.put(form.hint(row), line, hint, .dim, width: area.right - hint)
            }
        }
        if let refusal = form.refusal {
            let lines = refusal.folded(area.columns).prefix(2)
            for (row, text) in lines.enumerated() {
                canvas.put(text, area.bottom - lines.count + row, area.left, .bad)
            }
            return
        }
        if isNarrow {
            let problem = wrong(form.focus)
            canvas.put(
                problem ?? form.hint(form.focus), area.bottom - 1, area.left, problem == nil ? .dim : .bad,
                width: area.columns)
            return
        }
        let command =
            "boxtop " + form.arguments.map { $0.contains(" ") || $0.isEmpty ? "'\($0)'" : $0 }.joined(separator: " ")
        canvas.put(command, area.bottom - 1, area.left, .faint, width: area.columns)
    }
}
