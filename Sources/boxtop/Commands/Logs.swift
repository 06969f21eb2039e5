import ArgumentParser
import Containers
import Flags
import Glibc
import Linux
import Records
import Rendering

struct Logs: Verb {
    static let configuration = CommandConfiguration.verb(
        "logs", "Show what a container has written.", example: "boxtop logs -f --tail 20 web")

    @Flag(name: [.short, .long], help: "Go on as it writes more, until it has ended.")
    var follow = false
    @Flag(name: [.short, .long], help: "Each line with its time.")
    var timestamps = false
    @Flag(name: .long, help: "No line has more to it than is shown: for scripts that say so.")
    var details = false
    @Option(
        name: [.customShort("n", allowingJoined: true), .customLong("tail")], parsing: .unconditional,
        help: "The last so many lines, or all.")
    var tail = "all"
    @Option(name: .long, help: "From then on: 10m ago, or a time.")
    var since: String?
    @Option(name: .long, help: "Until then.")
    var until: String?
    @Argument(help: "Name or id.", completion: .containers) var container: String

    func run(in context: Context) throws -> Int32 {
        let now = Timestamp.now
        let since = try since.given.map { try FlagValue("--since", $0).moment(now: now) }
        let until = try until.given.map { try FlagValue("--until", $0).moment(now: now) }
        let tail = try FlagValue("--tail", tail).tail()
        let record = try context.containers().reach(container)
        let path = context.layout.log(record.id)
        let start: LogReader.Start = tail.map { .last($0) } ?? since.map { .since($0) } ?? .oldest
        var lines = LogLines(path: path, start: start, since: since, until: until, timestamps: timestamps)
        guard follow else {
            lines.show()
            return 0
        }
        // A folder that cannot be watched is looked at by the clock alone.
        let watch = try? FolderWatch()
        watch?.add(context.layout.container(record.id), for: .writes)
        let files = StateFiles(context.layout)
        while true {
            // Asked before reading: what was written before the end is read after it was seen.
            let status = files.state(of: record.id).status
            let isOver = !Files.exists(path) || status.running == nil && status.word != "restarting"
            let isLate = until.map { Timestamp.now > $0 } ?? false
            if !lines.show() || isOver || isLate || Stream.lost != nil { return 0 }
            watch?.wait(seconds: until.map { min(1, max(0.01, $0.seconds(since: .now))) } ?? 1)
        }
    }
}

/// The lines of a log on their way to the streams they came from.
private struct LogLines: ~Copyable {
    private var reader: LogReader
    private let since: Timestamp?
    private let until: Timestamp?
    private let timestamps: Bool
    /// The line of each stream has begun and not ended.
    private var isOpen: [LogStream: Bool] = [:]

    init(path: String, start: LogReader.Start, since: Timestamp?, until: Timestamp?, timestamps: Bool) {
        reader = LogReader(path: path, from: start)
        self.since = since
        self.until = until
        self.timestamps = timestamps
    }

    /// Writes what there is; `false` once the end that was asked for is reached.
    @discardableResult
    mutating func show() -> Bool {
        var batch: [UInt8] = []
        var stream = LogStream.output
        func flush() {
            batch.withUnsafeBytes { (stream == .output ? Stream.output : .error).write($0) }
            batch.removeAll(keepingCapacity: true)
        }
        while let entry = reader.next() {
            if let until, entry.time > until {
                flush()
                return false
            }
            if let since, entry.time < since { continue }
            if entry.stream != stream || batch.count > 64 << 10 { flush() }
            stream = entry.stream
            if timestamps, isOpen[stream] != true { batch += Array("\(entry.time) ".utf8) }
            isOpen[stream] = entry.isPartial
            batch += entry.bytes
        }
        flush()
        return true
    }
}
