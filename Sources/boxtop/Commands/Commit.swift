import ArgumentParser
import Builds
import Containers
import Images
import OCI

struct Commit: WritingVerb {
    static let configuration = CommandConfiguration.verb(
        "commit", "Make an image of a container and what it has changed.",
        example: "boxtop commit -c 'CMD [\"nginx\"]' web site:2", usage: "[OPTION ...] CONTAINER [NAME]",
        discussion: """
            The image runs as the container does, with the variables, command, user, folder, labels, ports, health \
            check and stop signal that the container was given; --change comes on top. Volumes stay out. With \
            SOURCE_DATE_EPOCH in the environment the same changes give the same digest. --change takes CMD, ENTRYPOINT, \
            ENV, EXPOSE, HEALTHCHECK, LABEL, ONBUILD, STOPSIGNAL, USER, VOLUME and WORKDIR as a Containerfile has them.
            """)

    @Option(name: .joined("c", "change"), help: "A step of a Containerfile: 'ENV A=b'.")
    var changes: [String] = []
    @Option(name: .joined("m", "message"), help: "What it is, for the history.")
    var message: String?
    @Option(name: .joined("a", "author"), help: "Who made it.")
    var author: String?
    @Option(name: .long, help: "gzip, zstd or none.")
    var compression: Compression = .gzip
    @Flag(
        name: [.customShort("p"), .customLong("pause")], inversion: .prefixedNo,
        help: "Hold it still while it is read, or let it run.")
    var pause = true
    @Flag(name: [.short, .long], help: "Print the digest, and say nothing else.")
    var quiet = false
    @Argument(help: "Name, id or the beginning of an id.", completion: .containers) var container: String
    @Argument(help: "The image's name; without one it has a digest only.") var name: String?

    func run(in context: Context) throws -> Int32 {
        var request = CommitRequest(name: try name.map { try Reference($0) })
        request.author = author
        request.message = message
        request.compression = compression
        if context.environment["SOURCE_DATE_EPOCH"] != nil { request.epoch = try ImageOptions.epoch(in: context) }
        let steps = try changes.map { try ConfigurationStep(parsing: $0) }
        request.change = { steps.apply(to: &$0) }
        let image = try context.containers().commit(container, request, pausing: pause)
        Stream.output.say(image.digest.description)
        if !quiet { Stream.error.say("committed \(image.name)  \(byteCount(image.size))") }
        return 0
    }
}
