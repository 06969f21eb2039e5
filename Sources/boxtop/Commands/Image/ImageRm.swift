import ArgumentParser
import Images
import OCI

struct ImageRm: Verb {
    static let configuration = CommandConfiguration.imageVerb(
        "rm", "Take names away; with its last name an image goes.", example: "boxtop image rm tools",
        usage: "[-f] IMAGE ...",
        discussion: "An image that containers were made from keeps its last name, unless -f says otherwise.",
        aliases: ["remove"])

    @Flag(
        name: [.short, .long],
        help: "Even if containers were made from it: they keep what they need. One that is not there is fine.")
    var force = false
    @Argument(help: "Names or digests.", completion: .images) var images: [String]

    func run(in context: Context) throws -> Int32 {
        try context.eachImage(images, force: force) { name in
            let removal = try context.images.remove(name, inUse: context.imagesInUse(), force: force)
            for name in removal.names { Stream.output.say("untagged \(name)") }
            for digest in removal.images { Stream.output.say("removed \(digest)") }
        }
    }
}
