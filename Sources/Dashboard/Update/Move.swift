import Monitoring
import TerminalKit

extension Model {
    mutating func move(_ action: Action) -> [Effect] {
        if panel != nil {
            movePanel(action)
            return []
        }
        switch page {
        case .list: return moveRow(action)
        case .details(let details): return moveDetails(details, action)
        case .inspect(let scroll):
            let height = InspectView.height(self)
            let last = max(0, InspectView.lines(self).count - height)
            page = .inspect(scroll: scrolled(scroll, action, page: max(1, height - 1), last: last))
        case .log(let log): return moveLog(LogLayout(log, self), action)
        case .images(let images): moveImages(images, action)
        }
        return []
    }

    /// Where a scrolled text stands after a key.
    func scrolled(_ top: Int, _ action: Action, page: Int, last: Int) -> Int {
        let next =
            switch action {
            case .up: top - 1
            case .down: top + 1
            case .pageUp: top - page
            case .pageDown: top + page
            case .first: 0
            default: last
            }
        return min(max(next, 0), max(0, last))
    }

    private mutating func moveRow(_ action: Action) -> [Effect] {
        guard !rows.isEmpty else { return [] }
        quiet = 2
        let before = selected
        let page = max(1, listHeight - 1)
        // The view goes on with the cursor, which stays on its line of the screen.
        if action == .pageUp || action == .pageDown {
            top = scrolled(top, action, page: page, last: rows.count - listHeight)
        }
        select(row: scrolled(selectedRow, action, page: page, last: rows.count - 1))
        if selected != before, details?.id != selected { details = nil }
        return selected == before ? [] : wants()
    }

    /// A click: on a row it selects, on a heading it sorts, on a word of the footer it does what that says.
    mutating func click(_ row: Int, _ column: Int) -> [Effect] {
        if dialog != nil { return [] }
        if row == size.rows - 1 {
            switch Footer.items(self).first(where: { $0.range.contains(column) })?.deed {
            case .action(let action): return perform(action)
            case .key(let key): return take(key)
            case nil: return []
            }
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
            let slot = ListView.layout(self).slots.first { ($0.left..<$0.right + 2).contains(column) }
            guard let key = slot?.id.sortKey else { return [] }
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

    mutating func sort(by key: SortKey) {
        settings.reverse = settings.sort == key ? !settings.reverse : false
        settings.sort = key
        arrange()
        say("sorted by \(key.title)\(settings.reverse ? ", turned" : "")")
    }
}
