import ArgumentParser
import Containers
import Flags
import JSON
import Linux
import Rendering

struct VolumeLs: Verb {
    static let configuration = CommandConfiguration.volumeVerb(
        "ls", "List volumes.", example: "boxtop volume ls --format '{{.Name}} {{.Containers}}'", aliases: ["list"])

    @Flag(name: [.short, .long], help: "Names alone.")
    var quiet = false
    @OptionGroup var list: ListOptions
    @OptionGroup var filters: FilterOptions

    func run(in context: Context) throws -> Int32 {
        let style = try list.style(quiet: quiet)
        let filter = try filters.read(keys: "dangling", "name", "label")
        // What builds keep for themselves is `buildx du`'s to show.
        let volumes = try context.containers().volumes().filter { volume in
            filter.matches { wish in
                switch wish.key {
                case "dangling": wish.isMet(by: volume.users.isEmpty)
                case "name": volume.name.contains(wish.value)
                default: wish.isMet(by: volume.labels)
                }
            }
        }
        let now = Timestamp.now
        try Stream.output.list(volumes.map { VolumeRow($0, now: now, full: list.full) }, style)
        return 0
    }
}

/// One line of `volume ls`.
private struct VolumeRow: Listable {
    private let volume: VolumeListing
    private let now: Timestamp
    private let full: Bool

    init(_ volume: VolumeListing, now: Timestamp, full: Bool) {
        self.volume = volume
        self.now = now
        self.full = full
    }

    static let columns = [
        Column("name", "VOLUME NAME"), Column("created", "CREATED"), Column("containers", "CONTAINERS"),
        Column("folder", alias: "Mountpoint"), Column("labels"), Column("driver"), Column("scope"),
    ]

    var cells: [Cell] {
        let shown = volume.isAnonymous && !full ? String(volume.name.prefix(12)) : volume.name
        return [
            Cell(shown, .string(volume.name)),
            Cell(
                volume.created.map { "\(Human.duration(now.seconds(since: $0))) ago" } ?? "–",
                .string(volume.created?.description)),
            Cell(volume.users.joined(separator: ",")), Cell(volume.folder),
            Cell(volume.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")),
            Cell("local"), Cell("local"),
        ]
    }

    var quiet: String { volume.name }
}

struct VolumeInspect: Verb {
    static let configuration = CommandConfiguration.volumeVerb(
        "inspect", "Print all that is known of volumes, as JSON.",
        example: "boxtop volume inspect --format '{{.Mountpoint}}' data")

    @Option(name: .joined("f", "format"), help: "json, or a template such as '{{.Mountpoint}}'.")
    var format = "json"
    @Argument(help: "Names.", completion: .volumes) var names: [String]

    func run(in context: Context) throws -> Int32 {
        let format = try Format(format)
        let containers = try context.containers()
        try Stream.output.show(try names.map { try containers.volume($0).inspected }, format)
        return 0
    }
}

extension VolumeListing {
    /// What `inspect` says of it.
    var inspected: InspectedDocument { InspectedDocument(own: document, docker: dockerDocument) }

    fileprivate var time: JSONValue { .string(created?.description) }

    fileprivate var dockerDocument: JSONValue {
        .of([
            ("Mountpoint", .string(folder)), ("CreatedAt", time), ("Driver", .string("local")),
            ("Scope", .string("local")), ("Options", .of(options)),
        ])
    }

    fileprivate var document: JSONValue {
        .of([
            ("name", .string(name)), ("folder", .string(folder)), ("created", time), ("labels", .of(labels)),
            ("options", .of(options)), ("containers", .of(users)), ("anonymous", .bool(isAnonymous)),
        ])
    }
}
