import ArgumentParser
import Builds
import Containers
import Images
import JSON
import Linux
import OCI
import Records
import Rendering

struct SystemDf: Verb {
    static let configuration = CommandConfiguration.verb(
        "df", "Show how much of the disk images, containers, volumes and what builds have kept take.",
        example: "boxtop system df --format json", discussion: "Layers that images share count once.",
        group: "boxtop system")

    @Flag(name: [.short, .long], help: "Each image, container, volume and thing that builds have kept.")
    var verbose = false
    @OptionGroup var list: ListOptions

    func run(in context: Context) throws -> Int32 {
        let style = try list.style()
        if verbose {
            try Stream.output.list(try Self.items(in: context), style)
            return 0
        }
        let layout = context.layout
        let images = Set(try context.images.summaries { Stream.error.say("boxtop: \($0)") }.map(\.digest))
        let containers = context.list()
        let use = context.imageUse(of: containers)
        let folders = containers.map { (layout.container($0.record.id), $0.state.status.running != nil) }
        let volumes = try context.containers().volumes()
        let kept = try Self.kept(beside: use, in: context)
        let keptLayers = kept.filter { $0.cache == nil && !$0.isShared }.reduce(0) { $0 + $1.bytes }
        let rows = [
            UsageRow(
                kind: "images", total: images.count, active: images.intersection(use.images.keys).count,
                size: DiskUsage.bytes(below: layout.images) - keptLayers, idle: nil),
            UsageRow("containers", folders),
            UsageRow("volumes", volumes.map { ($0.folder, !$0.users.isEmpty) }),
            UsageRow(
                kind: "build cache", total: kept.count, active: kept.count { !$0.isReclaimable },
                size: kept.reduce(0) { $0 + ($1.isShared ? 0 : $1.bytes) },
                idle: kept.reduce(0) { $0 + ($1.isReclaimable ? $1.bytes : 0) }),
        ]
        try Stream.output.list(rows, style)
        return 0
    }

    private static func items(in context: Context) throws -> [UsageItem] {
        let listed = context.list()
        let use = context.imageUse(of: listed)
        let images = try context.images.summaries { Stream.error.say("boxtop: \($0)") }.map { image in
            UsageItem(
                kind: "image", name: image.reference == nil ? image.digest.short : image.name,
                isActive: use.images[image.digest] != nil, size: image.size)
        }
        let containers = listed.sorted { $0.record.name < $1.record.name }.map { container in
            UsageItem(
                kind: "container", name: container.record.name, isActive: container.state.status.running != nil,
                size: DiskUsage.bytes(below: context.layout.container(container.record.id)))
        }
        let volumes = try context.containers().volumes().map { volume in
            UsageItem(
                kind: "volume", name: volume.name, isActive: !volume.users.isEmpty,
                size: DiskUsage.bytes(below: volume.folder))
        }
        let kept = try kept(beside: use, in: context).map { remain in
            UsageItem(
                kind: "build cache", name: remain.cache ?? String(remain.name.prefix(12)),
                isActive: !remain.isReclaimable, size: remain.bytes)
        }
        return images + containers + volumes + kept
    }

    /// What builds have kept of the disk.
    private static func kept(beside use: ImageUse, in context: Context) throws -> [BuildRemain] {
        try BuildRemains(containers: try context.containers(), images: context.images).list(inUse: use)
            .filter(\.hasFiles)
    }
}

/// One line of `system df -v`.
private struct UsageItem: Listable {
    let kind: String
    let name: String
    let isActive: Bool
    let size: Int64

    static let columns = [
        Column("type", "TYPE"), Column("name", "NAME"), Column("active", "ACTIVE"), Column("size", "SIZE", .right),
    ]

    var cells: [Cell] {
        [
            Cell(kind), Cell(name), Cell(isActive ? "yes" : "no", .bool(isActive)),
            Cell(Human.binary(size), .integer(size)),
        ]
    }

    var quiet: String { name }
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
