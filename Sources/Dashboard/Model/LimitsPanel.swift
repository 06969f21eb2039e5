import Cgroups
import TerminalKit

/// The limits of one container, being changed below the list.
struct LimitsPanel: Sendable {
    var id: String
    /// As they are, as far as is known here: changed at once, put back when refused.
    var limits: Limits
    var row: LimitRow = .cpu
    /// A value being typed.
    var field: TextField?
    /// What was warned about, and waits for the same key again.
    var pending: Limits?
    var notice: Notice?
    /// What was before each change, oldest first.
    var before: [Limits] = []
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
}
