import ArgumentParser
import Containers
import Flags
import Images
import JSON
import Linux
import Records
import Rendering

struct Events: Verb {
    static let configuration = CommandConfiguration.verb(
        "events", "Show what happens to containers, as it happens.", example: "boxtop events --since 10m web")

    @Flag(inversion: .prefixedNo, help: "Go on as more happens, or end after what has happened: the last 100 events.")
    var follow = true
    @Option(name: .long, help: "From then on: 10m ago, or a time; else from now on.")
    var since: String?
    @Option(name: .long, help: "Until then, what has happened included.")
    var until: String?
    @Option(name: .long, help: "table (plain lines), json (an object a line), csv or a template.")
    var format = "table"
    @Option(
        name: .joined("f", "filter"),
        help: "container=NAME, event=…, in docker's words or these, image=…, label=KEY[=VALUE], type=container.")
    var filter: [String] = []
    @Argument(help: "Only this container's.", completion: .containers) var container: String?

    func run(in context: Context) throws -> Int32 {
        let format = try Format(format)
        let now = Timestamp.now
        let since = try since.given.map { try FlagValue("--since", $0).moment(now: now) }
        let until = try until.given.map { try FlagValue("--until", $0).moment(now: now) }
        let id = try container.map { try context.containers().find($0).id }
        var filter = try EventFilter(filter, context.layout)
        func wanted(_ events: [Event]) -> [Event] {
            events.filter { event in
                since.map { event.time >= $0 } ?? true && until.map { event.time <= $0 } ?? true
                    && filter.matches(event)
            }
        }
        let log = EventLog(context.layout)
        let showsPast = !follow || since != nil || until != nil
        if !follow, since == nil, until == nil, self.filter.isEmpty {
            try show(log.last(100, of: id), format, headers: true)
            return 0
        }
        var reader = EventReader(log, from: showsPast ? .oldest : .end, of: id)
        if showsPast {
            let events = wanted(reader.next())
            try show(since == nil ? events.suffix(100) : events[...], format, headers: true)
        }
        guard follow else { return 0 }
        // A folder that cannot be watched is looked at by the clock alone.
        let watch = try? FolderWatch()
        watch?.add(context.layout.state, for: .writes)
        var headers = !showsPast
        while Stream.lost == nil {
            let isLast = until.map { Timestamp.now > $0 } ?? false
            try show(wanted(reader.next()), format, headers: headers)
            headers = false
            if isLast { break }
            watch?.wait(seconds: 1)
        }
        return 0
    }

    /// A stream has no end: each line stands for itself, in JSON too.
    private func show(_ events: some Collection<Event>, _ format: Format, headers: Bool) throws {
        let rows = events.map { EventRow($0) }
        switch format {
        case .table: for row in rows { Stream.output.say(printable(row.line)) }
        case .json: for row in rows { Stream.output.say(row.object.compact) }
        case .csv, .template, .templateTable:
            try Stream.output.list(rows, ListStyle(format: format, headers: headers))
        }
    }
}
