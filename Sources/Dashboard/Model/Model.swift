import Cgroups
import Linux
import Monitoring
import Records
import TerminalKit

/// All that the dashboard knows. Changed by `update`, shown by `view`, and by nothing else.
package struct Model: Sendable {
    // What is.
    package internal(set) var snapshot: Snapshot?
    var history = History()
    var totals = Totals()
    /// The place of each container among all by its name: worked out when others come, not at each sweep.
    var ranks: [Int] = []
    /// The containers listed, in order, as places in `snapshot.containers`.
    package internal(set) var rows: [Int] = []
    var details: ContainerDetails?
    package var images: [String] = []
    var resources = Resources()
    /// Those that the open page of them lists, in order.
    var resourceRows: [any ResourceReading] = []
    /// Images on their way here.
    var pulls: [ImagePull] = []
    /// Seconds east of UTC, for times on the screen.
    package var timeZone = 0
    /// What is being done to a container, by its id.
    var busy: [String: Work] = [:]
    /// What those are called that verbs are for, by id.
    var called: [String: Called] = [:]
    /// The container whose shell has just been left: it may have ended meanwhile.
    var visited: (id: String, name: String)?
    /// What was to be removed as one that does not run, and was not: it may run by now.
    var unremoved: Set<String> = []
    /// What has come while the screen is frozen.
    var arrived: Snapshot?

    // How it is looked at.
    package var settings = Settings()
    package var look = Look()
    package internal(set) var size = (rows: 24, columns: 80)
    package internal(set) var page: Page = .list
    /// The pages that Esc goes back to, before the list: the details that a log was opened from.
    var behind: [Page] = []
    var dialog: Dialog?
    var panel: LimitsPanel?
    package internal(set) var filter = ""
    /// The filter, or a search, being typed.
    var field: TextField?
    package internal(set) var selected: String?
    package internal(set) var marked: Set<String> = []
    var selectedRow = 0
    /// Room for notes: little until one has been seen that wants more, then much until other containers come or go, so
    /// that columns don't move with each letter that one has more or less.
    var noteWidth = Self.leastNoteWidth
    static let leastNoteWidth = 16
    var top = 0
    var treeShown = false
    var processOrder = ProcessOrder.tree
    var resourceOrders: [Resource: ResourceOrder] = [:]
    package internal(set) var frozen = false
    /// How many samples back in time the gauges are; 0 is now.
    package internal(set) var back = 0
    /// The container whose page is open though it has been removed, as it was last.
    var gone: ContainerReading?
    /// Sweeps for which the order of the rows stays, since a person is moving among them.
    var quiet = 0
    /// Selected as soon as it is there: the container just made.
    var awaited: String?
    /// Told of by its name as soon as that is known.
    var made: Made?
    /// The form that is being made a container of.
    var submitted: NewContainer?
    package internal(set) var status: StatusLine?
    /// What drawing the last frame cost, in seconds.
    var frameCost: Double?

    package init() {}

    /// The container under the cursor.
    var current: ContainerReading? {
        guard let snapshot, let selected else { return nil }
        // Nearly always where the cursor is; a search among a thousand for each key of the footer would be felt.
        if rows.indices.contains(selectedRow), snapshot.containers[rows[selectedRow]].id == selected {
            return snapshot.containers[rows[selectedRow]]
        }
        return snapshot.containers.indices.first { snapshot.containers[$0].id == selected }
            .map { snapshot.containers[$0] } ?? gone.flatMap { $0.id == selected ? $0 : nil }
    }

    /// Those that a verb acts on: the marked ones, else the one under the cursor; on a container's own pages, that one.
    var targets: [ContainerReading] {
        if case .list = page, !marked.isEmpty { return containers(marked) }
        return current.map { [$0] } ?? []
    }

    /// Those that `action` is about. A terminal is one container's alone: a shell is opened where a page would be, in the
    /// one under the cursor.
    func targets(of action: Action) -> [ContainerReading] {
        switch action {
        case .shell: current.map { [$0] } ?? []
        // Its page has a cursor of its own.
        case .removeResource: []
        default: targets
        }
    }

    /// As the list has them, then those that a filter hides.
    func containers(_ ids: Set<String>) -> [ContainerReading] {
        guard let snapshot else { return [] }
        let listed = rows.filter { ids.contains(snapshot.containers[$0].id) }
        let hidden = listed.count < ids.count ? Set(snapshot.containers.indices).subtracting(rows).sorted() : []
        return (listed + hidden.filter { ids.contains(snapshot.containers[$0].id) }).map { snapshot.containers[$0] }
    }

    /// How many are marked and not listed.
    var hiddenMarks: Int {
        guard let snapshot, !marked.isEmpty else { return 0 }
        return marked.count - rows.count { marked.contains(snapshot.containers[$0].id) }
    }

    /// A screen this small shows nothing, so keys do next to nothing there.
    var isTooSmall: Bool { size.columns < 40 || size.rows < 8 }

    /// The containers on the screen.
    package var visible: [String] {
        guard let snapshot else { return [] }
        guard page == .list else { return selected.map { [$0] } ?? [] }
        return rows.dropFirst(top).prefix(listHeight).map { snapshot.containers[$0].id }
    }

    /// Its own clock, so that all ages on a screen agree.
    var now: Timestamp {
        let (sample, newest) = (history.clock(back: back), snapshot?.clock)
        // Not every sweep is a sample.
        if back == 0, let sample, let newest, newest > sample { return newest }
        return sample ?? newest ?? Timestamp(nanoseconds: 0)
    }

    mutating func say(_ text: String, _ kind: StatusLine.Kind = .done) {
        status = StatusLine(text: text, kind: kind, since: snapshot?.clock)
    }
}

