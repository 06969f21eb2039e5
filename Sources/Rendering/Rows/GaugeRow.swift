import Cgroups
import JSON
import Linux
import Monitoring
import Records

/// One line of `stats` and of the batch mode: a container's gauges at one moment.
package struct GaugeRow: Listable {
    private let reading: ContainerReading
    private let clock: Timestamp
    private let hostMemory: UInt64?
    private let full: Bool

    /// - Parameter full: `--no-trunc`: whole ids.
    package init(_ reading: ContainerReading, in snapshot: Snapshot, full: Bool = false) {
        self.reading = reading
        clock = snapshot.clock
        hostMemory = snapshot.host.memory
        self.full = full
    }

    package static let columns = [
        Column("time"), Column("id", "CONTAINER ID", alias: "Container"), Column("name", "NAME"),
        Column("status", "STATUS"),
        Column("state"), Column("cpuPercent", "CPU %", .right, alias: "CPUPerc"), Column("cpuLimit"),
        Column("throttledPercent", "THROTTLED", .right), Column("cpuNanoseconds"),
        Column("memory", "MEM USAGE / LIMIT", .right, alias: "MemUsage"),
        Column("memoryCharged"), Column("memoryLimit"), Column("memoryPercent", "MEM %", .right, alias: "MemPerc"),
        Column("processes", "PIDS", .right), Column("processesLimit"),
        Column("received", "NET RX / TX", .right), Column("sent"),
        Column("diskRead", "DISK R / W", .right), Column("diskWritten"),
        Column("readBytes"), Column("writeBytes"), Column("cpuPressure"), Column("memoryPressure"),
        Column("ioPressure"), Column("oomKills"), Column("restarts"), Column("receivedBytes"), Column("sentBytes"),
        Column("receivedDropped"), Column("sentDropped"), Column("receivedErrors"), Column("sentErrors"),
    ]

    package var cells: [Cell] {
        let usage = reading.usage
        let limit = reading.limits.memory ?? hostMemory
        let share = usage.memoryInUse.flatMap { used in limit.map { Double(used) / Double(max($0, 1)) } }
        return [
            cell(clock), Cell(quiet, .string(reading.id)), Cell(reading.name),
            Cell(
                reading.status.sentence(health: reading.health, unsupervised: reading.unsupervised, now: clock)),
            Cell(reading.status.word), percent(reading.cpu), number(reading.limits.cpus),
            percent(reading.throttled), cell(usage.cpu),
            Cell(pair(usage.memoryInUse, limit, Human.binary), .integer(usage.memoryInUse)), cell(usage.memory),
            cell(reading.limits.memory), percent(share), Cell(processes, .integer(usage.processes)),
            cell(reading.limits.processes), Cell(rates(reading.received, reading.sent), .number(reading.received)),
            number(reading.sent), Cell(rates(reading.diskRead, reading.diskWritten), .number(reading.diskRead)),
            number(reading.diskWritten), cell(usage.readBytes), cell(usage.writeBytes),
            number(usage.cpuPressure?.some.average10), number(usage.memoryPressure?.some.average10),
            number(usage.ioPressure?.some.average10), cell(usage.oomKills), cell(reading.restarts),
            cell(reading.network?.received), cell(reading.network?.sent), cell(reading.network?.receivedDropped),
            cell(reading.network?.sentDropped), cell(reading.network?.receivedErrors),
            cell(reading.network?.sentErrors),
        ]
    }

    /// What docker's names mean there: so much so far, where the columns have rates, and no limit behind a count.
    package var docker: JSONValue {
        let (usage, network) = (reading.usage, reading.network)
        return .of([
            ("PIDs", .string(usage.processes.map { "\($0)" } ?? "--")),
            ("NetIO", .string(totals(network?.received, network?.sent))),
            ("BlockIO", .string(totals(usage.readBytes, usage.writeBytes))),
        ])
    }

    package static let dockerTitles = ["PIDs": "PIDS", "NetIO": "NET I/O", "BlockIO": "BLOCK I/O"]

    package var quiet: String { full ? reading.id : String(reading.id.prefix(12)) }

    private var processes: String {
        guard let processes = reading.usage.processes else { return "–" }
        return reading.limits.processes.map { "\(processes) / \($0)" } ?? "\(processes)"
    }

    /// A share of one core or of a limit; `–` where there is none yet.
    private func percent(_ share: Double?) -> Cell {
        Cell(share.map(Human.percent) ?? "–", .number(share.map { $0 * 100 }))
    }

    private func number(_ value: Double?) -> Cell { Cell(value.map { Human.fixed($0, 2) } ?? "", .number(value)) }

    private func pair(_ a: UInt64?, _ b: UInt64?, _ text: (UInt64) -> String) -> String {
        guard let a else { return "–" }
        return b.map { "\(text(a)) / \(text($0))" } ?? text(a)
    }

    private func totals(_ a: UInt64?, _ b: UInt64?) -> String {
        if a == nil && b == nil { return "--" }
        return [a, b].map { Human.decimal($0 ?? 0) }.joined(separator: " / ")
    }

    private func rates(_ a: Double?, _ b: Double?) -> String {
        if a == nil && b == nil { return "–" }
        return [a, b].map { $0.map { "\(Human.decimal(UInt64(max($0, 0))))/s" } ?? "–" }.joined(separator: " / ")
    }
}
