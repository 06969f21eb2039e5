import TerminalKit

/// A box in the middle of the screen.
enum DialogFrame {
    /// Draws an empty one with room for `rows` lines of `columns` cells inside, or as much as fits, and returns that.
    static func draw(_ title: String, rows: Int, columns: Int, _ model: Model, on canvas: inout Canvas) -> Area {
        let height = min(rows + 2, model.size.rows - 2)
        let width = min(columns + 4, model.size.columns - 2)
        let area = Area(
            top: max(0, (model.size.rows - 2 - height) / 2), left: (model.size.columns - width) / 2, rows: height,
            columns: width)
        canvas.clear(area)
        PaneFrame(title, focused: true).draw(on: &canvas, in: area)
        canvas.cursor = nil
        return area.inside
    }
}

enum ConfirmView {
    static func draw(_ confirmation: Confirmation, _ model: Model, on canvas: inout Canvas) {
        let most = model.size.columns - 6
        let longest = max(44, confirmation.lines.map(\.cells).max() ?? 0, confirmation.title.cells + 2)
        let width = min(most, confirmation.names.isEmpty ? longest : max(longest, 70))
        let lines = confirmation.lines.flatMap { $0.folded(width) }
        // A frame of two rows, blank ones around the text, and the buttons.
        let names = names(confirmation.names, rows: model.size.rows - 8 - lines.count, width)
        let text = names + (names.isEmpty ? [] : [""]) + lines
        let area = DialogFrame.draw(confirmation.title, rows: text.count + 3, columns: width, model, on: &canvas)
        // On a low screen the blank rows go first, then what does not fit above the buttons.
        let blank = area.rows >= text.count + 3 ? 1 : 0
        let room = max(0, area.rows - 1 - 2 * blank)
        for (row, line) in text.prefix(room).enumerated() {
            let isCut = row == room - 1 && text.count > room
            canvas.put(
                isCut ? "\(line) …" : line, area.top + blank + row, area.left, row < names.count ? .value : .text,
                width: area.columns)
        }
        let row = area.bottom - 1
        let cancel = button("Cancel", row, area.left, chosen: !confirmation.chosen, danger: false, on: &canvas)
        _ = button(confirmation.verb, row, cancel + 2, chosen: confirmation.chosen, danger: true, on: &canvas)
    }

    /// All of them, or as many as there is room for and how many more.
    private static func names(_ names: [String], rows: Int, _ width: Int) -> [String] {
        guard !names.isEmpty else { return [] }
        let all = names.joined(separator: ", ").folded(width)
        guard all.count > max(1, rows) else { return all }
        let shown = all.prefix(max(0, rows - 1))
        let count = shown.reduce(0) { $0 + $1.count { $0 == "," } }
        return shown + ["and \(Format.count(names.count - count)) more"]
    }

    private static func button(
        _ word: String, _ row: Int, _ column: Int, chosen: Bool, danger: Bool, on canvas: inout Canvas
    ) -> Int {
        let role: Role = danger ? .bad : .key
        // The sign, too, says which is chosen.
        let end = canvas.put(
            chosen ? "▸ \(word) " : "  \(word) ", row, column, Style(chosen ? role : .dim, bold: chosen))
        if chosen { canvas.ground(.selected, row, column..<end) }
        return end
    }
}

enum MenuView {
    static func draw(_ menu: Menu, _ model: Model, on canvas: inout Canvas) {
        let titles = menu.items.map { $0.title.cells }.max() ?? 0
        let explanations = menu.items.map { $0.explanation.cells }.max() ?? 0
        let width = max(menu.title.cells + 2, titles + explanations + 8)
        let area = DialogFrame.draw(menu.title, rows: menu.items.count, columns: width, model, on: &canvas)
        let first = min(max(0, menu.selected - area.rows + 1), max(0, menu.items.count - area.rows))
        for row in 0..<min(area.rows, menu.items.count) {
            let item = menu.items[first + row]
            let line = area.top + row
            let sign = item.ticked == true ? "✓" : menu.purpose == .columns ? "·" : " "
            canvas.put(sign, line, area.left, item.ticked == true ? .good : .faint)
            canvas.put(item.title, line, area.left + 2, first + row == menu.selected ? .strong : .value)
            canvas.put(item.explanation, line, area.left + 4 + titles, .dim, width: area.columns - titles - 4)
            if first + row == menu.selected { canvas.ground(.selected, line, area.left - 1..<area.right + 1) }
        }
    }
}

enum PaletteView {
    static func draw(_ palette: Dialog.Palette, _ model: Model, on canvas: inout Canvas) {
        let matches = palette.matches(model.context)
        let rows = min(12, max(4, model.size.rows - 8))
        let area = DialogFrame.draw("Command", rows: rows + 2, columns: 84, model, on: &canvas)
        canvas.put(":", area.top, area.left, .strongKey)
        palette.field.draw(on: &canvas, area.top, area.left + 2, width: area.columns - 3, style: .value, focused: true)
        if matches.isEmpty {
            canvas.put(
                "Enter runs it as a command: boxtop \(palette.field.text)", area.top + 2, area.left, .dim,
                width: area.columns)
        }
        let first = max(0, palette.selected - rows + 1)
        for (row, binding) in matches.dropFirst(first).prefix(area.bottom - area.top - 2).enumerated() {
            let line = area.top + 2 + row
            canvas.put(binding.action.title, line, area.left, .value)
            let room = area.columns - 22 - binding.keyNames.cells
            canvas.put(binding.help, line, area.left + 20, .dim, width: room)
            canvas.putRight(binding.keyNames, line, end: area.right, .key)
            if first + row == palette.selected { canvas.ground(.selected, line, area.left - 1..<area.right + 1) }
        }
    }
}

enum FormView {
    static func draw(_ form: NewContainer, _ model: Model, on canvas: inout Canvas) {
        let rows = NewContainer.Row.allCases
        // A line between the rows, where there is room for that.
        let step = model.size.rows >= rows.count * 2 + 6 ? 2 : 1
        let area = DialogFrame.draw("New container", rows: rows.count * step + 2, columns: 78, model, on: &canvas)
        let fieldWidth = min(40, max(16, area.columns - 46))
        // What is wrong, or may be typed, stands beside its field; without room for that, on the last line.
        let hint = area.left + 14 + fieldWidth + 2
        let isNarrow = area.right - hint < 20
        func wrong(_ row: NewContainer.Row) -> String? {
            form.tried || !form.text(row).isEmpty ? form.problem(row) : nil
        }
        // On a low screen the row that is typed in stays in sight.
        let shown = max(1, (area.rows - 1) / step)
        let first = max(0, form.focus.rawValue - shown + 1)
        for row in rows.dropFirst(first).prefix(shown) {
            let line = area.top + (row.rawValue - first) * step + step - 1
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
