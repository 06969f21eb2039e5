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
        reveal()
    }

    mutating func otherContainer(_ direction: Int) {
        var row = selectedRow + direction
        if let panel, !panel.others.isEmpty {
            // Among several, the next of them.
            while rows.indices.contains(row), let id = snapshot?.containers[rows[row]].id, !panel.others.contains(id) {
                row += direction
            }
            guard rows.indices.contains(row) else { return }
        }
        select(row: min(max(row, 0), rows.count - 1))
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
        guard case .character(let digit) = key, ("0"..."9").contains(digit) || (digit == "." && panel.row == .cpu)
        else { return nil }
        panel.field = TextField(String(digit))
        panel.pending = nil
        panel.notice = nil
        self.panel = panel
        return []
    }

    private mutating func applyTyped(_ text: String) -> [Effect] {
        guard let panel, let snapshot else { return [] }
        do throws(LimitRefused) {
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

    /// Applies limits, or warns first where they are below what is in use.
    private mutating func propose(_ limits: Limits) -> [Effect] {
        guard let panel, let container = current, limits != panel.limits else { return [] }
        let changed = changes(limits)
        if panel.pending != limits, let danger = danger(changed, container) {
            let value = panel.row.text(limits) ?? "unlimited"
            self.panel?.pending = limits
            self.panel?.notice = LimitsPanel.Notice(text: "\(danger) Press again to apply \(value).", role: .warning)
            return []
        }
        var before = Dictionary(uniqueKeysWithValues: shown(panel.others).map { ($0.id, $0.limits) })
        before[panel.id] = panel.limits
        self.panel?.before.append(before)
        self.panel?.pending = nil
        self.panel?.notice = nil
        return put(changed)
    }

    private func shown(_ ids: [String]) -> [ContainerReading] { ids.isEmpty ? [] : containers(Set(ids)) }

    /// What becomes of all that the panel is about when the one shown gets `limits`.
    private func changes(_ limits: Limits) -> [String: Limits] {
        guard let panel, let host = snapshot?.host else { return [:] }
        var changes = [panel.id: limits]
        for other in shown(panel.others) {
            changes[other.id] = panel.row.carried(from: limits, to: other.limits, host: host)
        }
        return changes
    }

    /// What the first of them suffers, by name where it isn't the one shown.
    private func danger(_ changes: [String: Limits], _ container: ContainerReading) -> String? {
        guard let panel, let limits = changes[container.id] else { return nil }
        if let danger = panel.row.danger(limits, container) { return danger }
        for other in shown(panel.others) {
            if let limits = changes[other.id], let danger = panel.row.danger(limits, other) {
                return "\(other.name): \(danger)"
            }
        }
        return nil
    }

    private mutating func put(_ changes: [String: Limits]) -> [Effect] {
        guard let panel else { return [] }
        if let limits = changes[panel.id] { self.panel?.limits = limits }
        let ids = [panel.id] + panel.others
        return ids.compactMap { id in changes[id].map { .applyLimits(id: id, $0) } }
    }

    /// The kernel's answer.
    mutating func limited(_ id: String, _ limits: Limits, _ refused: String?) {
        guard let place = snapshot?.containers.firstIndex(where: { $0.id == id }) else { return }
        if let refused {
            say(refused, .failed)
            guard panel?.id == id else { return }
            panel?.limits = snapshot?.containers[place].limits ?? limits
            if panel?.before.isEmpty == false { panel?.before.removeLast() }
            panel?.notice = LimitsPanel.Notice(text: refused, role: .bad)
            return
        }
        let old = snapshot?.containers[place].limits ?? limits
        let changes = LimitRow.allCases.compactMap { row -> String? in
            let (before, after) = (row.text(old) ?? "unlimited", row.text(limits) ?? "unlimited")
            return before == after ? nil : "\(row.title) \(before) → \(after)"
        }
        snapshot?.containers[place].limits = limits
        guard !changes.isEmpty else { return }
        if let panel, panel.others.contains(id) {
            let value = panel.row.text(limits) ?? "unlimited"
            say(
                "\(Format.count(panel.others.count + 1)) containers: \(panel.row.title) \(value), kept for the next start"
            )
            return
        }
        say("\(snapshot?.containers[place].name ?? id): \(changes.joined(separator: ", ")), kept for the next start")
    }
}
