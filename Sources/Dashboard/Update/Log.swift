import Monitoring
import TerminalKit

/// What keys do on the page of a log, and what becomes of lines that come.
extension Model {
    /// The log that is on the screen: on its own page, or in a pane of the details.
    private var logPage: LogPage? {
        get {
            switch page {
            case .log(let log): log
            case .details(let details): details.log
            case .list, .inspect, .resources: nil
            }
        }
        set {
            guard let newValue else { return }
            if case .details(var details) = page {
                details.log = newValue
                page = .details(details)
            } else {
                page = .log(newValue)
            }
        }
    }

    /// Scrolls the log on the screen, as it lies there.
    mutating func moveLog(_ layout: LogLayout, _ action: Action) -> [Effect] {
        var log = layout.page
        let page = max(1, layout.rows - 1)
        switch action {
        case .up: log.place = layout.moved(log.place, by: 1)
        case .down: log.place = layout.moved(log.place, by: -1)
        case .pageUp: log.place = layout.moved(log.place, by: page)
        case .pageDown: log.place = layout.moved(log.place, by: -page)
        case .first: log.place = layout.highest
        default: log.place = LogPage.Place()
        }
        let isDown = [.down, .pageDown, .last].contains(action)
        log.follows = log.place == LogPage.Place() && (log.follows || isDown)
        log.found = nil
        defer { logPage = log }
        guard let selected else { return [] }
        if log.follows, isDown { return [.needLog(id: selected, count: LogPage.usual)] }
        guard !isDown, log.place == layout.highest, layout.isWindow, log.wanted < LogPage.most else { return [] }
        log.wanted = action == .first ? LogPage.most : min(log.wanted * 4, LogPage.most)
        log.pending = action == .first ? .first : nil
        return [.needLog(id: selected, count: log.wanted)]
    }

    mutating func readLog(_ action: Action) -> [Effect] {
        guard case .log(var log) = page, let selected else { return [] }
        switch action {
        case .wrap:
            log.wrap.toggle()
            log.across = 0
            log.place.cut = 0
        case .left, .right: pan(&log, action == .left ? -1 : 1)
        case .times: log.times.toggle()
        case .follow:
            log.follows.toggle()
            if log.follows { log.place = LogPage.Place() }
            page = .log(log)
            return wants()
        case .search:
            log.typing = true
            field = TextField(log.search)
        case .saveLog: return [.saveLog(id: selected, name: current?.name ?? selected)]
        default:
            let effects = find(&log, action, selected)
            page = .log(log)
            return effects
        }
        page = .log(log)
        return []
    }

    /// Half a screen to the side, as far as the lines that are seen go.
    private func pan(_ log: inout LogPage, _ direction: Int) {
        guard !log.wrap else { return }
        let layout = LogLayout(log, self)
        let first = layout.top(layout.clamped(log.place)).index
        let longest = layout.lines[first...].prefix(layout.rows).map { LogText.clean($0.text).cells }.max() ?? 0
        let next = log.across + direction * max(1, layout.width / 2)
        log.across = min(max(0, next), max(log.across, longest - layout.width, 0))
    }

    private mutating func find(_ log: inout LogPage, _ action: Action, _ id: String) -> [Effect] {
        guard !log.search.isEmpty else { return [] }
        let forward = action == .nextMatch
        let layout = LogLayout(log, self)
        let lines = layout.lines
        let kept = log.matches.flatMap { $0.hold(log.search, lines) ? $0 : nil }
        let matches = kept ?? LogMatches(log.search, lines)
        log.matches = matches
        let places = matches.places
        // From the last match on; after scrolling, from what is seen.
        let seen = layout.top(layout.clamped(log.place)).index
        let here = log.found.map { lines.count - 1 - $0 } ?? (forward ? seen - 1 : lines.count - log.place.below)
        let below = places.first { $0 > here }
        let found = forward ? below : places.last { $0 < here }
        // What is searched for anew and stands below only is meant as well, once nothing is left to be read above.
        let isRead = !layout.isWindow || log.wanted == LogPage.most
        guard let found = found ?? (log.found == nil && isRead ? below : nil) else {
            if !isRead, !forward || places.isEmpty {
                // It may stand in what has not been read yet.
                log.wanted = LogPage.most
                log.pending = action
                return [.needLog(id: id, count: log.wanted)]
            }
            log.fruitless = places.isEmpty
            let searched = layout.isWindow ? "the last \(Format.count(lines.count)) lines" : "the log"
            let further = "no match further \(forward ? "down" : "up")"
            say(log.fruitless ? "\"\(log.search)\" is not in \(searched)" : further, .warning)
            return []
        }
        show(found, &log)
        let place = places.firstIndex(of: found).map { $0 + 1 } ?? 1
        let count = places.count == 1 ? "1 line" : "\(Format.count(places.count)) lines"
        let among = layout.isWindow ? ", of the last \(Format.count(lines.count))" : ""
        say("\(Format.count(place)) of \(count) with \"\(log.search)\"\(among)")
        return []
    }

    /// Brings a match on the screen, and stays there.
    private func show(_ found: Int, _ log: inout LogPage) {
        let layout = LogLayout(log, self)
        let text = Needle.haystack(LogText.clean(layout.lines[found].text))
        let match = Needle(log.search).first(in: text) ?? 0..<0
        let cell = String(decoding: text[..<match.lowerBound], as: UTF8.self).cells
        let end = cell + String(decoding: text[match], as: UTF8.self).cells
        log.found = layout.lines.count - 1 - found
        log.follows = false
        log.fruitless = false
        log.place = layout.place(of: found, cell: cell)
        guard !log.wrap, cell < log.across || end > log.across + layout.width else { return }
        log.across = end <= layout.width ? 0 : max(0, cell - layout.width / 2)
    }

    /// Lines that were asked for. What is known already is kept, so that one who has scrolled up stays where he is.
    mutating func take(log lines: [LogLine], of id: String) -> [Effect] {
        if details?.id != id { details = ContainerDetails(id: id, processes: [], events: [], particulars: []) }
        guard var log = logPage else {
            details?.log = lines
            return []
        }
        // The log goes with its container; what was read of it stays.
        if gone?.id != id { merge(lines, &log) }
        let pending = log.pending
        log.pending = nil
        logPage = log
        switch pending {
        case .first: return move(.first)
        case .nextMatch, .previousMatch: return pending.map { readLog($0) } ?? []
        default: return []
        }
    }

    private mutating func merge(_ lines: [LogLine], _ log: inout LogPage) {
        // Not the lines themselves: a second hold on them would have all of them copied for each that comes.
        let known = details?.log.count ?? 0
        let last = details?.log.last.flatMap { lines.lastIndex(of: $0) }
        if let last {
            let arrived = lines.count - 1 - last
            if lines.count > known {
                details?.log = lines
            } else if arrived > 0 {
                details?.log += lines.suffix(arrived)
            }
            // A pane that shows a moment of the past ends there, whatever has come since.
            if !log.follows, back == 0 || context == .log {
                log.place.below += arrived
                log.found = log.found.map { $0 + arrived }
            }
        } else if log.follows || lines.count > max(known, LogPage.usual) {
            details?.log = lines
            log.missed = false
            if log.follows { log.wanted = LogPage.usual }
        } else {
            log.missed = known > 0
        }
        let most = log.follows ? log.wanted : LogPage.most
        if let count = details?.log.count, count > most { details?.log.removeFirst(count - most) }
    }
}