/// Which screen is open.
package enum Page: Hashable, Sendable {
    case list
    case details(DetailsPage)
    case log(LogPage)
    case inspect(scroll: Int)
    case resources(ResourcePage)
}

extension Model {
    /// How `container` is kept apart, in a few words, once its details are here.
    func isolation(of container: ContainerReading) -> String? {
        guard let details, details.id == container.id else { return nil }
        return details.particulars.lazy.compactMap(\.summary).first
    }
}

/// The line above the keys: what just happened.
package struct StatusLine: Hashable, Sendable {
    package enum Kind: Hashable, Sendable { case done, busy, warning, failed }

    package var text: String
    package var kind: Kind
    /// When it was said.
    var since: Timestamp?

    /// Nobody looks for the reason of what was refused so long ago; what is still being done is no past.
    func isOld(_ now: Timestamp) -> Bool {
        guard kind != .busy, let since else { return false }
        return now.seconds(since: since) > (kind == .failed ? 30 : 10)
    }
}

/// What is fetched only while it is on the screen.
package struct ContainerDetails: Sendable {
    package var id: String
    package var processes: [ProcessReading]
    package var events: [Records.Event]
    package var particulars: [Particulars]
    package var log: [LogLine] = []

    package init(id: String, processes: [ProcessReading], events: [Records.Event], particulars: [Particulars]) {
        self.id = id
        self.processes = processes
        self.events = events
        self.particulars = particulars
    }
}

/// How many there are of what, and who uses most: counted once a sweep, not once a frame.
struct Totals: Hashable, Sendable {
    var containers = 0
    var running = 0
    var paused = 0
    var restarting = 0
    var stopped = 0
    var hottestCPU: String?
    var hottestMemory: String?
    /// The longest name and image, in cells.
    var nameWidth = 4
    var imageWidth = 5

    init() {}

    init(_ snapshot: borrowing Snapshot) {
        containers = snapshot.containers.count
        var (cpu, memory) = (0.02, UInt64(8 << 20))
        for index in snapshot.containers.indices {
            switch snapshot.containers[index].status {
            case .running: running += 1
            case .paused: paused += 1
            case .restarting: restarting += 1
            case .created, .exited, .removing: stopped += 1
            }
            if let used = snapshot.containers[index].cpu, used > cpu {
                cpu = used
                hottestCPU = snapshot.containers[index].name
            }
            if let used = snapshot.containers[index].usage.memoryInUse, used > memory {
                memory = used
                hottestMemory = snapshot.containers[index].name
            }
            nameWidth = max(nameWidth, snapshot.containers[index].name.cells)
            imageWidth = max(imageWidth, snapshot.containers[index].image.cells)
        }
    }
}
