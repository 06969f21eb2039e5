import Cgroups
import Monitoring
import TerminalKit

extension Model {
    mutating func openLimits() {
        let marked = targets
        // Marked ones are meant, wherever the cursor stands; one of them has its gauges shown.
        if let first = marked.first, !marked.contains(where: { $0.id == selected }),
            let row = rows.firstIndex(where: { snapshot?.containers[$0].id == first.id })
        {
            select(row: row)
        }
        guard let container = current else { return }
        var next = LimitsPanel(id: container.id, limits: container.limits, origin: panel?.origin ?? page)
        if let panel { next.row = panel.row }
        next.others = marked.map(\.id).filter { $0 != container.id }
        page = .list
        panel = next
        if let arrived { takeLimits(of: arrived) }
        reveal()
    }

    mutating func otherContainer(_ direction: Int) {
        var row = selectedRow + direction
        if let panel, !panel.others.isEmpty {
            // Among several, the next of them.
            while rows.indices.contains(row), let id = snapshot?.containers[rows[row]].id, !panel.others.contains(id) {
                row += direction
            }
        }
        guard rows.indices.contains(row) else {
            say("there is no container \(direction < 0 ? "above" : "below")", .warning)
            return
        }
        select(row: row)
        openLimits()
    }

    mutating func movePanel(_ action: Action) {
        guard var panel else { return }
        let rows = LimitRow.allCases
        let next = scrolled(panel.row.rawValue, action, page: rows.count, last: rows.count - 1)
        panel.row = rows[next]
        panel.pending = nil
        panel.notice = nil
        self.panel = panel
    }

    /// Keys of the panel that are not in the table: digits, and the value being typed.
    mutating func takeInPanel(_ key: Key) -> [Effect]? {
        guard var panel else { return nil }
        if var field = panel.field {
            switch key {
            case .escape:
                panel.field = nil
                panel.notice = nil
            case .enter:
                self.panel = panel
                return applyTyped(field.text)
            case .up, .down, .tab: return []
            default:
                _ = field.take(key)
                panel.field = field
                panel.notice = nil
            }
            self.panel = panel
            return []
        }
        guard case .character(let digit) = key, ("0"..."9").contains(digit) else { return nil }
        if let refusal = refusal(of: .apply) {
            say(refusal, .warning)
            return []
        }
        panel.field = TextField(String(digit))
        panel.pending = nil
        panel.notice = nil
        self.panel = panel
        return []
    }

    private mutating func applyTyped(_ text: String) -> [Effect] {
        guard let panel, let snapshot else { return [] }
        do throws(Refused) {
            let limits = try panel.row.parsed(text, into: panel.limits, host: snapshot.host)
            self.panel?.field = nil
            return propose(limits)
        } catch {
            self.panel?.notice = LimitsPanel.Notice(text: error.description, role: .bad)
            return []
        }
    }

    mutating func changeLimit(_ action: Action) -> [Effect] {
        guard let panel, let container = current, let host = snapshot?.host else { return [] }
        switch action {
        case .undo:
            guard let last = panel.before.last else { return [] }
            self.panel?.before.removeLast()
            self.panel?.pending = nil
            self.panel?.notice = nil
            return put(last)
        case .apply: return panel.pending.map { propose($0) } ?? []
        case .unlimited: return propose(panel.row.lifted(panel.limits))
        case .preset: return panel.row.preset(after: panel.pending ?? panel.limits, host).map { propose($0) } ?? []
        default:
            // What was warned about is meant when the same key comes again.
            if let pending = panel.pending, action == .less { return propose(pending) }
            guard let new = panel.row.nudged(panel.limits, by: action == .less ? -1 : 1, container, host) else {
                self.panel?.notice = LimitsPanel.Notice(
                    text: panel.row.text(panel.limits) == nil ? "unlimited already" : "that is as far as it goes",
                    role: .dim)
                return []
            }
            return propose(new)
        }
    }

