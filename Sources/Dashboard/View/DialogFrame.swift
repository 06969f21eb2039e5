import TerminalKit

/// A box in the middle of the screen.
enum DialogFrame {
    /// What is inside of one with room for `rows` lines of `columns` cells, or as much as fits.
    static func inside(rows: Int, columns: Int, _ model: Model) -> Area {
        let height = min(rows + 2, model.size.rows - 2)
        let width = min(columns + 4, model.size.columns - 2)
        return Area(
            top: max(0, (model.size.rows - 2 - height) / 2), left: (model.size.columns - width) / 2, rows: height,
            columns: width
        ).inside
    }

    /// Draws an empty one around `inside`.
    static func draw(_ title: String, around inside: Area, on canvas: inout Canvas) {
        let area = Area(
            top: inside.top - 1, left: inside.left - 2, rows: inside.rows + 2, columns: inside.columns + 4)
        canvas.clear(area)
        PaneFrame(title, focused: true).draw(on: &canvas, in: area)
        canvas.cursor = nil
    }
}

/// Lines below each other in a dialog, of a list that may be longer: what is drawn, and what a click is looked up in.
struct DialogLines {
    var area: Area
    /// The first that is seen, of so many.
    var first: Int
    var count: Int
    /// Rows from one to the next, the line itself on the last of them.
    var step = 1

    /// The places in the list, each with the row that it is on.
    var places: [(place: Int, row: Int)] {
        (0..<max(0, area.rows / step)).filter { first + $0 < count }.map {
            (first + $0, area.top + $0 * step + step - 1)
        }
    }

    func place(_ row: Int, _ column: Int) -> Int? {
        guard (area.left - 1..<area.right + 1).contains(column) else { return nil }
        return places.first { $0.row == row }?.place
    }
}

enum ConfirmView {
    /// What it says, the first lines of it names, and the room for that.
    private static func layout(
        _ confirmation: Confirmation, _ model: Model
    ) -> (area: Area, text: [String], names: Int) {
        let most = model.size.columns - 6
        let longest = max(44, confirmation.lines.map(\.cells).max() ?? 0, confirmation.title.cells + 2)
        let width = min(most, confirmation.names.isEmpty ? longest : max(longest, 70))
        let lines = confirmation.lines.flatMap { $0.folded(width) }
        // A frame of two rows, blank ones around the text, and the buttons.
        let names = names(confirmation.names, rows: model.size.rows - 8 - lines.count, width)
        let text = names + (names.isEmpty ? [] : [""]) + lines
        return (DialogFrame.inside(rows: text.count + 3, columns: width, model), text, names.count)
    }

    static func draw(_ confirmation: Confirmation, _ model: Model, on canvas: inout Canvas) {
        let (area, text, names) = layout(confirmation, model)
        DialogFrame.draw(confirmation.title, around: area, on: &canvas)
        // On a low screen the blank rows go first, then what does not fit above the buttons.
        let blank = area.rows >= text.count + 3 ? 1 : 0
        let room = max(0, area.rows - 1 - 2 * blank)
        for (row, line) in text.prefix(room).enumerated() {
            let isCut = row == room - 1 && text.count > room
            canvas.put(
                isCut ? "\(line) …" : line, area.top + blank + row, area.left, row < names ? .value : .text,
                width: area.columns)
        }
        for button in buttons(confirmation, model) {
            draw(button, chosen: button.confirms == confirmation.chosen, on: &canvas)
        }
    }

    typealias Button = (word: String, area: Area, confirms: Bool)

