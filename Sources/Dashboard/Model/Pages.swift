import Cgroups
import Monitoring
import Records
import TerminalKit

/// A pane of the details page.
enum Pane: Int, CaseIterable, Hashable, Sendable {
    case cpu, memory, io, processes, pressure, timeline, log

    /// Whether there can be more than is seen of it.
    var isScrolled: Bool { [.processes, .timeline, .log].contains(self) }

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
    /// Lines scrolled in the focused pane, from its first one.
    var scroll = 0
    /// The process under the cursor, as it was when the cursor came there.
    var process: ProcessReading?
    /// How the log is looked at in its pane.
    var log = LogPage()

    /// The place of that one among `processes`; `nil` where it has ended.
    func cursor(in processes: [ProcessReading]) -> Int? {
        process.flatMap { process in processes.firstIndex { $0.identity == process.identity } }
    }
}

package struct LogPage: Hashable, Sendable {
    /// What is read at first, and at each sweep: enough to find what has come since.
    static let usual = 1_000
    static let most = 64_000

    /// The lower edge of the screen in the log.
    struct Place: Hashable, Sendable {
        /// Lines that lie below the screen as a whole.
        var below = 0
        /// Rows of the lowest line seen that lie below it.
        var cut = 0
    }

    var place = Place()
    /// Goes on with the end.
    var follows = true
    /// More has come than could be counted, since one scrolled up.
    var missed = false
    /// Cells that lie left of the screen, of lines that are not wrapped.
    var across = 0
    var wrap = false
    var times = true
    var search = ""
    /// The match that was found last, as lines below it.
    var found: Int?
    /// Where `search` was when last looked for.
    var matches: LogMatches?
    /// `search` is nowhere in the log.
    var fruitless = false
    /// How many lines are asked for; more when one scrolls to the beginning, or searches there.
    var wanted = usual
    /// What is to be done once these are here.
    var pending: Action?
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
    /// All that it is about, where the title has no room for that.
    var names: [String] = []
    var lines: [String]
    /// The word on the button that does it.
    var verb: String
    var arguments: [String]
    /// The containers that it is about, by id.
    var targets: [String: Target] = [:]
    var chosen = false

    /// What it says of a container: when that has changed, it is asked about anew.
    struct Target: Hashable {
        var name: String
        var isAlive: Bool

        init(_ container: ContainerReading) {
            name = container.name
            isAlive = container.status.isActive
        }
    }
}

/// A list to choose one of, or to tick.
struct Menu: Sendable {
    enum Purpose: Hashable, Sendable { case sort, processes, resources, columns, signal, theme }

    struct Item: Hashable, Sendable {
        var title: String
        var explanation: String
        var ticked: Bool?
    }

    var purpose: Purpose
    var title: String
    var items: [Item]
    var selected: Int
    /// The containers that a signal is for: those under the cursor may have changed when it is chosen.
    var ids: Set<String> = []
    /// The one process of such a container that it is for.
    var process: ProcessReading?
}

extension Menu {
    /// One of `values`, of which `now` is ticked and selected.
    init<Value: Equatable>(
        _ purpose: Purpose, _ title: String, _ values: [Value], now: Value,
        _ words: (Value) -> (title: String, explanation: String)
    ) {
        let items = values.map { value in
            let (title, explanation) = words(value)
            return Item(title: title, explanation: explanation, ticked: value == now ? true : nil)
        }
        self.init(purpose: purpose, title: title, items: items, selected: values.firstIndex(of: now) ?? 0)
    }
}
