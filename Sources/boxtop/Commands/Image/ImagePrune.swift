import ArgumentParser
import Containers
import Images
import OCI

struct ImagePrune: Verb {
    static let configuration = CommandConfiguration.imageVerb(
        "prune",
        "Remove images without a name, and what killed commands have left; with -a all that no container uses.",
        example: "boxtop image prune -a")

    @Flag(name: [.short, .long], help: "Every image that no container was made from.")
    var all = false
    @Option(name: .long, help: "Only those: until=TIME, made before that; label=KEY[=VALUE], label!=KEY[=VALUE].")
    var filter: [String] = []
    @OptionGroup var prune: PruneOptions

    func run(in context: Context) throws -> Int32 {
        let filter =
            filter.isEmpty ? nil : try ImageFilter(filter, keys: ["until", "label", "label!"], in: context)
        if all, !(try prune.allows("all images that no container uses")) { return 1 }
        try Self.prune(all: all, filter, in: context)
        return 0
    }

    static func prune(all: Bool, _ filter: ImageFilter? = nil, in context: Context) throws {
        try context.containers().requireReadableRecords()
        let isMeant = filter.map { filter in { (image: ImageSummary) in (try? filter.matches(image)) ?? false } }
        let removal = try context.images.prune(
            all: all, inUse: context.imageUse(), where: isMeant, onBusy: tellOfWait)
        try tell(removal)
    }

    static func tellOfWait() -> Bool {
        Stream.error.say("boxtop: a pull, a build or the like is at work: waiting for its end")
        return true
    }

    /// Says what has gone. Where nothing could, since an image cannot be read, that is no success.
    static func tell(_ removal: ImageStore.Removal) throws {
        for name in removal.names { Stream.output.say("untagged \(name)") }
        for digest in removal.images { Stream.output.say("removed \(digest)") }
        Stream.output.say(
            "freed \(byteCount(removal.bytes)): \(removal.blobs) blobs, \(removal.layers) unpacked layers")
        guard let last = removal.unreadable.last else { return }
        for image in removal.unreadable.dropLast() { Stream.error.say("boxtop: \(sentence(image))") }
        throw Failure(sentence(last))
    }

    static func sentence(_ damaged: ImageStore.Unreadable) -> String {
        let image = printable(damaged.image)
        return "\(damaged.reason): what image \(image) is made of, nobody can tell, so nothing is freed: add it again, "
            + "or take it away with boxtop image rm \(image)"
    }
}
