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
        if !entry.isAlive { throw Failure("container \(id) is not running") }
        guard let group = try entry.group() else { throw Failure("container \(id) has no control group") }
        let process = try Kill.process(entry)
        var kills = UsageReader.once(group).oomKills ?? 0
        while true {
            let usage = UsageReader.once(group)
            try Output.record(Line(type: "stats", id: id, data: Statistics(usage, group.limits())))
            if options.has("stats") { return 0 }
            if let now = usage.oomKills, now > kills {
                kills = now
                try Output.record(Line(type: "oom", id: id, data: nil))
            }
            var waiter = pollfd(fd: process.number, events: Int16(POLLIN), revents: 0)
            if poll(&waiter, 1, Int32(min(interval * 1000, Double(Int32.max)))) > 0 { return 0 }
        }
    }

    /// `5s`, `500ms`, `1m`.
    private static func seconds(_ text: String) -> Double? {
        for (unit, factor) in [("ms", 0.001), ("s", 1), ("m", 60)] where text.hasSuffix(unit) {
            return Double(text.dropLast(unit.count)).flatMap { $0 > 0 ? $0 * factor : nil }
        }
        return nil
    }

    private struct Line: Encodable {
        let type: String
        let id: String
        let data: Statistics?
    }
}

private struct Statistics: Encodable {
    struct CPU: Encodable {
        struct Usage: Encodable { let total: UInt64? }
        struct Throttling: Encodable { let periods, throttledPeriods, throttledTime: UInt64? }
        let usage: Usage
        let throttling: Throttling
    }
    struct Memory: Encodable {
        struct Usage: Encodable { let limit, usage, max: UInt64? }
        let usage: Usage
        let swap: Usage
    }
    struct Processes: Encodable { let current, limit: UInt64? }
    struct Disks: Encodable { let readBytes, writeBytes, readOperations, writeOperations: UInt64? }

    let cpu: CPU
    let memory: Memory
    let pids: Processes
    let blkio: Disks

    init(_ usage: Usage, _ limits: Limits) {
        cpu = CPU(
            usage: .init(total: usage.cpu),
            throttling: .init(
                periods: usage.periods, throttledPeriods: usage.throttledPeriods, throttledTime: usage.throttled))
        memory = Memory(
            usage: .init(limit: limits.memory, usage: usage.memory, max: usage.memoryPeak),
            swap: .init(limit: limits.swap, usage: usage.swap, max: nil))
        pids = Processes(current: usage.processes, limit: limits.processes)
        blkio = Disks(
            readBytes: usage.readBytes, writeBytes: usage.writeBytes, readOperations: usage.readOperations,
            writeOperations: usage.writeOperations)
    }
}
