import ArgumentParser
import Builds
import Containers
import Flags
import Images
import Networking
import OCI

/// `boxtop system …`: docker's words for what concerns all there is.
struct SystemCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "system", _superCommandName: "boxtop",
        abstract: "Say what takes how much of the disk, and clear up in one go.",
        discussion: "EXAMPLE: boxtop system prune -f",
        subcommands: [SystemDf.self, SystemPrune.self, Info.self, Events.self])
}

struct SystemPrune: Verb {
    static let configuration = CommandConfiguration.verb(
        "prune",
        "Remove what is not in use: containers that do not run, networks, images without a name, what builds have kept.",
        example: "boxtop system prune -f", group: "boxtop system")

    @Flag(name: [.short, .long], help: "Every image that no container was made from.")
    var all = false
    @Flag(name: .long, help: "Volumes that nobody named and no container has any more, too.")
    var volumes = false
    @Option(name: .long, help: PruneFilter.help)
    var filter: [String] = []
    @OptionGroup var prune: PruneOptions

    func run(in context: Context) throws -> Int32 {
        let wanted = try PruneFilter(filter)
        if volumes, filter.contains(where: { $0.hasPrefix("until=") }) {
            throw Failure("--filter until and --volumes exclude each other: volumes are as old as what is in them")
        }
        let wantedVolumes = volumes ? try ListFilter(filter, keys: ["label", "label!"]) : nil
        let wantedImages =
            filter.isEmpty ? nil : try ImageFilter(filter, keys: PruneFilter.keys, in: context)
        let images = all ? "all images" : "images without a name"
        let limit = filter.isEmpty ? "" : ", of \(filter.joined(separator: ", "))"
        let what = "all containers that do not run, networks and \(images) that none uses, and what builds have kept"
        guard try prune.allows(what + limit) else { return 1 }
        try context.containers().requireReadableRecords()
        let code = try Prune.prune(wanted, in: context)
        try NetworkPrune.prune(wanted, in: context)
        if let wantedVolumes { try VolumePrune.prune(all: false, wantedVolumes, in: context) }
        try ImagePrune.prune(all: all, wantedImages, in: context)
        // What builds keep has no labels.
        if !filter.contains(where: { $0.hasPrefix("label") }) {
            var cache = try BuilderPrune.wish(filter)
            cache.all = all
            try BuilderPrune.prune(cache, in: context)
        }
        return code
    }
}
