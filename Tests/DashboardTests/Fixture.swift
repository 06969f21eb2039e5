import Cgroups
import Dashboard
import Linux
import Monitoring
import TerminalKit
import Testing

/// A dashboard on made-up containers, with a clock that moves one second a sweep.
struct Fixture {
    private(set) var model = Model()
    private let containers: DemoContainers
    private let clock: Clock
    /// Verbs end at once; else they never do.
    private let answers: Bool
    private(set) var effects: [Effect] = []
    /// The first of each name.
    private var ids: [String: String] = [:]
    /// What every container has written, in place of what is made up.
    var log: [LogLine] = []
    /// Logs are there no more.
    var forget = false
    /// What is to be known of every container, likewise.
    var particulars: [Particulars] = []

    private final class Clock {
        var seconds: UInt64 = 0
    }

    init(count: Int = 9, rows: Int = 36, columns: Int = 160, sweeps: Int = 3, look: Look = Look(), answers: Bool = true)
    {
        self.answers = answers
        let clock = Clock()
        self.clock = clock
        containers = DemoContainers(count: count) {
            (
                MonotonicTime(nanoseconds: clock.seconds * 1_000_000_000),
                Timestamp(nanoseconds: (1_795_689_700 + clock.seconds) * 1_000_000_000)
            )
        }
        model.look = look
        model.images = DemoContainers.images
        feed(.resize(rows: rows, columns: columns))
        for _ in 0..<sweeps { sweep() }
        effects = []
    }

    /// A second later.
    ///
    /// - Parameter changed: what is different from what was made up.
    mutating func sweep(_ changed: (inout Snapshot) -> Void = { _ in }) {
        clock.seconds += 1
        var snapshot = containers.sweep()
        changed(&snapshot)
        for container in snapshot.containers where ids[container.name] == nil { ids[container.name] = container.id }
        feed(.snapshot(snapshot))
    }

    /// Changes limits as somebody else does, which the next sweep shows.
    func limit(_ name: String, _ change: (inout Limits) -> Void) throws {
        guard let id = model.snapshot?.containers.first(where: { $0.name == name })?.id else { return }
        _ = try containers.limit(id) { limits in
            var limits = limits
            change(&limits)
            return limits
        }
    }

    /// Takes an event in, and answers what it asks for as the loop does.
    mutating func feed(_ event: ScreenEvent) {
        for effect in update(&model, event) {
            effects.append(effect)
            answer(effect)
        }
    }

    private mutating func answer(_ effect: Effect) {
        switch effect {
        case .run(let arguments):
            if !answers { return }
            let result = containers.perform(arguments)
            feed(.ended(arguments: arguments, status: result.status, message: result.message))
        case .applyLimit(let id, let change):
            do {
                feed(.limited(id: id, change, try containers.limit(id, change.applied(to:))))
            } catch {
                feed(.limitRefused(id: id, error.description))
            }
        case .signal(let id, let process, let name):
            if !answers { return }
            do {
                try containers.signal(process.identity, of: id, name)
                feed(.signalled(process, name: name, refusal: nil))
            } catch {
                feed(.signalled(process, name: name, refusal: error.description))
            }
        case .needDetails(let id):
            let particulars = particulars.isEmpty ? containers.particulars(of: id) : particulars
            feed(
                .details(
                    ContainerDetails(
                        id: id, processes: containers.processes(of: id), events: containers.events(of: id, last: 100),
                        particulars: particulars)))
        case .needListing(.image): feed(.listed(.images(Self.images)))
        case .needListing(let kind): feed(.listed(containers.listing(of: kind)))
        case .needLog(let id, let count):
            let lines = log.isEmpty ? containers.log(of: id, last: count) : Array(log.suffix(count))
            feed(.log(id: id, forget ? [] : lines))
        default: break
        }
    }

    static let images: [ImageReading] = [
        ImageReading(
            name: "nginx:1.27", isNamed: true, id: "3d29c53bc44a", size: 58 << 20, shared: 28 << 20,
            users: ["web", "web-2", "edge"], created: Timestamp(nanoseconds: 1_795_000_000_000_000_000)),
        ImageReading(
            name: "registry.example.org/team/jobs:7", isNamed: true, id: "ae0ac68452b7", size: 31 << 20,
            shared: 28 << 20, users: [], created: nil),
        ImageReading(
            name: "sha256:0f12", isNamed: false, id: "0f12c0ffee00", size: 900, shared: 0, users: ["old"],
            created: Timestamp(nanoseconds: 1_795_689_000_000_000_000)),
    ]

    mutating func press(_ keys: Key...) { for key in keys { feed(.input(.key(key))) } }

    mutating func type(_ text: String) { for character in text { press(.character(character)) } }

    /// What has been asked for since last time, without what pages fetch for themselves.
    mutating func asked() -> [Effect] {
        defer { effects = [] }
        return effects.filter {
            switch $0 {
            case .needDetails, .needLog, .sweep, .needImages, .needListing: false
            default: true
            }
        }
    }

    /// Clicks on the first `word` on the screen, on a row of it where that is given.
    mutating func click(_ word: String, row: Int? = nil) throws {
        let found = lines.firstIndex { $0.contains(word) }
        let place = try #require(row ?? found)
        let line = lines[place]
        let column = try #require(line.indices.first { line[$0...].hasPrefix(word) }, "\(word): \(line)")
        feed(.input(.click(row: place, column: line.distance(from: line.startIndex, to: column))))
    }

    /// Clicks on `word` in the footer.
    mutating func clickFooter(_ word: String) throws { try click(word, row: lines.count - 1) }

    var screen: String { view(model).text }
    var lines: [String] { screen.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
    var statusLine: String { model.status?.text ?? "" }

    /// The name of the container under the cursor.
    var selectedName: String? {
        model.snapshot?.containers.first { $0.id == model.selected }?.name
    }

    func id(_ name: String) -> String { ids[name] ?? "no container is called \(name)" }

    /// A verb as it is asked for: containers by their ids.
    func run(_ words: String...) -> Effect { run(words) }
    func run(_ words: [String]) -> Effect { .run(arguments: words.map { ids[$0] ?? $0 }) }

    /// All containers' limits, by name.
    var limits: [String: Limits] {
        Dictionary(uniqueKeysWithValues: (model.snapshot?.containers ?? []).map { ($0.name, $0.limits) })
    }

    /// Moves the screen to another time zone.
    mutating func offset(hours: Int) { model.timeZone = hours * 3_600 }

    /// Puts the cursor on a container.
    mutating func select(_ name: String) {
        press(.home)
        for _ in model.rows where selectedName != name { press(.down) }
    }
}
