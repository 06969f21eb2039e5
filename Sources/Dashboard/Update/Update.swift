import Linux
import Monitoring
import Records
import TerminalKit

/// Takes in what happened, and says what is to be done about it. All that the dashboard decides is decided here.
package func update(_ model: inout Model, _ event: ScreenEvent) -> [Effect] {
    switch event {
    case .input(let input): return model.take(input)
    case .snapshot(let snapshot): return model.take(snapshot)
    case .resize(let rows, let columns):
        model.size = (rows, columns)
        model.reveal()
        model.revealResource()
        return []
    case .ended(let arguments, let status, let message, let output):
        return model.ended(arguments, status, LastLine(message), output)
    case .limited(let id, let change, let limits):
        model.limited(id, change, limits)
        return []
    case .limitRefused(let id, let reason):
        model.refused(id, reason)
        return []
    case .signalled(let process, let name, let refusal): return model.signalled(process, name, refusal: refusal)
    case .details(var details):
        if details.id == model.details?.id { details.log = model.details?.log ?? [] }
        model.details = details
        model.withdrawSignal()
        return []
    case .log(let id, let lines): return model.take(log: lines, of: id)
    case .images(let images):
        model.images = images
        if case .form(var form) = model.dialog {
            form.offer(images)
            model.dialog = .form(form)
        }
        return []
    case .listed(let listing):
        model.take(listing)
        return []
    case .heard(let arguments, let message):
        model.heard(arguments, LastLine(message).text)
        return []
    case .said(let text, let kind):
        model.say(text, kind)
        return []
    case .frame(let cost):
        model.frameCost = cost
        return []
    }
}

extension Model {
    fileprivate mutating func take(_ snapshot: Snapshot) -> [Effect] {
        // What a verb or a limit has asked for shows its effect, and is no second of the history.
        if snapshot.isSample {
            history.append(snapshot)
            // The moment that is looked at stays, until it falls out of the history.
            if back > 0 { back = min(back + 1, history.depth) }
        }
        if frozen {
            takeLimits(of: snapshot)
            arrived = snapshot
            return []
        }
        return refresh(snapshot)
    }

    /// Goes on from a frozen screen, with what has come meanwhile.
    mutating func thaw() -> [Effect] {
        frozen = false
        defer { arrived = nil }
        return (arrived.map { refresh($0) } ?? []) + [.sweep]
    }

    /// Shows what a sweep has read.
    private mutating func refresh(_ snapshot: Snapshot) -> [Effect] {
        let isSame = hasSameContainers(as: snapshot)
        let shown = current
        self.snapshot = snapshot
        tellMade()
        if let awaited, !filter.isEmpty, snapshot.containers.contains(where: { $0.name == awaited }) {
            // What was just made is wanted on the screen, whatever the list was narrowed to.
            filter = ""
        }
        totals = Totals(snapshot)
        if !isSame {
            ranks = Self.ranks(snapshot)
            noteWidth = Self.leastNoteWidth
            // Rows are places in the snapshot, and these have changed.
            let alive = Set(snapshot.containers.map(\.id))
            marked.formIntersection(alive)
            if let shown, !alive.contains(shown.id) { leave(shown) }
            busy = busy.filter { alive.contains($0.key) }
            arrange()
        } else {
            arrange(sorting: quiet == 0)
        }
        withdraw()
        if !busy.isEmpty {
            for container in snapshot.containers where busy[container.id]?.isDone(container.status) == true {
                busy[container.id] = nil
            }
        }
        tellEndOfVisited(snapshot)
        tellUnremoved()
        if snapshot.isSample { quiet = max(0, quiet - 1) }
        if status?.isOld(snapshot.clock) == true { status = nil }
        if let limits = current?.limits, panel?.id == selected { panel?.take(limits) }
        return wants()
    }

    /// The same ones in the same places, by the same names.
    private func hasSameContainers(as new: borrowing Snapshot) -> Bool {
        guard let snapshot, snapshot.containers.count == new.containers.count else { return false }
        for index in new.containers.indices
        where snapshot.containers[index].id != new.containers[index].id
            || snapshot.containers[index].name != new.containers[index].name
        {
            return false
        }
        return true
    }

    /// Its page stays open where somebody else has removed it: what it was, and what it wrote, may be what is looked for,
    /// and the key that was to leave the page must not leave the list that came in its place.
    private mutating func leave(_ container: ContainerReading) {
        if resourcePage != nil, behind.isEmpty { return }
        if page == .list, panel == nil { return }
        if busy[container.id]?.word == Work.removing {
            if resourcePage == nil { page = .list }
            (behind, panel) = ([], nil)
        } else if gone?.id != container.id {
            gone = container
            say("\(container.name) was removed", .warning)
        }
    }

