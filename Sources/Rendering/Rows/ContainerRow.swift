import Cgroups
import Linux
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
        Column("created", "CREATED", alias: "RunningFor"), Column("status", "STATUS"),
        Column("name", "NAMES", alias: "Names"), Column("state"), Column("health"), Column("pid"),
        Column("startedAt"), Column("finishedAt"), Column("exitCode"), Column("outOfMemory"), Column("restarts"),
        Column("restartPolicy"), Column("limits"), Column("labels"),
    ]

    package var cells: [Cell] {
        let exit = state.status.lastExit
        let started = state.status.runningProcess?.started ?? exit?.started
        let command = record.command.joined(separator: " ")
        return [
            Cell(quiet, .string(record.id)), Cell(record.image),
            Cell("\"\(full ? command : shortened(command, to: 24))\"", .array(record.command.map { .string($0) })),
            Cell("\(Human.duration(now.seconds(since: record.created))) ago", .string(record.created.description)),
            Cell(state.status.sentence(health: state.health, unsupervised: isUnsupervised, now: now)),
            Cell(record.name), Cell(state.status.word),
            Cell(state.health?.rawValue ?? "", .string(state.health?.rawValue)),
            cell(state.status.runningProcess?.process.pid), cell(started), cell(exit?.at), cell(exit?.code),
            Cell(exit?.outOfMemory == true ? "true" : "false", .bool(exit?.outOfMemory == true)),
            cell(state.restarts), Cell(record.restart.text), Cell("", record.limits.document),
            Cell(
                record.labels.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(separator: ","),
                .object(record.labels.sorted { $0.key < $1.key }.map { .init(key: $0, value: .string($1)) })),
        ]
    }

    package var quiet: String { full ? record.id : String(record.id.prefix(12)) }

    private var isUnsupervised: Bool { state.status.runningProcess != nil && state.supervisor == nil }
}

func cell(_ number: (some BinaryInteger)?) -> Cell { Cell(number.map { "\($0)" } ?? "", .integer(number)) }

func cell(_ time: Timestamp?) -> Cell { Cell(time?.description ?? "", .string(time?.description)) }

/// At most `count` characters; what is cut off leaves a `…`.
func shortened(_ text: String, to count: Int) -> String {
    text.count <= count ? text : text.prefix(count - 1) + "…"
}

extension Limits {
    /// The limits as programs read them; an absent one is null.
    package var document: JSONValue {
        .object([
            .init(key: "cpus", value: .number(cpus)), .init(key: "cpuWeight", value: .integer(cpuWeight)),
            .init(key: "cores", value: .string(cores)), .init(key: "memory", value: .integer(memory)),
            .init(key: "swap", value: .integer(swap)), .init(key: "processes", value: .integer(processes)),
            .init(
                key: "devices",
                value: .array(
                    devices.map { device in
                        .object([
                            .init(key: "device", value: .string("\(device.major):\(device.minor)")),
                            .init(key: "readBytes", value: .integer(device.readBytes)),
                            .init(key: "writeBytes", value: .integer(device.writeBytes)),
                            .init(key: "readOperations", value: .integer(device.readOperations)),
                            .init(key: "writeOperations", value: .integer(device.writeOperations)),
                        ])
                    })),
        ])
    }
}
