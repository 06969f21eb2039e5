import TerminalKit

/// What a click does, and the wheel.
extension Model {
    /// Moves what is under the pointer, whatever the keys are about.
    mutating func wheel(_ direction: Int, _ row: Int, _ column: Int) -> [Effect] {
        if dialog != nil { return take(direction < 0 ? Key.up : .down) }
        // What is being typed is of its own row.
        if panel?.field != nil { return [] }
        if panel != nil, row < ListView.firstRow(self) + listHeight {
            // Over the list: another container, as by a click on it.
            guard row >= ListView.firstRow(self) else { return [] }
            otherContainer(direction)
            return wants()
        }
        if case .details(let details) = page {
            let pane = DetailsView.arrangement(details, self).first { $0.area.contains(row: row, column: column) }?.pane
            guard let pane, pane.isScrolled else { return [] }
            focus(pane, of: details)
            if pane == .processes, case .details(let details) = page {
                scrollProcesses(details, by: 3 * direction)
                return []
            }
        }
        return (0..<(page == .list ? 1 : 3)).flatMap { _ in perform(direction < 0 ? .up : .down) }
    }

    /// On a row it selects, on a heading it sorts, on a word of the footer it does what that says.
    mutating func click(_ row: Int, _ column: Int) -> [Effect] {
        if row == size.rows - 1 {
            switch Footer.items(self).first(where: { $0.range.contains(column) })?.deed {
            case .action(let action): return perform(action)
            case .key(let key): return take(key)
            case nil: return []
            }
        }
        if dialog != nil { return clickDialog(row, column) }
        if case .details(let details) = page {
            let clicked = DetailsView.arrangement(details, self).first { $0.area.contains(row: row, column: column) }
            if let clicked { focus(clicked.pane, of: details) }
            if let clicked, clicked.pane == .processes, case .details(let details) = page {
                clickProcesses(details, clicked.area.inside, row, column)
            }
            return []
        }
        if let resourcePage {
            clickResource(resourcePage, row, column)
            return []
        }
        guard page == .list else { return [] }
        if panel?.field != nil {
            // What is being typed is of its own row, and of its own container.
            say("a value is being typed: Enter applies it, Esc leaves it", .warning)
            return []
        }
        // What has been typed of a filter holds.
        field = nil
        if row == ListView.headingRow(self), panel == nil {
            guard let key = ListView.layout(self).slot(at: column)?.id.sortKey else { return [] }
            sort(by: key)
            return []
        }
        guard let place = ListView.place(atLine: row, self) else { return [] }
        if place == selectedRow, panel == nil { return perform(.details) }
        quiet = 2
        select(row: place)
        if panel != nil { openLimits() }
        return wants()
    }

    /// On a button it presses that; on a line it takes that, or selects it first where that may not be taken back.
    private mutating func clickDialog(_ row: Int, _ column: Int) -> [Effect] {
        switch dialog {
        case .confirm(var confirmation):
            let buttons = ConfirmView.buttons(confirmation, self)
            guard let button = buttons.first(where: { $0.area.contains(row: row, column: column) }) else { return [] }
            confirmation.chosen = button.confirms
            dialog = .confirm(confirmation)
            return take(Key.enter)
        case .menu(var menu):
            guard let place = MenuView.lines(menu, self).place(row, column) else { return [] }
            let isTaken = menu.purpose != .signal || menu.selected == place
            menu.selected = place
            dialog = .menu(menu)
            return isTaken ? take(Key.enter) : []
        case .palette(var palette):
            guard let place = PaletteView.lines(palette, self).place(row, column) else { return [] }
            let isTaken = palette.selected == place
            palette.selected = place
            dialog = .palette(palette)
            return isTaken ? take(Key.enter) : []
        case .form(var form):
            guard let place = FormView.lines(form, self).place(row, column) else { return [] }
            form.focus = NewContainer.Row.allCases[place]
            dialog = .form(form)
        case .help, nil: break
        }
        return []
    }
}
