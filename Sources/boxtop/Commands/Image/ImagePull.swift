import ArgumentParser
import Images
import OCI

struct ImagePull: Verb {
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
    @Flag(name: [.short, .long], help: "Digests alone.")
    var quiet = false
    @Argument(help: "Names.") var images: [String]

    func run(in context: Context) throws -> Int32 {
        let options = try registry.options(in: context)
        let platform = try platform.map(Self.platform)
        return try context.eachImage(images) { name in
            var request = PullRequest(try Reference(name))
            if let platform { request.platform = platform }
            let image = try context.pull(request, options, quiet: quiet)
            Stream.output.say(
                quiet ? image.digest.description : "pulled \(image.name)  \(image.digest)  \(byteCount(image.size))")
        }
    }

    static func platform(_ text: String) throws -> Platform {
        let parts = text.split(separator: "/").map(String.init)
        guard parts.count == 2 || parts.count == 3 else { throw Failure("--platform \(text) is no OS/ARCHITECTURE") }
        return Platform(architecture: parts[1], os: parts[0], variant: parts.count == 3 ? parts[2] : nil)
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
