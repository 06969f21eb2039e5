import ArgumentParser
import Containers
import Images

struct Cp: Verb {
    static let configuration = CommandConfiguration.verb(
        "cp", "Copy files out of a container, into one, or from one to another.",
        example: "boxtop cp web:/etc/nginx/nginx.conf .", usage: "[-a] [-L] FROM TO",
        discussion: """
            CONTAINER:PATH is a place inside; a path of this host with a colon in it begins with / or ./. Into a folder \
            that is there goes the source; SOURCE/. means what is in it. Symbolic links lead nowhere but inside their \
            own side.
            """)

    @Flag(name: [.customShort("a"), .customLong("archive")], help: "Owners stay as they are inside.")
    var archive = false
    @Flag(name: [.customShort("L"), .customLong("follow-link")], help: "A link as FROM stands for what it leads to.")
    var follow = false
    @Flag(name: [.short, .long], help: "Say nothing.")
    var quiet = false
    @Argument(help: "PATH or CONTAINER:PATH.") var from: String
    @Argument(help: "PATH or CONTAINER:PATH.") var to: String

    func run(in context: Context) throws -> Int32 {
        let (source, target) = (CopyPlace(from), CopyPlace(to))
        if case .host = source, case .host = target {
            throw Failure("neither \(from) nor \(to) is in a container: write CONTAINER:PATH")
        }
        let copied = try context.containers().copy(from: source, to: target, keepOwners: archive, follow: follow)
        for name in copied.skipped {
            Stream.error.say("boxtop: left out \(printable(name)), which is a device or a socket")
        }
        if !quiet { Stream.error.say("copied \(byteCount(copied.bytes)) to \(printable(to))") }
        return 0
    }
}
