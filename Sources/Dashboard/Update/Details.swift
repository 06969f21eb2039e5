import Monitoring
import TerminalKit

/// What keys do on the page of details.
extension Model {
    mutating func moveDetails(_ page: DetailsPage, _ action: Action) -> [Effect] {
        let rows = DetailsView.rows(of: page.focus, page, self)
        if page.focus == .log { return moveLog(LogLayout(pane: page.log, self, rows: rows), action) }
        if page.focus == .processes {
            moveProcess(page, action, rows: rows)
            return []
        }
        var page = page
        let last = max(0, PaneView.lines(of: page.focus, self) - rows)
        page.scroll = scrolled(min(page.scroll, last), action, page: max(1, rows - 1), last: last)
        self.page = .details(page)
        return []
    }

    mutating func changePane(_ action: Action) -> [Effect] {
        guard case .details(var details) = page else { return [] }
        if action == .zoom {
            details.zoomed.toggle()
            page = .details(details)
            return []
        }
        let panes = Pane.allCases
        let step = action == .nextPane ? 1 : panes.count - 1
        focus(panes[(details.focus.rawValue + step) % panes.count], of: details)
        return []
    }

    /// What was scrolled goes back to where it began.
    mutating func focus(_ pane: Pane, of page: DetailsPage) {
        guard pane != page.focus else { return }
        self.page = .details(DetailsPage(focus: pane, zoomed: page.zoomed))
    }
}