    static func buttons(_ confirmation: Confirmation, _ model: Model) -> [Button] {
        let area = layout(confirmation, model).area
        var column = area.left
        return [("Cancel", false), (confirmation.verb, true)].map { word, confirms in
            let place = Area(top: area.bottom - 1, left: column, rows: 1, columns: word.cells + 3)
            column = place.right + 2
            return (word, place, confirms)
        }
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

    private static func draw(_ button: Button, chosen: Bool, on canvas: inout Canvas) {
        let role: Role = button.confirms ? .bad : .key
        let (row, column) = (button.area.top, button.area.left)
        // The sign, too, says which is chosen.
        let end = canvas.put(
            chosen ? "▸ \(button.word) " : "  \(button.word) ", row, column,
            Style(chosen ? role : .dim, bold: chosen))
        if chosen { canvas.ground(.selected, row, column..<end) }
    }
}

enum MenuView {
    private static func titleWidth(_ menu: Menu) -> Int { menu.items.map { $0.title.cells }.max() ?? 0 }

    static func lines(_ menu: Menu, _ model: Model) -> DialogLines {
        let explanations = menu.items.map { $0.explanation.cells }.max() ?? 0
        let width = max(menu.title.cells + 2, titleWidth(menu) + explanations + 8)
        let area = DialogFrame.inside(rows: menu.items.count, columns: width, model)
        let first = min(max(0, menu.selected - area.rows + 1), max(0, menu.items.count - area.rows))
        return DialogLines(area: area, first: first, count: menu.items.count)
    }

    static func draw(_ menu: Menu, _ model: Model, on canvas: inout Canvas) {
        let lines = lines(menu, model)
        let (area, titles) = (lines.area, titleWidth(menu))
        DialogFrame.draw(menu.title, around: area, on: &canvas)
        for (place, line) in lines.places {
            let item = menu.items[place]
            let sign = item.ticked == true ? "✓" : menu.purpose == .columns ? "·" : " "
            canvas.put(sign, line, area.left, item.ticked == true ? .good : .faint)
            canvas.put(item.title, line, area.left + 2, place == menu.selected ? .strong : .value)
            canvas.put(item.explanation, line, area.left + 4 + titles, .dim, width: area.columns - titles - 4)
            if place == menu.selected { canvas.ground(.selected, line, area.left - 1..<area.right + 1) }
        }
    }
}

enum PaletteView {
    private static func inside(_ model: Model) -> Area {
        DialogFrame.inside(rows: min(12, max(4, model.size.rows - 8)) + 2, columns: 84, model)
    }

    /// Below what is typed, and a blank line.
    static func lines(_ palette: Dialog.Palette, _ model: Model) -> DialogLines {
        var area = inside(model)
        (area.top, area.rows) = (area.top + 2, max(0, area.rows - 2))
        return DialogLines(
            area: area, first: max(0, palette.selected - area.rows + 1), count: palette.matches(model.context).count)
    }

    /// What Enter does with what is no action; or why it will do nothing.
    private static func announcement(_ text: String) -> (String, Style) {
        guard let command = TypedCommand(text) else { return ("a quote is open", .warning) }
        if let refusal = command.refusal { return (refusal, .warning) }
        return ("Enter runs it as a command: boxtop \(command.words.joined(separator: " "))", .dim)
    }

    static func draw(_ palette: Dialog.Palette, _ model: Model, on canvas: inout Canvas) {
        let matches = palette.matches(model.context)
        let area = inside(model)
        DialogFrame.draw("Command", around: area, on: &canvas)
        canvas.put(":", area.top, area.left, .strongKey)
        palette.field.draw(on: &canvas, area.top, area.left + 2, width: area.columns - 3, style: .value, focused: true)
        if matches.isEmpty {
            let (text, style) = announcement(palette.field.text)
            for (row, line) in text.folded(area.columns, rows: 2).enumerated() {
                canvas.put(line, area.top + 2 + row, area.left, style, width: area.columns)
            }
        }
        for (place, line) in lines(palette, model).places {
            let binding = matches[place]
            canvas.put(binding.action.title, line, area.left, .value)
            let room = area.columns - 22 - binding.keyNames.cells
            canvas.put(binding.help, line, area.left + 20, .dim, width: room)
            canvas.putRight(binding.keyNames, line, end: area.right, .key)
            if place == palette.selected { canvas.ground(.selected, line, area.left - 1..<area.right + 1) }
        }
    }
}
