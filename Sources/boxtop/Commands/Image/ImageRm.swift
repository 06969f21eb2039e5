import ArgumentParser
import Containers
import Images
import OCI

struct ImageRm: Verb {
    static let configuration = CommandConfiguration.imageVerb(
        "rm", "Take names away; with its last name an image goes.", example: "boxtop image rm tools",
        usage: "[-f] [--if-id ID] IMAGE ...",
        discussion: "An image that containers were made from keeps its last name, unless -f says otherwise.",
        aliases: ["remove"])

    @Flag(
        name: [.short, .long],
        help: "Even if containers were made from it: they keep what they need. One that is not there is fine.")
    var force = false
    @Option(name: .customLong("if-id"), help: "Only if IMAGE is the image with this id still, as a list has shown it.")
    var ifID: String?
    @Flag(
        name: .customLong("no-prune"),
        help: ArgumentHelp("Docker's: there are no images below others here.", visibility: .hidden))
    var noPrune = false
    @Argument(help: "Names or digests.", completion: .images) var images: [String]

    func validate() throws {
        guard let ifID else { return }
        guard images.count == 1 else { throw ValidationError("--if-id is of one image: name one") }
        guard seen(ifID).utf8.count >= 4, seen(ifID).allSatisfy(\.isHexDigit) else {
            throw ValidationError("--if-id “\(ifID)” is no id: at least four of its digits")
        }
    }

    /// The digits of an id.
    private func seen(_ id: String) -> String {
        (id.hasPrefix("sha256:") ? String(id.dropFirst(7)) : id).lowercased()
    }

    func run(in context: Context) throws -> Int32 {
        try context.containers().requireReadableRecords()
        return try context.eachImage(images, force: force) { name in
            let removal = try context.images.remove(
                name, seen: ifID.map(seen), inUse: context.imageUse(), force: force)
            for name in removal.names { Stream.output.say("untagged \(name)") }
            for digest in removal.images { Stream.output.say("removed \(digest)") }
            if removal.isUnfinished {
                Stream.error.say(
                    "boxtop: a pull, a build or the like is at work: what \(printable(name)) was made of goes with the next "
                        + "boxtop image prune")
            }
            for image in removal.unreadable { Stream.error.say("boxtop: \(ImagePrune.sentence(image))") }
        }
    }
}
