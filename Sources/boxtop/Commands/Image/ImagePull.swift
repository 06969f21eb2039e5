import ArgumentParser
import Flags
import Images
import OCI

struct ImagePull: WritingVerb {
    static let configuration = CommandConfiguration.imageVerb(
        "pull", "Get images from their registries.", example: "boxtop image pull registry.example.org/team/web:2",
        discussion: """
            Only what is not here is downloaded, several parts at once; one that broke off is gone on with. \
            A private authority's certificate goes into /etc/containers/certs.d/HOST:PORT/ca.crt; credentials are what \
            `boxtop login`, podman or docker have kept.
            """)

    @OptionGroup var registry: RegistryFlags
    @Option(name: .long, help: "linux/arm64, for one; this machine's otherwise.")
    var platform: String?
    @Flag(name: [.short, .customLong("all-tags")], help: "All tags of a repository: name it without one.")
    var allTags = false
    @Flag(name: [.short, .long], help: "Digests alone.")
    var quiet = false
    @Argument(help: "Names.") var images: [String]

    func run(in context: Context) throws -> Int32 {
        let options = try registry.options(in: context)
        let platform = try platform.given.map(Self.platform)
        let pull = { (reference: Reference) in
            var request = PullRequest(reference)
            if let platform { request.platform = platform }
            let image = try context.pull(request, options, quiet: quiet)
            Stream.output.say(
                quiet ? image.digest.description : "pulled \(image.name)  \(image.digest)  \(byteCount(image.size))")
        }
        guard allTags else { return try context.eachImage(images) { try pull(try Reference($0)) } }
        let names = try images.flatMap { try Self.tagged($0, options) }
        return try context.eachImage(names) { try pull(try Reference($0)) }
    }

    /// The name of each tag of the repository `name`.
    private static func tagged(_ name: String, _ options: RegistryOptions) throws -> [String] {
        let reference = try Reference(repository: name)
        return try options.tags(of: reference).map { "\(reference.familiarRepository):\($0)" }
    }

    static func platform(_ text: String) throws -> Platform {
        let parts = text.split(separator: "/").map(String.init)
        guard parts.count == 2 || parts.count == 3 else { throw Failure("--platform \(text) is no OS/ARCHITECTURE") }
        return Platform(architecture: parts[1], os: parts[0], variant: parts.count == 3 ? parts[2] : nil)
    }
}

extension Reference {
    /// What `--all-tags` is of.
    init(repository text: String) throws {
        self = try Reference(text)
        guard Reference.isRepository(text) else {
            throw Failure("--all-tags is of a repository: \(familiarRepository), without a tag", code: 64)
        }
    }
}

extension Context {
    /// Pulls, showing how far it is.
    func pull(_ request: PullRequest, _ options: RegistryOptions, quiet: Bool) throws(ImageError) -> Image {
        let painter = TransferPainter("downloaded", quiet: quiet)
        defer { painter.finish() }
        return try images.pull(request, options: options) { painter.show($0) }
    }
}