    /// A dialog about what is gone is closed, before it is taken for one about what has come in its place.
    /// One that has another name now is asked about anew, by that; and one that runs by now, or no longer does, since what
    /// is said of it, and what is done to it, is another thing.
    private mutating func withdraw() {
        switch dialog {
        case .confirm(let confirmation) where !confirmation.targets.isEmpty:
            let left = containers(Set(confirmation.targets.keys))
            let now = Dictionary(left.map { ($0.id, Confirmation.Target($0)) }) { first, _ in first }
            if now == confirmation.targets { return }
            dialog = left.isEmpty ? nil : .confirm(removal(of: left))
            if left.isEmpty { say("what was to be removed is gone already", .warning) }
        case .menu(var menu) where !menu.ids.isEmpty:
            let left = containers(menu.ids)
            menu.title = signalTitle(left, menu.process)
            dialog = left.isEmpty ? nil : .menu(menu)
            if left.isEmpty { say("what was to get a signal is gone already", .warning) }
        default: break
        }
    }

    /// Whoever was in a shell of a container that has ended saw the shell end, and not why.
    private mutating func tellEndOfVisited(_ snapshot: Snapshot) {
        guard let (id, name) = visited else { return }
        visited = nil
        guard let container = snapshot.containers.first(where: { $0.id == id }) else {
            say("\(name) has ended and was removed", .warning)
            return
        }
        switch container.status {
        case .exited(let exit), .restarting(_, _, let exit):
            say("\(name) has ended: \(Notes.sentence(exit))", .warning)
        case .created, .running, .paused, .removing: break
        }
    }

    /// One that has been started between the question and the answer was not removed: what `rm` says of that is for who
    /// has typed it.
    private mutating func tellUnremoved() {
        if unremoved.isEmpty { return }
        let alive = containers(unremoved).filter(\.status.isActive)
        unremoved = []
        if alive.isEmpty { return }
        say("\(names(alive)) \(alive.count == 1 ? "runs" : "run") by now: press d again to kill and remove", .failed)
    }

    /// What the open page has to know beside the gauges.
    func wants() -> [Effect] {
        if let resourcePage { return [.needListing(resourcePage.kind)] }
        guard let selected, gone == nil else { return [] }
        switch page {
        case .list: return treeShown ? [.needDetails(id: selected)] : []
        case .details: return [.needDetails(id: selected), .needLog(id: selected, count: LogPage.usual)]
        case .log: return [.needLog(id: selected, count: LogPage.usual)]
        case .inspect: return [.needDetails(id: selected)]
        case .resources: return []
        }
    }

    /// Which bindings hold.
    var context: Context { panel == nil ? Context(page) : .limits }

    fileprivate mutating func take(_ input: Input) -> [Effect] {
        let (place, wasAsking, said) = (context, dialog != nil, status)
        let effects = answer(input)
        // What was said of one page has no meaning on another.
        if context != place || (dialog != nil && !wasAsking), status == said, status?.kind != .busy { status = nil }
        return effects
    }

    private mutating func answer(_ input: Input) -> [Effect] {
        if isTooSmall {
            // Nothing is seen of what any other key would do.
            guard case .key(let key) = input, let action = KeyMap.action(key, in: .list) else { return [] }
            return action == .quit || action == .redraw ? perform(action) : []
        }
        switch input {
        case .key(let key): return take(key)
        case .click(let row, let column): return click(row, column)
        case .paste(let text): return paste(text)
        case .wheel(let direction, let row, let column): return wheel(direction, row, column)
        }
    }

    /// Goes where text is typed, line ends as spaces; nowhere else, since letters are verbs there.
    private mutating func paste(_ text: String) -> [Effect] {
        guard isTyping else {
            say("nothing takes a pasted text here; n and : do", .warning)
            return []
        }
        let letters = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        return letters.flatMap { take(.character($0)) }
    }

    private var isTyping: Bool {
        switch dialog {
        case .palette, .form: true
        case .help, .confirm, .menu: false
        case nil: field != nil || panel?.field != nil || isTypingImage
        }
    }

    mutating func take(_ key: Key) -> [Effect] {
        if key == .control("c") { return [.quit] }
        if dialog != nil { return takeInDialog(key) }
        if panel != nil, let effects = takeInPanel(key) { return effects }
        if let effects = takeInImages(key) { return effects }
        if field != nil { return takeInField(key) }
        guard let action = KeyMap.action(key, in: context) else {
            say("\(key) does nothing here; ? shows the keys", .warning)
            return []
        }
        return perform(action)
    }
}