    /// Applies the limit of the row in `limits`, or warns first where it is below what is in use.
    private mutating func propose(_ limits: Limits) -> [Effect] {
        guard let panel, let container = current, limits != panel.limits else { return [] }
        let changes = changes(limits)
        if panel.pending != limits, let danger = danger(changes, container) {
            let value = panel.row.word(limits)
            self.panel?.pending = limits
            self.panel?.notice = LimitsPanel.Notice(text: "\(danger) Press again to apply \(value).", role: .warning)
            return []
        }
        var before = Dictionary(
            uniqueKeysWithValues: shown(panel.others).map { ($0.id, LimitChange(row: panel.row, limits: $0.limits)) })
        before[panel.id] = LimitChange(row: panel.row, limits: panel.limits)
        self.panel?.before.append(before)
        self.panel?.pending = nil
        self.panel?.notice = nil
        return put(changes)
    }

    private func shown(_ ids: [String]) -> [ContainerReading] { ids.isEmpty ? [] : containers(Set(ids)) }

    /// What is changed of all that the panel is about when the one shown gets `limits`.
    private func changes(_ limits: Limits) -> [String: LimitChange] {
        guard let panel, let host = snapshot?.host else { return [:] }
        var changes = [panel.id: LimitChange(row: panel.row, limits: limits)]
        for other in shown(panel.others) {
            let carried = panel.row.carried(from: limits, to: other.limits, host: host)
            changes[other.id] = LimitChange(row: panel.row, limits: carried)
        }
        return changes
    }

    /// What the first of them suffers, by name where it isn't the one shown.
    private func danger(_ changes: [String: LimitChange], _ container: ContainerReading) -> String? {
        guard let panel, let change = changes[container.id] else { return nil }
        if let danger = panel.row.danger(change.limits, container) { return danger }
        for other in shown(panel.others) {
            if let change = changes[other.id], let danger = panel.row.danger(change.limits, other) {
                return "\(other.name): \(danger)"
            }
        }
        return nil
    }

    private mutating func put(_ changes: [String: LimitChange]) -> [Effect] {
        guard let panel else { return [] }
        if let change = changes[panel.id] { self.panel?.take(change.applied(to: panel.limits)) }
        let ids = [panel.id] + panel.others
        return ids.compactMap { id in changes[id].map { .applyLimit(id: id, $0) } }
    }

    /// Somebody else may have set limits too. What is about to be changed is shown as it is, on a frozen screen as well.
    mutating func takeLimits(of new: Snapshot) {
        guard let panel else { return }
        let ids = Set([panel.id] + panel.others)
        for container in new.containers where ids.contains(container.id) {
            guard let place = snapshot?.containers.firstIndex(where: { $0.id == container.id }) else { continue }
            snapshot?.containers[place].limits = container.limits
            if container.id == panel.id { self.panel?.take(container.limits) }
        }
    }

    /// The kernel has taken `change`: these are all the limits of the container now.
    mutating func limited(_ id: String, _ change: LimitChange, _ limits: Limits) {
        guard let place = snapshot?.containers.firstIndex(where: { $0.id == id }) else { return }
        let (name, old) = (snapshot?.containers[place].name ?? id, snapshot?.containers[place].limits ?? limits)
        snapshot?.containers[place].limits = limits
        if panel?.id == id { panel?.take(limits) }
        let (row, before, after) = (change.row, change.row.word(old), change.row.word(limits))
        guard before != after else { return }
        if let panel, panel.others.contains(id) {
            let count = Format.count(panel.others.count + 1)
            say("\(count) containers: \(row.title) \(after), kept for the next start")
            return
        }
        say("\(name): \(row.title) \(before) → \(after), kept for the next start")
    }

    /// The old value stands.
    mutating func refused(_ id: String, _ reason: String) {
        say(reason, .failed)
        guard let limits = snapshot?.containers.first(where: { $0.id == id })?.limits else { return }
        panel?.forget(refusedFor: id, limits)
        guard panel?.id == id else { return }
        panel?.take(limits)
        panel?.notice = LimitsPanel.Notice(text: reason, role: .bad)
    }
}
