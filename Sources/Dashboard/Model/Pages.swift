import Cgroups
import TerminalKit

/// A pane of the details page.
enum Pane: Int, CaseIterable, Hashable, Sendable {
    case cpu, memory, io, processes, pressure, timeline, log

    var title: String {
        switch self {
        case .cpu: "CPU"
        case .memory: "Memory"
        case .io: "Network and disk"
        case .processes: "Processes"
        case .pressure: "Pressure"
        case .timeline: "Time line"
        case .log: "Log"
        }
    }
}

package struct DetailsPage: Hashable, Sendable {
    var focus: Pane = .processes
    /// The focused pane fills the screen.
    var zoomed = false
    /// Lines scrolled in the focused pane.
    var scroll = 0
}

package struct LogPage: Hashable, Sendable {
    /// Lines up from the end; 0 follows.
    var up = 0
    var wrap = false
    var times = true
    var search = ""
    /// How many lines are asked for; more when one scrolls to the beginning.
    var wanted = 1_000
    /// `search` is being typed.
    var typing = false
}

/// What lies over a page and takes all keys.
enum Dialog: Sendable {
    case help(scroll: Int)
    case confirm(Confirmation)
    case menu(Menu)
    case palette(Palette)
    case form(NewContainer)

    struct Palette: Sendable {
        var field = TextField()
        var selected = 0
    }
}

/// Asks before what cannot be taken back; Cancel is preselected.
struct Confirmation: Sendable {
    var title: String
    var lines: [String]
    /// The word on the button that does it.
    var verb: String
    var arguments: [String]
    var chosen = false
}

/// A list to choose one of, or to tick.
struct Menu: Sendable {
    enum Purpose: Hashable, Sendable { case sort, columns, signal, theme }

    struct Item: Hashable, Sendable {
        var title: String
        var explanation: String
        var ticked: Bool?
    }

    var purpose: Purpose
    var title: String
    var items: [Item]
    var selected: Int
}
