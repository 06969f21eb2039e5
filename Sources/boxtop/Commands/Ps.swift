import ArgumentParser
import Containers
import Flags
import Images
import Linux
import OCI
import Records
import Rendering

struct Ps: Verb {
    static let configuration = CommandConfiguration.verb(
        "ps", "List containers: those that run, or all with -a.", example: "boxtop ps -a --filter status=exited",
        aliases: ["ls", "list"])

    @Flag(name: [.short, .long], help: "Those that do not run too.")
    var all = false
    @Flag(name: [.short, .long], help: "Ids alone.")
    var quiet = false
    @Option(
        name: [.customShort("n", allowingJoined: true), .customLong("last")], parsing: .unconditional,
        help: "The newest so many, of all.")
    var last: String?
    @Flag(name: [.short, .long], help: "The newest, of all.")
    var latest = false
    @Flag(name: [.short, .long], help: "How much of the disk each has written, and takes with its image.")
    var size = false
    @Option(
        name: .joined("f", "filter"),
        help:
            "status=…, name=EXPRESSION, id=…, label=KEY[=VALUE], ancestor=IMAGE, exited=CODE, health=…, network=…, volume=…, publish=PORT, expose=PORT, since=CONTAINER, before=…."
    )
    var filter: [String] = []
    @OptionGroup var list: ListOptions

    func run(in context: Context) throws -> Int32 {
        var table = ContainerTable(style: try list.style(quiet: quiet), all: all, full: list.full)
        table.sizes = size || ContainerTable.wantsSizes(list.format)
        table.count = try latest ? 1 : last.map { Int(try FlagValue("--last", $0).number(in: 0...1_000_000)) }
        for text in filter { try table.add(filter: FlagValue("--filter", text)) }
        return try table.show(in: context)
    }
}

/// A list of containers as somebody wants it.
struct ContainerTable {
    var style: ListStyle
    /// Those that do not run too.
    var all: Bool
    /// Whole ids and commands.
    var full: Bool
    /// The newest so many, of all.
    var count: Int?
    /// What each takes of the disk too, which is looked at file by file.
    var sizes = false
    private var conditions = ContainerFilter()
    private var isFiltered = false

    init(style: ListStyle, all: Bool, full: Bool) { (self.style, self.all, self.full) = (style, all, full) }

    /// Whether a template asks for sizes.
    static func wantsSizes(_ template: String) -> Bool { template.lowercased().contains(".size") }

    mutating func add(filter: FlagValue) throws {
        conditions.add(try filter.filter())
        isFiltered = true
    }

    func show(in context: Context) throws -> Int32 {
        let showsAll = all || count != nil || conditions.namesStatus
        let now = Timestamp.now
        var conditions = conditions
        try conditions.resolve { try context.containers().find($0).created }
        conditions.resolveImages { (try? context.images.resolve($0))?.digest.description }
        // Everything of a record is worth reading only for an output or a filter that may show it.
        let isPlain = !isFiltered && !sizes && (style.quiet || style.format == .table)
        var found = context.list(brief: isPlain).filter { container in
            // A step of a build is the build's to end, and no script's that removes all that there is.
            if container.record.builder != nil { return false }
            let status = container.state.status
            return (showsAll || status.running != nil || status.word == "restarting")
                && conditions.matches(
                    container.record, status: status.word, exitCode: status.lastExit?.code,
                    health: container.state.health, details: { context.details(of: container.record) })
        }
        found.sort { $0.record.created > $1.record.created }
        found = Array(found.prefix(count ?? found.count))
        let rows = found.map {
            ContainerRow($0.record.withoutPorts(in: $0.state), $0.state, now: now, full: full)
        }
        if sizes {
            var folders = FolderSizes()
            let sized = zip(rows, found).map { SizedContainerRow($0, folders.size(of: $1.record.rootfs)) }
            try Stream.output.list(sized, style)
        } else {
            try Stream.output.list(rows, style)
        }
        return 0
    }
}

extension Context {
    /// All containers, in no order. One whose record cannot be read is named on standard error, and is a row all the same:
    /// it may run.
    ///
    /// - Parameter brief: of the records, only what a plain list shows; the rest has its usual values.
    func list(brief: Bool = false) -> [(record: ContainerRecord, state: ContainerState)] {
        let files = StateFiles(layout)
        // What begins with a dot is being removed.
        let names = ((try? Files.names(in: layout.containers)) ?? []).filter { !$0.hasPrefix(".") }
        return names.compactMap { id in
            do throws(RecordError) {
                let record = brief ? ContainerRecord(try files.summary(of: id)) : try files.record(of: id)
                return (record, state(of: record, in: files))
            } catch {
                // Removed by somebody else since its name was read, or lost with its record when the host went down.
                guard files.has(id) else { return nil }
                Stream.error.say("boxtop: \(error)")
                guard case .content = error else { return nil }
                let record = ContainerRecord.standIn(for: id, in: layout)
                return (record, state(of: record, in: files))
            }
        }
    }

    /// How a container is, without a supervisor where that has died. A living supervisor's word is taken, since it would
    /// know: one look at /proc a container, not two.
    private func state(of record: ContainerRecord, in files: StateFiles) -> ContainerState {
        guard let (written, isSupervised) = files.look(at: record.id) else {
            let state = files.state(of: record.id)
            // It was started, and its supervisor may know better than what cannot be read.
            guard case .exited = state.status, let containers = try? containers() else { return state }
            return containers.state(of: record)
        }
        if isSupervised { return written }
        var state = files.truth(written)
        // An end that nobody has seen is noticed now, where this user may write that down.
        if case .exited = state.status, written.status != state.status, let containers = try? containers() {
            return containers.state(of: record)
        }
        state.supervisor = nil
        return state
    }
}

extension Context {
    /// What filters of volumes and ports ask for beside the record.
    fileprivate func details(of record: ContainerRecord) -> ContainerFilter.Details {
        guard let inspection = try? containers().inspect(record.id) else { return .init() }
        return .init(
            folders: Set(inspection.folders.flatMap { [$0.source ?? "", $0.destination] }),
            ports: inspection.exposedPorts)
    }
}

extension ContainerRecord {
    /// What does not run has no ports of the host.
    fileprivate func withoutPorts(in state: ContainerState) -> ContainerRecord {
        if state.status.running != nil || network?.ports.isEmpty ?? true { return self }
        var record = self
        record.network?.ports = []
        return record
    }

    fileprivate init(_ summary: RecordSummary) {
        self.init(
            id: summary.id, name: summary.name, created: summary.created, image: summary.image,
            rootfs: .directory("/"), command: summary.command)
        builder = summary.builder
        if !summary.ports.isEmpty {
            network = NetworkRequest(.bridges)
            network?.ports = summary.ports
        }
    }
}
