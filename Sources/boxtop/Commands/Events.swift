import ArgumentParser
import Containers
import Flags
import Images
import Linux
import Records
import Rendering

struct Events: Verb {
    static let configuration = CommandConfiguration.verb(
        "events", "Show what has happened to containers.", example: "boxtop events --since 10m web")

    @Flag(name: [.short, .long], help: "Go on as more happens.")
    var follow = false
    @Option(name: .long, help: "From then on: 10m ago, or a time; else the last 100.")
    var since: String?
    @Option(name: .long, help: "Until then.")
    var until: String?
    @Option(name: .long, help: "table (plain lines), json (an object a line), csv or a template.")
    var format = "table"
    @Option(
        name: .long,
        help: "container=NAME, event=…, in docker's words or these, label=KEY[=VALUE], type=container.")
    var filter: [String] = []
    @Argument(help: "Only this container's.", completion: .containers) var container: String?

    func run(in context: Context) throws -> Int32 {
        let format = try Format(format)
        let now = Timestamp.now
        let since = try since.map { try FlagValue("--since", $0).moment(now: now) }
        let until = try until.map { try FlagValue("--until", $0).moment(now: now) }
        let id = try container.map { try context.containers().find($0).id }
        let filter = try EventFilter(filter, in: context)
        let log = EventLog(context.layout)
        var events = log.last(since == nil && self.filter.isEmpty ? 100 : .max, of: id).filter(filter.matches)
        events.removeAll { event in
            (since.map { event.time < $0 } ?? false) || (until.map { event.time > $0 } ?? false)
        }
        if since == nil { events = events.suffix(100) }
        try show(events, format, headers: true)
        guard follow else { return 0 }
        // A folder that cannot be watched is looked at by the clock alone.
        let watch = try? FolderWatch()
        watch?.add(context.layout.state, for: .writes)
        var newest = events.last?.time ?? now
        while true {
            watch?.wait(seconds: 1)
            if let until, Timestamp.now > until { return 0 }
            if Stream.lost != nil { return 0 }
            let fresh = log.last(1_000, of: id).filter { $0.time > newest }
            try show(fresh.filter(filter.matches), format, headers: false)
            newest = fresh.last?.time ?? newest
        }
    }

    /// A stream has no end: each line stands for itself, in JSON too.
    private func show(_ events: [Event], _ format: Format, headers: Bool) throws {
        let rows = events.map { EventRow($0) }
        switch format {
        case .table: for row in rows { Stream.output.say(printable(row.line)) }
        case .json: for row in rows { Stream.output.say(row.object.compact) }
        case .csv, .template, .templateTable:
            try Stream.output.list(rows, ListStyle(format: format, headers: headers))
        }
    }
}
