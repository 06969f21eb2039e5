import ArgumentParser
import Containers
import Glibc
import Images
import Linux

struct Cp: WritingVerb {
    static let configuration = CommandConfiguration.verb(
        "cp", "Copy files out of a container, into one, or from one to another.",
        example: "boxtop cp web:/etc/nginx/nginx.conf .", usage: "[-a] [-L] FROM TO",
        discussion: """
            CONTAINER:PATH is a place inside; a path of this host with a colon in it begins with / or ./. Into a folder \
            that is there goes the source; SOURCE/. means what is in it. Symbolic links lead nowhere but inside their \
            own side. A container that does not run has its volumes and mounts as well.
            """)

    @Flag(name: [.customShort("a"), .customLong("archive")], help: "Owners stay as they are inside.")
    var archive = false
    @Flag(name: [.customShort("L"), .customLong("follow-link")], help: "A link as FROM stands for what it leads to.")
    var follow = false
    @Flag(name: [.short, .long], help: "Say nothing.")
    var quiet = false
    @Argument(help: "PATH, CONTAINER:PATH or -.") var from: String
    @Argument(help: "PATH, CONTAINER:PATH or -.") var to: String

    func run(in context: Context) throws -> Int32 {
        guard !from.isEmpty, !to.isEmpty else { throw Failure("a path is empty: write . for this folder", code: 64) }
        let (source, target) = (CopyPlace(from), CopyPlace(to))
        if case .host = source, case .host = target {
            throw Failure("neither \(from) nor \(to) is in a container: write CONTAINER:PATH")
        }
        let copied = try copy(source, target, try context.containers())
        for name in copied.skipped {
            Stream.error.say("boxtop: left out \(printable(name)), which is a device or a socket")
        }
        if !quiet { Stream.error.say("copied \(byteCount(copied.bytes)) to \(printable(to))") }
        return 0
    }

    private func copy(_ source: CopyPlace, _ target: CopyPlace, _ containers: Containers) throws -> Copied {
        if to == "-" {
            if isatty(1) == 1 { throw Failure("cp to - writes a tar archive: pipe it on, or name a folder") }
            return try containers.copy(source, toArchive: try FileDescriptor.standardOutput(), follow: follow)
        }
        if from == "-" { return try containers.copy(archive: try FileDescriptor.standardInput(), to: target) }
        return try containers.copy(from: source, to: target, keepOwners: archive, follow: follow)
    }
}
