import ArgumentParser
import Containers
import Images
import Linux
import OCI
import Records
import Rendering

struct SystemDf: Verb {
    static let configuration = CommandConfiguration.verb(
        "df", "Show how much of the disk images, containers and volumes take.",
        example: "boxtop system df --format json", discussion: "Layers that images share count once.",
        group: "boxtop system")

    @OptionGroup var list: ListOptions

    func run(in context: Context) throws -> Int32 {
        let style = try list.style()
        let layout = context.layout
        let images = Set(try context.images.summaries { Stream.error.say("boxtop: \($0)") }.map(\.digest))
        let containers = context.list()
        let folders = containers.map { (layout.container($0.record.id), $0.state.status.running != nil) }
        let volumes = try context.containers().volumes()
        let rows = [
            UsageRow(
                kind: "images", total: images.count, active: images.intersection(context.imagesInUse().keys).count,
                size: DiskUsage.bytes(below: layout.images), idle: nil),
            UsageRow("containers", folders),
            UsageRow("volumes", volumes.map { ($0.folder, !$0.users.isEmpty) }),
        ]
        try Stream.output.list(rows, style)
        return 0
    }
}

private struct UsageRow: Listable {
    let kind: String
    let total: Int
    let active: Int
    let size: Int64
    /// Of those that are not in use; `nil` where that cannot be told apart.
    let idle: Int64?

    init(kind: String, total: Int, active: Int, size: Int64, idle: Int64?) {
        (self.kind, self.total, self.active, self.size, self.idle) = (kind, total, active, size, idle)
    }

    init(_ kind: String, _ folders: [(path: String, isActive: Bool)]) {
        let sizes = folders.map { DiskUsage.bytes(below: $0.path) }
        self.init(
            kind: kind, total: folders.count, active: folders.count { $0.isActive }, size: sizes.reduce(0, +),
            idle: zip(folders, sizes).reduce(0) { $0 + ($1.0.isActive ? 0 : $1.1) })
    }

    static let columns = [
        Column("type", "TYPE"), Column("total", "TOTAL", .right, alias: "TotalCount"),
        Column("active", "ACTIVE", .right), Column("size", "SIZE", .right),
        Column("reclaimable", "RECLAIMABLE", .right),
    ]

    var cells: [Cell] {
        [
            Cell(kind), Cell("\(total)", .integer(total)), Cell("\(active)", .integer(active)),
            Cell(Human.binary(size), .integer(size)), Cell(idle.map { Human.binary($0) } ?? "–", .integer(idle)),
        ]
    }

    var quiet: String { kind }
}
