import Cgroups
import Monitoring
import TerminalKit

extension Model {
    mutating func perform(_ action: Action) -> [Effect] {
        // The limits panel has fresh limits on a frozen screen too.
        if back > 0 || frozen && action != .limits, Self.doing.contains(action) { return performNow(action) }
        if let refusal = refusal(of: action) {
            say(refusal, .warning)
            return []
        }
        switch action {
        case .up, .down, .pageUp, .pageDown, .first, .last: return move(action)
        case .startStop, .restart, .pauseResume, .start, .stop, .pause, .unpause, .shell, .remove, .signal:
            return act(action)
        case .less, .more, .unlimited, .undo, .preset, .apply: return changeLimit(action)
        case .follow, .wrap, .times, .saveLog, .search, .nextMatch, .previousMatch, .left, .right:
            return readLog(action)
        case .nextPane, .previousPane, .zoom: return changePane(action)
        case .earlier, .later, .muchEarlier, .muchLater, .now:
            travel(action)
            return []
        case .quit: return [.quit]
        default: return open(action)
        }
    }

    /// What changes something, rather than what is seen of it.
    private static let doing = Self.verbs.union([.limits, .shell, .signal, .remove, .removeResource])

    /// Whatever moment is looked at, what is done is done now; so that is shown. And to the same containers: what stands
    /// in the place of one that is gone was not meant.
    private mutating func performNow(_ action: Action) -> [Effect] {
        let meant = targets(of: action)
        back = 0
        var effects = frozen ? thaw() : []
        let left = Set(targets(of: action).map(\.id))
        let lost = meant.filter { !left.contains($0.id) }
        guard lost.isEmpty else {
            say("\(names(lost)) \(lost.count == 1 ? "is" : "are") gone: nothing was done", .warning)
            return effects
        }
        let said = status
        effects += perform(action)
        if let status, status != said {
            say("now: \(status.text)", status.kind)
        } else {
            say("back to now, where it is done", .warning)
        }
        return effects
    }

    private mutating func open(_ action: Action) -> [Effect] {
        switch action {
        case .back: return goBack()
        case .help: dialog = .help(scroll: 0)
        case .palette: dialog = .palette(Dialog.Palette())
        case .new:
            let taken = Set(snapshot?.containers.map(\.name) ?? [])
            dialog = .form(
                NewContainer(
                    images: images, taken: taken, image: current.flatMap { known($0.image) }, limitable: limitable,
                    cores: snapshot?.host.cores))
            return [.needImages]
        case .details: return show(.details(DetailsPage()))
        case .logs: return show(.log(LogPage()))
        case .inspect: return show(.inspect(scroll: 0))
        case .images: return show(.resources(ResourcePage(kind: .image)))
        case .volumes: return show(.resources(ResourcePage(kind: .volume)))
        case .networks: return show(.resources(ResourcePage(kind: .network)))
        case .pullImage: typeImage()
        case .runImage: runImage()
        case .removeResource: removeResource()
        case .limits: openLimits()
        case .previousContainer, .nextContainer: otherContainer(action == .nextContainer ? 1 : -1)
        case .filter: field = TextField(narrowing?.words ?? "")
        case .sort, .columns, .theme: dialog = .menu(menu(action))
        case .reverse: turnOrder()
        case .all:
            settings.all.toggle()
            arrange()
            say(settings.all ? "all containers" : "only containers that run")
        case .mark: mark()
        case .markAll:
            let shown = Set(rows.compactMap { snapshot?.containers[$0].id })
            marked = marked.isSuperset(of: shown) ? [] : shown
        case .tree:
            treeShown.toggle()
            return wants()
        case .freeze:
            if frozen {
                let effects = thaw()
                say("live again")
                return effects
            }
            frozen = true
            say("frozen; Z goes on", .warning)
        case .faster, .slower: return changeRate(action == .faster ? -1 : 1)
        case .save: return [.saveSettings(settings)]
        case .redraw: return [.redraw]
        default: break
        }
        return []
    }

