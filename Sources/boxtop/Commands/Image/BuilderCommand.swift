import ArgumentParser
import Containers
import Images
import OCI

/// `boxtop builder …` and `boxtop buildx …`: docker's words for what `build` does, and for what builds have kept.
struct BuilderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "builder", _superCommandName: "boxtop",
        abstract: "Build images, and remove what builds have kept.",
        discussion: "EXAMPLE: boxtop builder prune -f", subcommands: [ImageBuild.self, BuilderPrune.self],
        aliases: ["buildx"])
}

struct BuilderPrune: Verb {
    static let configuration = CommandConfiguration.verb(
        "prune", "Remove what builds have kept to go faster next time, but for the volumes of RUN --mount=type=cache.",
        example: "boxtop builder prune -f", group: "boxtop builder")

    @Flag(name: [.short, .long], help: "Nothing more: all of it goes anyhow. For scripts that say so.")
    var all = false
    @OptionGroup var prune: PruneOptions

    func run(in context: Context) throws -> Int32 {
        guard try prune.allows("all that builds have kept") else { return 1 }
        try context.containers().requireReadableRecords()
        try ImagePrune.tell(
            try context.images.pruneBuildCache(inUse: context.imageUse(), onBusy: ImagePrune.tellOfWait))
        return 0
    }
}
