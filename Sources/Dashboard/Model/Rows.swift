import Cgroups
import Linux
import Monitoring
import Records
import TerminalKit

extension Model {
    /// Lists anew: filters, and sorts unless the rows are to stay where they are.
    mutating func arrange(sorting: Bool = true) {
        guard let snapshot else { return }
        let terms = Filter(filter)
        var shown: [Int] = []
        for index in snapshot.containers.indices {
            if !settings.all, !snapshot.containers[index].status.isActive { continue }
            if terms.isEmpty || terms.matches(snapshot.containers[index]) { shown.append(index) }
        }
        if sorting {
            sort(&shown, snapshot)
        } else {
            var places = [Int](repeating: .max, count: snapshot.containers.count)
            for (place, row) in rows.enumerated() where row < places.count { places[row] = place }
            shown.sort { (places[$0], $0) < (places[$1], $1) }
        }
        rows = shown
        keepSelection()
        for row in rows.dropFirst(top).prefix(listHeight) {
            let container = snapshot.containers[row]
            // Of what does not run the reason stands where its gauges would be.
            guard container.status.running != nil else { continue }
            let notes = Notes.of(container, Gauges(container, self), self)
            if notes.reduce(-2, { $0 + $1.text.cells + 2 }) > noteWidth { noteWidth = 30 }
        }
    }

    /// For `ranks`.
    static func ranks(_ snapshot: borrowing Snapshot) -> [Int] {
        let names = snapshot.containers.map(\.name)
        var ranks = [Int](repeating: 0, count: names.count)
        let order = names.indices.sorted { NaturalOrder.isBefore(names[$0], names[$1]) }
        for (rank, place) in order.enumerated() { ranks[place] = rank }
        return ranks
    }

    private func sort(_ shown: inout [Int], _ snapshot: Snapshot) {
        let up = settings.rises
        switch settings.sort {
        case .name: shown.sort { (ranks[$0] < ranks[$1]) == up }
        case .image:
            shown.sort { first, second in
                let (x, y) = (snapshot.containers[first].image, snapshot.containers[second].image)
                return x == y ? ranks[first] < ranks[second] : NaturalOrder.isBefore(x, y) == up
            }
        default:
            var keyed = shown.map { (key: sortValue(snapshot.containers[$0], snapshot), place: $0) }
            keyed.sort { first, second in
                if first.key == second.key { return ranks[first.place] < ranks[second.place] }
                return (first.key < second.key) == up
            }
            shown = keyed.map(\.place)
        }
    }

    private func sortValue(_ container: borrowing ContainerReading, _ snapshot: borrowing Snapshot) -> Double {
        let id = container.id
        // What does not run stands below what idles, the last ended first.
        let alive: Double = container.status.isActive ? 1 : 0
        // What looks the same is the same, and keeps its order by name.
        func smooth(_ series: Series..., shown: (Double) -> Double) -> Double {
            alive * (1 + series.reduce(0) { $0 + shown(history.smooth($1, of: id)) })
        }
        switch settings.sort {
        case .cpu:
            let limit = container.limits.cpus ?? 1
            return smooth(.cpu) { $0 / limit < 0.005 ? 0 : ($0 * 100).rounded() }
        case .memory: return smooth(.memory, shown: Format.rounded)
        case .processes: return smooth(.processes) { $0.rounded() }
        case .net: return smooth(.received, .sent, shown: Format.rounded)
        case .disk: return smooth(.diskRead, .diskWritten, shown: Format.rounded)
        case .pressure: return smooth(.cpuPressure, .memoryPressure, .ioPressure) { $0.rounded() }
        case .restarts: return Double(container.restarts)
        case .uptime:
            switch container.status {
            case .running(let running), .paused(let running):
                return snapshot.clock.seconds(since: running.started) + 1
            default: return 0
            }
        case .status: return Double(container.status.rank)
        case .name, .image: return 0
        }
    }

    /// The cursor stays on its container; where that is gone, on the row in its place.
    private mutating func keepSelection() {
        guard let snapshot, !rows.isEmpty else {
            if rows.isEmpty { (selected, selectedRow, top) = (page == .list && panel == nil ? nil : selected, 0, 0) }
            return
        }
        if let awaited, let row = rows.firstIndex(where: { snapshot.containers[$0].name == awaited }) {
            self.awaited = nil
            select(row: row)
            return
        }
        if history.count == 2, quiet == 0, page == .list, panel == nil {
            // The first rates give the first real order; nobody has chosen a row yet.
            select(row: 0)
            return
        }
        let isInPlace = rows.indices.contains(selectedRow) && snapshot.containers[rows[selectedRow]].id == selected
        if let row = isInPlace ? selectedRow : rows.firstIndex(where: { snapshot.containers[$0].id == selected }) {
            selectedRow = row
            reveal()
        } else if page == .list, panel == nil {
            select(row: min(selectedRow, rows.count - 1))
        }
    }

    mutating func select(row: Int) {
        guard let snapshot, rows.indices.contains(row) else { return }
        selectedRow = row
        selected = snapshot.containers[rows[row]].id
        if gone?.id != selected { gone = nil }
        reveal()
    }

    mutating func reveal() {
        top = Self.first(top, cursor: selectedRow, rows: listHeight, count: rows.count)
    }
}

extension Status {
    var isRunning: Bool { if case .running = self { true } else { false } }
    var isPaused: Bool { if case .paused = self { true } else { false } }

    /// For sorting: what asks for attention first.
    fileprivate var rank: Int {
        switch self {
        case .restarting: 5
        case .running: 4
        case .paused: 3
        case .created: 2
        case .exited: 1
        case .removing: 0
        }
    }

    /// The word for it.
    var word: String {
        switch self {
        case .created: "created"
        case .running: "running"
        case .paused: "paused"
        case .restarting: "restarting"
        case .exited: "exited"
        case .removing: "removing"
        }
    }
}

/// What the list is narrowed to: all words must be in the name, image, id, status or command; `!word` must not.
struct Filter: Hashable, Sendable {
    private var wanted: [String] = []
    private var unwanted: [String] = []

    init(_ text: String) {
        for word in text.lowercased().split(separator: " ") {
            if word.first == "!" {
                if word.count > 1 { unwanted.append(String(word.dropFirst())) }
            } else {
                wanted.append(String(word))
            }
        }
    }

    var isEmpty: Bool { wanted.isEmpty && unwanted.isEmpty }

    func matches(_ container: borrowing ContainerReading) -> Bool {
        matches(
            "\(container.name)\n\(container.image)\n\(container.id.prefix(12))\n\(container.status.word)\n"
                + "\(container.health?.rawValue ?? "")\n\(container.command.joined(separator: " "))")
    }

    func matches(_ text: String) -> Bool {
        let haystack = Array(text.lowercased().utf8)
        return wanted.allSatisfy { haystack.contains(Array($0.utf8)) }
            && !unwanted.contains { haystack.contains(Array($0.utf8)) }
    }
}
