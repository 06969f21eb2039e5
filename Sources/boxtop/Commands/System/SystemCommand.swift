import ArgumentParser
import Containers
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
        "prune", "Remove what is not in use: containers that do not run, networks and images without a name.",
        example: "boxtop system prune -f", group: "boxtop system")

    @Flag(name: [.short, .long], help: "Every image that no container was made from.")
    var all = false
    @Flag(name: .long, help: "Volumes that nobody named and no container has any more, too.")
    var volumes = false
    @OptionGroup var prune: PruneOptions

    func run(in context: Context) throws -> Int32 {
        let images = all ? "all images" : "images without a name"
        guard try prune.allows("all containers that do not run, and networks and \(images) that none uses") else {
            return 1
        }
        try context.containers().requireReadableRecords()
        try Prune.prune(in: context)
        try NetworkPrune.prune(in: context)
        if volumes { try VolumePrune.prune(all: false, in: context) }
        try ImagePrune.prune(all: all, in: context)
        return 0
    }
}
