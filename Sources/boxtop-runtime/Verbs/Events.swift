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
        if !entry.isAlive { throw Failure("container not running: \(id)") }
        guard let group = try entry.group() else { throw Failure("container \(id) has no control group") }
        let process = try Kill.process(entry)
        var kills = UsageReader.once(group).oomKills ?? 0
        while true {
            let usage = UsageReader.once(group)
            try Output.record(Line(type: "stats", id: id, data: Statistics(group, usage, group.limits())))
            if options.has("stats") { return 0 }
            if let now = usage.oomKills, now > kills {
                kills = now
                try Output.record(Line(type: "oom", id: id, data: nil))
            }
            var waiter = pollfd(fd: process.number, events: Int16(POLLIN), revents: 0)
            if poll(&waiter, 1, Int32(min(interval * 1000, Double(Int32.max)))) > 0 { return 0 }
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
