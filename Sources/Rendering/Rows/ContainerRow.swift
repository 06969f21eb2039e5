import Cgroups
import JSON
import Linux
import Monitoring
import Records

/// One line of `ps`.
package struct ContainerRow: Listable {
    private let record: ContainerRecord
    private let state: ContainerState
    private let now: Timestamp
    private let full: Bool

    /// - Parameter full: `--no-trunc`: whole ids and commands.
    package init(_ record: ContainerRecord, _ state: ContainerState, now: Timestamp, full: Bool = false) {
        self.record = record
        self.state = state
        self.now = now
        self.full = full
    }

    package static let columns = [
        Column("id", "CONTAINER ID"), Column("image", "IMAGE"), Column("command", "COMMAND"),
        Column("created", "CREATED", alias: "RunningFor", exactAlias: "CreatedAt"), Column("status", "STATUS"),
        Column("ports", "PORTS"),
        Column("name", "NAMES", alias: "Names"), Column("state"), Column("health"), Column("pid"),
        Column("startedAt"), Column("finishedAt"), Column("exitCode"), Column("outOfMemory"), Column("restarts"),
        Column("restartPolicy"), Column("limits"), Column("labels"), Column("networks"), Column("mounts"),
    ]

    package var cells: [Cell] {
        let exit = state.status.lastExit
        let started = state.status.running?.started ?? exit?.started
        return [
            Cell(quiet, .string(record.id)), Cell(record.image),
            Cell("\"\(full ? command : shortened(command, to: 24))\"", .of(record.command)),
            Cell("\(Human.duration(now.seconds(since: record.created))) ago", .string(record.created.description)),
            Cell(state.status.sentence(health: state.health, unsupervised: isUnsupervised, now: now)),
            Cell(ports.joined(separator: ", "), .of(ports)),
            Cell(record.name), Cell(state.status.word),
            Cell(state.health?.rawValue ?? "", .string(state.health?.rawValue)),
            cell(state.status.running?.process.pid), cell(started), cell(exit?.at), cell(exit?.code),
            Cell(exit?.outOfMemory == true ? "true" : "false", .bool(exit?.outOfMemory == true)),
            cell(state.restarts), Cell(record.restart.text),
            Cell(record.limits.document.compact, record.limits.document),
            Cell(
                record.labels.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(separator: ","),
                .of(record.labels)),
            Cell(networks.joined(separator: ","), .of(networks)), Cell(mounts.joined(separator: ","), .of(mounts)),
        ]
    }

    package var quiet: String { full ? record.id : String(record.id.prefix(12)) }

    private var networks: [String] { record.network?.names ?? [] }

    private var mounts: [String] { record.volumes.map(\.name) }

    private var ports: [String] { (record.network?.ports ?? []).map(\.text) }

    private var command: String { record.command.joined(separator: " ").onOneLine }

    private var isUnsupervised: Bool { state.status.running != nil && state.supervisor == nil }
}

/// What a container takes of the disk, in bytes.
package struct ContainerSize: Hashable, Sendable {
    /// What it has written itself.
    package var written: Int64
    /// The files of its image, which others may have too.
    package var image: Int64

    package init(written: Int64, image: Int64) { (self.written, self.image) = (written, image) }
}

/// One line of `ps --size`.
package struct SizedContainerRow: Listable {
    private let row: ContainerRow
    private let size: ContainerSize

    package init(_ row: ContainerRow, _ size: ContainerSize) { (self.row, self.size) = (row, size) }

    package static let columns = ContainerRow.columns + [Column("size", "SIZE"), Column("virtualSize")]

    package var cells: [Cell] {
        let whole = size.written + size.image
        return row.cells + [
            Cell("\(Human.binary(size.written)) (virtual \(Human.binary(whole)))", .integer(size.written)), cell(whole),
        ]
    }

    package var quiet: String { row.quiet }
}

func cell(_ number: (some BinaryInteger)?) -> Cell { Cell(number.map { "\($0)" } ?? "", .integer(number)) }

func cell(_ time: Timestamp?) -> Cell { Cell(time?.description ?? "", .string(time?.description)) }

/// At most `count` characters; what is cut off leaves a `…`.
func shortened(_ text: String, to count: Int) -> String {
    text.utf8.count <= count || text.count <= count ? text : text.prefix(count - 1) + "…"
}

extension Limits {
    /// The limits as programs read them; an absent one is null.
    package var document: JSONValue {
        .of([
            ("cpus", .number(cpus)), ("cpuWeight", .integer(cpuWeight)), ("cores", .string(cores)),
            ("memory", .integer(memory)), ("swap", .integer(swap)), ("processes", .integer(processes)),
            ("devices", .array(devices.map(\.document))),
            ("networkReceived", .integer(networkReceived)), ("networkSent", .integer(networkSent)),
        ])
    }
}

extension DeviceRate {
    fileprivate var document: JSONValue {
        .of([
            ("device", .string("\(major):\(minor)")), ("readBytes", .integer(readBytes)),
            ("writeBytes", .integer(writeBytes)), ("readOperations", .integer(readOperations)),
            ("writeOperations", .integer(writeOperations)),
        ])
    }
}
