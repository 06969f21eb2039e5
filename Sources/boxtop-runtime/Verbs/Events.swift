import Cgroups
import Glibc
import JSON
import Linux
import OCI
import RuntimeCore

/// `events ID`: what the container uses, as one JSON line each interval, and one when the kernel kills for want of
/// memory, until the container ends; with `--stats`, once. The form is runc's, which engines read.
enum Events {
    static func run(_ words: [String], _ context: Context) throws(Failure) -> Int32 {
        let options = try Options(words, valued: ["interval"], switches: ["stats"])
        let id = try options.id()
        guard let interval = seconds(options.value("interval") ?? "5s") else {
            throw Failure("--interval \(options.value("interval") ?? "") is no time above 0, such as 5s or 500ms")
        }
        let entry = try failing { () throws(StateDirectory.Refusal) in try context.states.load(id) }
        if !entry.isAlive { throw Failure.notRunning(id) }
        guard let group = try entry.group() else { throw Failure("container \(id) has no control group") }
        var watch = OOMListener(process: try Kill.process(entry))
        while true {
            watch.listen(group)
            let statistics = Statistics(group, UsageReader.once(group), group.limits())
            try Output.record(Line(type: "stats", id: id, data: statistics))
            if options.has("stats") { return 0 }
            let start = MonotonicTime.now
            var left = interval
            repeat {
                if watch.hears(within: left) { try Output.record(Line(type: "oom", id: id, data: nil)) }
                if watch.isOver { return 0 }
                left = interval - MonotonicTime.now.seconds(since: start)
            } while left > 0
        }
    }

    /// `5s`, `500ms`, `1m30s`: durations as Go has them.
    private static func seconds(_ text: String) -> Double? {
        let units: [Substring: Double] = ["h": 3600, "m": 60, "s": 1, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9]
        var (rest, sum) = (text[...], 0.0)
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let number = Double(digits), let factor = units[unit] else { return nil }
            sum += number * factor
        }
        return sum > 0 ? sum : nil
    }

    private struct Line: Encodable {
        let type: String
        let id: String
        let data: Statistics?
    }
}

/// Waits for a container's end, and meanwhile for kills for want of memory in its group.
private struct OOMListener: ~Copyable {
    private let process: FileDescriptor
    private var watch: OOMWatch?
    /// Since when a kill is announced that is not to be seen yet.
    private var announced: MonotonicTime?
    /// Whether the container has ended.
    private(set) var isOver = false

    init(process: consuming FileDescriptor) { self.process = process }

    /// Listens from now on, where the group has come to be in a tree that tells.
    mutating func listen(_ group: Cgroup) {
        if watch != nil { return }
        watch = OOMWatch(group)
        // Those before are no news.
        _ = watch?.newKills()
    }

    /// Waits for a kill, but no longer than so many seconds, or until the container's end, which may come of it.
    mutating func hears(within seconds: Double) -> Bool {
        let pause = announced == nil ? seconds : min(seconds, 0.01)
        var waiters = [
            pollfd(fd: process.number, events: Int16(POLLIN), revents: 0),
            watch?.waiter ?? pollfd(fd: -1, events: 0, revents: 0),
        ]
        poll(&waiters, 2, Int32(min((pause * 1_000).rounded(.up), Double(Int32.max))))
        isOver = waiters[0].revents != 0
        guard watch != nil else { return false }
        guard let kills = watch?.newKills() else {
            // The group has gone, and nobody can be asked any more.
            watch = nil
            return announced.take() != nil
        }
        if waiters[1].revents != 0, watch?.isEarly == true { announced = .now }
        if kills > 0 || announced.map({ MonotonicTime.now.seconds(since: $0) > 1 }) == true { announced = nil }
        return kills > 0
    }
}
