import Monitoring
import TerminalKit

/// How the lines of a log lie on the screen. Scrolling counts rows: a wrapped line has several.
struct LogLayout {
    let page: LogPage
    let lines: [LogLine]
    let rows: Int
    let columns: Int
    /// More may have been written before what is here.
    let isWindow: Bool

    init(_ page: LogPage, _ model: Model) {
        let log = Self.log(model)
        self.init(page, log, end: log.count, rows: model.size.rows - 4, columns: model.size.columns - 2)
    }

    /// In a pane of the details, where going back in time goes back in the log as well.
    init(pane page: LogPage, _ model: Model, rows: Int) {
        let log = Self.log(model)
        let end = model.back == 0 ? nil : log.firstIndex { $0.time > model.now }
        self.init(page, log, end: end ?? log.count, rows: rows, columns: model.size.columns)
    }

    private init(_ page: LogPage, _ log: [LogLine], end: Int, rows: Int, columns: Int) {
        self.page = page
        lines = end < log.count ? Array(log[..<end]) : log
        isWindow = log.count >= page.wanted
        self.rows = max(1, rows)
        self.columns = max(1, columns)
    }

    private static func log(_ model: Model) -> [LogLine] {
        model.details.flatMap { $0.id == model.selected ? $0.log : nil } ?? []
    }

    /// Cells before the text, for the time.
    var indent: Int { page.times && columns >= 60 ? 14 : 0 }
    var width: Int { max(1, columns - indent) }

    /// A line as the rows it takes.
    func parts(_ index: Int) -> [String] {
        let text = LogText.clean(lines[index].text)
        return page.wrap ? text.wrapped(width) : [text]
    }

    private func height(_ index: Int) -> Int {
        // A byte has at most four cells, those of a tab.
        !page.wrap || lines[index].text.utf8.count * 4 <= width ? 1 : parts(index).count
    }

    /// The first line that is seen, and the row on which it begins: above the screen where its own beginning is.
    func top(_ place: LogPage.Place) -> (index: Int, row: Int) {
        var row = rows + place.cut
        var index = max(0, lines.count - place.below)
        while row > 0, index > 0 {
            index -= 1
            row -= height(index)
        }
        // A short log begins at the top, a long one ends at the bottom.
        return (index, min(row, 0))
    }

    /// Where the first line is at the top.
    var highest: LogPage.Place {
        var sum = 0
        for index in lines.indices {
            sum += height(index)
            if sum >= rows { return LogPage.Place(below: lines.count - 1 - index, cut: sum - rows) }
        }
        return LogPage.Place()
    }

    /// Nothing above the first line is shown, whatever has changed meanwhile.
    func clamped(_ place: LogPage.Place) -> LogPage.Place {
        let highest = highest
        return (place.below, place.cut) < (highest.below, highest.cut) ? place : highest
    }

    /// So many rows further up, or down where that is negative.
    func moved(_ place: LogPage.Place, by rows: Int) -> LogPage.Place {
        guard !lines.isEmpty else { return place }
        var place = clamped(place)
        place.cut += rows
        while place.cut < 0, place.below > 0 {
            place.below -= 1
            place.cut += height(lines.count - 1 - place.below)
        }
        while place.below < lines.count - 1, place.cut >= height(lines.count - 1 - place.below) {
            place.cut -= height(lines.count - 1 - place.below)
            place.below += 1
        }
        place.cut = max(0, place.cut)
        return clamped(place)
    }

    /// Where a cell of a line is a third down, so that what was written around it is seen too.
    func place(of index: Int, cell: Int) -> LogPage.Place {
        let wanted = rows - rows / 3
        var sum = page.wrap ? -(cell / width) : 0
        for line in index..<lines.count {
            sum += height(line)
            if sum >= wanted {
                return clamped(LogPage.Place(below: lines.count - 1 - line, cut: sum - wanted))
            }
        }
        return LogPage.Place()
    }

    /// Where one stands, in words.
    func state(frozen: Bool) -> (String, Style) {
        if page.follows { return frozen ? ("frozen; Z goes on", .warning) : ("following", .good) }
        let below = clamped(page.place).below
        if below == 0, !page.missed { return ("stopped at the end", .warning) }
        return ("stopped \(Format.count(below))\(page.missed ? "+" : "") above the end", .warning)
    }
}
