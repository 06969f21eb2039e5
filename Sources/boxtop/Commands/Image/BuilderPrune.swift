import ArgumentParser
import Builds
import Containers
import Flags
import Images
import JSON
import Linux
import Rendering

struct BuilderPrune: Verb {
    static let configuration = CommandConfiguration.builderVerb(
        "prune", "Remove what builds have kept to go faster next time: layers, and caches of RUN --mount=type=cache.",
        example: "boxtop builder prune -f --filter until=48h --keep-storage 10g")

    @Flag(
        name: [.short, .long],
        help: "Forget the steps whose layers images have, too: their builds do all anew, and nothing is freed.")
    var all = false
    @Option(
        name: .long,
        help: "until=TIME: what was not used since then; type=regular or exec.cachemount, id=THE FIRST DIGITS OF ONE.")
    var filter: [String] = []
    @Option(
        name: [.customLong("max-used-space"), .customLong("keep-storage")],
        help: "What it may take, as in 10g: the longest unused goes first, until that is met.")
    var maximum: String?
    @Option(name: .customLong("reserved-space"), help: "What it may take in any case.")
    var reserved: String?
    @Option(name: .customLong("min-free-space"), help: "What is to be free on the disk: no more goes than that needs.")
    var free: String?
    @Option(name: .long, help: "default: there is no other. For scripts that say it.")
    var builder: String?
    @Flag(name: .long, help: "Nothing more. For scripts that say it.")
    var verbose = false
    @OptionGroup var prune: PruneOptions

    func run(in context: Context) throws -> Int32 {
        var wish = try Self.wish(filter)
        wish.all = all
        wish.maximum = try size("--max-used-space", maximum)
        wish.reserved = try size("--reserved-space", reserved)
        wish.free = try size("--min-free-space", free)
        let limits = [
            filter.isEmpty ? nil : "of \(filter.joined(separator: ", "))", maximum.map { "beyond \($0)" },
            reserved.map { "beyond \($0)" }, free.map { "where less than \($0) is free" },
        ].compactMap(\.self)
        guard try prune.allows((["all that builds have kept"] + limits).joined(separator: ", ")) else { return 1 }
        try Self.prune(wish, in: context)
        return 0
    }

    private func size(_ flag: String, _ text: String?) throws -> Int64? {
        try text.given.map { Int64(clamping: try FlagValue(flag, $0).bytes()) }
    }

    /// What docker's filters of a build cache mean.
    static func wish(_ filters: [String]) throws -> BuildPrune {
        let filter = try ListFilter(filters, keys: ["until", "unused-for", "type", "id"])
        var wish = BuildPrune()
        for one in filter.wishes where ["until", "unused-for"].contains(one.key) {
            let moment = try FlagValue("--filter \(one.key)", one.value).moment(now: .now)
            wish.unusedSince = min(wish.unusedSince ?? moment, moment)
        }
        wish.isMeant = { remain in
            filter.matches { wish in
                switch wish.key {
                case "type": remain.kind == wish.value
                case "id": remain.name.hasPrefix(wish.value)
                default: true
                }
            }
        }
        return wish
    }

    static func prune(_ wish: BuildPrune, in context: Context) throws {
        let containers = try context.containers()
        try containers.requireReadableRecords()
        let remains = BuildRemains(containers: containers, images: context.images)
        let removed = try remains.remove(
            wish, inUse: { context.imageUse() }, onBusy: ImagePrune.tellOfWait)
        guard let removed else { return }
        for name in removed.caches { Stream.output.say("removed \(name)") }
        try ImagePrune.tell(removed.layers)
    }
}

struct BuilderUsage: Verb {
    static let configuration = CommandConfiguration.builderVerb(
        "du", "Show what builds have kept, and how much of the disk it takes.", example: "boxtop buildx du")

    @Option(name: .long, help: "Only that: until=TIME, type=regular or exec.cachemount, id=ITS FIRST DIGITS.")
    var filter: [String] = []
    @Flag(name: .long, help: "Nothing more. For scripts that say it.")
    var verbose = false
    @Option(name: .long, help: "default: there is no other. For scripts that say it.")
    var builder: String?
    @OptionGroup var list: ListOptions

    func run(in context: Context) throws -> Int32 {
        let (style, wish) = (try list.style(), try BuilderPrune.wish(filter))
        let remains = BuildRemains(containers: try context.containers(), images: context.images)
        let shown = try remains.list(inUse: context.imageUse()).filter { $0.hasFiles && wish.means($0) }
        let now = Timestamp.now
        try Stream.output.list(shown.map { BuildRemainRow(remain: $0, now: now, full: list.full) }, style)
        return 0
    }
}

/// One line of `buildx du`.
private struct BuildRemainRow: Listable {
    let remain: BuildRemain
    let now: Timestamp
    let full: Bool

    static let columns = [
        Column("id", "ID"), Column("type", "TYPE"), Column("reclaimable", "RECLAIMABLE"),
        Column("size", "SIZE", .right),
        Column("lastUsed", "LAST USED", alias: "LastUsedAt"), Column("shared"), Column("inUse"),
    ]

    var cells: [Cell] {
        [
            Cell(full || remain.cache != nil ? remain.name : String(remain.name.prefix(12)), .string(remain.name)),
            Cell(remain.kind), Cell(remain.isReclaimable ? "yes" : "no", .bool(remain.isReclaimable)),
            Cell(Human.binary(remain.bytes), .integer(remain.bytes)),
            Cell("\(Human.duration(now.seconds(since: remain.used))) ago", .string(remain.used.description)),
            Cell("\(remain.isShared)", .bool(remain.isShared)), Cell("\(remain.isInUse)", .bool(remain.isInUse)),
        ]
    }

    var quiet: String { remain.name }
}
