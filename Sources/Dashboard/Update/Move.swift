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
        case .resources(let resources): moveResource(resources, action)
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

    /// The first of `count` lines that is seen where that was `top`, the one under the cursor is to be seen, and no room is
    /// left below the last one while others lie above.
    static func first(_ top: Int, cursor: Int, rows: Int, count: Int) -> Int {
        let rows = max(1, rows)
        return max(0, min(max(top, cursor - rows + 1), cursor, count - rows))
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

    mutating func saySorted(by title: String, turned: Bool) { say("sorted by \(title)\(turned ? ", turned" : "")") }

    mutating func sort(by key: SortKey) {
        settings.reverse = settings.sort == key ? !settings.reverse : false
        settings.sort = key
        arrange()
        saySorted(by: key.title, turned: settings.reverse)
    }
}
