import Monitoring
import TerminalKit

extension Model {
    mutating func takeInDialog(_ key: Key) -> [Effect] {
        switch dialog {
        case .help(let scroll): takeInHelp(scroll, key)
        case .confirm(let confirmation): return takeInConfirmation(confirmation, key)
        case .menu(let menu): return takeInMenu(menu, key)
        case .palette(let palette): return takeInPalette(palette, key)
        case .form(let form): return takeInForm(form, key)
        case nil: break
        }
        return []
    }

    private mutating func takeInHelp(_ scroll: Int, _ key: Key) {
        guard let action = KeyMap.action(key, in: .inspect), action != .help, action != .back else {
            dialog = nil
            return
        }
        let last = max(0, HelpView.lines(self).count - HelpView.height(self))
        dialog = .help(scroll: scrolled(scroll, action, page: HelpView.height(self), last: last))
    }

    private mutating func takeInConfirmation(_ confirmation: Confirmation, _ key: Key) -> [Effect] {
        var confirmation = confirmation
        switch key {
        case .left, .right, .tab, .backtab, .character("h"), .character("l"): confirmation.chosen.toggle()
        case .character("y"): confirmation.chosen = true
        case .escape, .character("n"), .character("q"):
            dialog = nil
            return []
        case .enter:
            dialog = nil
            guard confirmation.chosen else {
                say("nothing was removed")
                return []
            }
            begin(confirmation.arguments, containers(Set(confirmation.targets.keys)), Work.removing)
            say("removing …", .busy)
            return [.run(arguments: confirmation.arguments)]
        default: break
        }
        dialog = .confirm(confirmation)
        return []
    }

    func menu(_ action: Action) -> Menu {
        switch action {
        case .sort where context == .details:
            return Menu(.processes, "Sort processes by", ProcessOrder.allCases, now: processOrder) {
                ($0.title, $0.explanation)
            }
        case .sort where listed != nil:
            return Menu(.resources, "Sort by", listed?.orders ?? [], now: resourceOrder.column) {
                ($0.title, $0.explanation)
            }
        case .sort:
            return Menu(.sort, "Sort by", SortKey.allCases, now: settings.sort) { ($0.title, "") }
        case .theme:
            return Menu(.theme, "Colours", Theme.allCases, now: settings.theme) {
                ($0.rawValue, $0 == .auto ? "as the terminal's own ground is" : "")
            }
        default:
            let items = ListColumn.allCases.map {
                Menu.Item(title: $0.rawValue, explanation: $0.explanation, ticked: settings.columns.contains($0))
            }
            return Menu(purpose: .columns, title: "Columns", items: items, selected: 0)
        }
    }

    private mutating func takeInMenu(_ menu: Menu, _ key: Key) -> [Effect] {
        var menu = menu
        if let action = KeyMap.action(key, in: .inspect),
            [.up, .down, .pageUp, .pageDown, .first, .last].contains(action)
        {
            menu.selected = scrolled(menu.selected, action, page: 8, last: menu.items.count - 1)
            dialog = .menu(menu)
            return []
        }
        switch key {
        case .escape, .character("q"):
            dialog = nil
        case .character(" ") where menu.purpose == .columns, .enter where menu.purpose == .columns:
            toggle(ListColumn.allCases[menu.selected])
            menu.items[menu.selected].ticked?.toggle()
            dialog = .menu(menu)
        case .character("c") where menu.purpose == .columns: dialog = nil
        case .enter: return choose(menu)
        default: break
        }
        return []
    }

    /// Columns keep the usual order, whatever order they were ticked in.
    private mutating func toggle(_ column: ListColumn) {
        if let place = settings.columns.firstIndex(of: column) {
            settings.columns.remove(at: place)
        } else {
            let order = ListColumn.allCases
            let place =
                settings.columns.firstIndex { (order.firstIndex(of: $0) ?? 0) > (order.firstIndex(of: column) ?? 0) }
                ?? settings.columns.count
            settings.columns.insert(column, at: place)
        }
    }

    private mutating func choose(_ menu: Menu) -> [Effect] {
        dialog = nil
        switch menu.purpose {
        case .sort: sort(by: SortKey.allCases[menu.selected])
        case .processes: sort(by: ProcessOrder.allCases[menu.selected])
        case .resources: if let listed { sort(by: listed.orders[menu.selected]) }
        case .theme:
            settings.theme = Theme.allCases[menu.selected]
            say("colours: \(settings.theme.rawValue); S saves")
            return [.setTheme(settings.theme)]
        case .signal:
            let signal = Signals.offered[menu.selected].name
            if let process = menu.process, let id = menu.ids.first { return send(signal, to: process, of: id) }
            let alive = containers(menu.ids).filter { $0.status.isRunning || $0.status.isPaused }
            if alive.isEmpty { say("what was to get \(signal) does not run any longer", .warning) }
            return run("kill", alive, flags: ["--signal=\(signal)"], "sending \(signal) to")
        case .columns: break
        }
        return []
    }
}
