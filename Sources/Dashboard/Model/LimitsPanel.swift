import Cgroups
import TerminalKit

/// The limits of one container, or of all marked ones, being changed below the list.
struct LimitsPanel: Sendable {
    /// The one whose gauges are shown.
    var id: String
    /// The other marked ones: what is changed of the one shown is changed of them too.
    var others: [String] = []
    /// As they are, as far as is known here: changed at once, put back when refused.
    private(set) var limits: Limits
    var row: LimitRow = .cpu
    /// A value being typed.
    var field: TextField?
    /// What was warned about, and waits for the same key again.
    var pending: Limits?
    var notice: Notice?
    /// What takes each change back, by container, oldest first.
    var before: [[String: LimitChange]] = []
    /// Where Esc goes.
    var origin: Page

    struct Notice: Hashable, Sendable {
        var text: String
        var role: Role
    }

    init(id: String, limits: Limits, origin: Page) {
        self.id = id
        self.limits = limits
        self.origin = origin
    }

    /// The limits as they are now, whoever has set them. What was warned about is of its own row alone.
    mutating func take(_ now: Limits) {
        limits = now
        guard let warned = pending else { return }
        pending = LimitChange(row: row, limits: warned).applied(to: now)
        if pending == now { (pending, notice) = (nil, nil) }
    }

    /// What was refused has nothing to be taken back.
    mutating func forget(refusedFor id: String, _ limits: Limits) {
        guard let last = before.indices.last, let change = before[last][id], change.applied(to: limits) == limits
        else { return }
        before[last][id] = nil
        if before[last].isEmpty { before.removeLast() }
    }
}
