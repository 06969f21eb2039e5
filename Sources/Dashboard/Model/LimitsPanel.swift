import Cgroups
import TerminalKit

/// The limits of one container, or of all marked ones, being changed below the list.
struct LimitsPanel: Sendable {
    /// The one whose gauges are shown.
    var id: String
    /// The other marked ones: what is changed of the one shown is changed of them too.
    var others: [String] = []
    /// As they are, as far as is known here: changed at once, put back when refused.
    var limits: Limits
    var row: LimitRow = .cpu
    /// A value being typed.
    var field: TextField?
    /// What was warned about, and waits for the same key again.
    var pending: Limits?
    var notice: Notice?
    /// What was before each change, by container, oldest first.
    var before: [[String: Limits]] = []
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