    /// The controllers by which this user can limit a container; all of them until the first sweep says so.
    var limitable: Controllers { snapshot?.host.limitable ?? .all }

    private func known(_ image: String) -> String? { images.contains(image) ? image : nil }

    mutating func show(_ page: Page) -> [Effect] {
        // Of images, volumes and networks one takes the other's place: Esc leads to the list.
        if self.page != .list, resourcePage == nil { behind.append(self.page) }
        self.page = page
        // The history has none of them: what they are now is shown.
        if resourcePage != nil {
            (back, resourceRows) = (0, [])
            arrangeResources()
        }
        // A page that is behind already is not opened a second time.
        if let place = behind.firstIndex(where: { Context($0) == context }) { behind.removeSubrange(place...) }
        if details?.id != selected { details = nil }
        return wants()
    }

    /// One step out: what was typed, then marks, then the filter, then the page.
    private mutating func goBack() -> [Effect] {
        if let panel {
            self.panel = nil
            page = gone == nil ? panel.origin : .list
            if gone != nil {
                (behind, gone) = ([], nil)
                arrange()
            }
            reveal()
            return wants()
        }
        switch page {
        case .list:
            if back > 0 {
                back = 0
            } else if !marked.isEmpty {
                marked = []
            } else if !filter.isEmpty {
                filter = ""
                arrange()
            } else {
                status = nil
            }
        case .details(var details) where details.process != nil:
            details.process = nil
            page = .details(details)
        case .details(var details) where details.zoomed:
            details.zoomed = false
            page = .details(details)
        case .log(var log) where !log.search.isEmpty:
            log.search = ""
            page = .log(log)
        case .resources(let page) where !page.filter.isEmpty: narrow(to: "", sorting: true)
        case .details, .log, .inspect, .resources:
            page = behind.popLast() ?? .list
            if page != .list { return wants() }
            (back, gone) = (0, nil)
            arrange()
        }
        return []
    }

    private mutating func mark() {
        guard let selected else { return }
        if marked.remove(selected) == nil { marked.insert(selected) }
        select(row: min(selectedRow + 1, rows.count - 1))
    }

    private mutating func changeRate(_ direction: Int) -> [Effect] {
        let rates = Settings.rates
        let now = rates.firstIndex { $0 >= settings.rate } ?? rates.count - 1
        settings.rate = rates[min(max(now + direction, 0), rates.count - 1)]
        let seconds = Format.fixed(settings.rate, settings.rate < 1 ? 2 : 0)
        say("reads every \(seconds) s")
        return [.setRate(seconds: settings.rate)]
    }

    /// Back and forward in the history.
    private mutating func travel(_ action: Action) {
        // The place in the history stands where this would: see DetailsView.
        status = nil
        switch action {
        case .earlier, .muchEarlier:
            let place = history.back(action == .earlier ? 5 : 60, from: back)
            if place == nil { say("the history begins here", .warning) }
            back = place ?? history.depth
        case .later, .muchLater: back = history.back(action == .later ? -5 : -60, from: back) ?? 0
        default: back = 0
        }
    }

    /// The filter or a search, letter by letter.
    mutating func takeInField(_ key: Key) -> [Effect] {
        guard var field else { return [] }
        if case .log(var log) = page {
            switch key {
            case .enter, .escape:
                if key == .escape { log.search = "" }
                log.typing = false
                self.field = nil
                page = .log(log)
                return key == .enter ? readLog(.previousMatch) : []
            default: _ = field.take(key)
            }
            log.search = field.text
            (log.found, log.fruitless) = (nil, false)
            page = .log(log)
            self.field = field
            return []
        }
        switch key {
        case .enter: self.field = nil
        case .escape:
            self.field = nil
            narrow(to: "", sorting: true)
        case .up, .down: return move(key == .up ? .up : .down)
        default:
            _ = field.take(key)
            self.field = field
            narrow(to: field.text, sorting: false)
        }
        return []
    }
}
