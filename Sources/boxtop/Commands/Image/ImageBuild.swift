import ArgumentParser
import Builds
import Containers
import Flags
import Glibc
import Images
import Linux
import OCI

struct ImageBuild: Verb {
    static let configuration = CommandConfiguration.imageVerb(
        "build", "Build an image from a Containerfile or Dockerfile.",
        example: "boxtop build -t site:2 --build-arg VERSION=3 .", usage: "[OPTION ...] [FOLDER]",
        discussion: """
            FOLDER is where COPY takes files from, without what its .containerignore or .dockerignore names; - reads \
            the Containerfile from standard input, and there is no folder. RUN works in a container of its own; steps \
            that have been done before come from the cache. With SOURCE_DATE_EPOCH in the environment the same files \
            give the same digest.
            """)

    @Option(name: .joined("t", "tag"), help: "The image's name; several are possible.")
    var names: [String] = []
    @Option(name: .joined("f", "file"), help: "The Containerfile; - for standard input.", completion: .file())
    var file: String?
    @Option(name: .customLong("build-arg"), help: "NAME=VALUE for an ARG, or NAME for the value that it has here.")
    var arguments: [String] = []
    @Option(name: .long, help: "The stage to build; the last without it.")
    var target: String?
    @Option(name: .joined("l", "label"), help: "KEY=VALUE, for programs that read it.")
    var labels: [String] = []
    @Flag(name: .customLong("no-cache"), help: "Do every step anew.")
    var ignoresCache = false
    @Flag(name: .long, help: "Ask the registries for the images of FROM even if they are here.")
    var pull = false
    @Option(name: .long, help: "The network of RUN, as run has it.")
    var network: String?
    @Option(name: .long, help: "network.host: RUN --network=host may have this host's own network.")
    var allow: [Allowed] = []
    @Option(name: .long, help: "id=NAME,src=FILE, for RUN --mount=type=secret.")
    var secret: [String] = []
    @Option(name: .long, help: "gzip, zstd or none.")
    var compression: Compression = .gzip
    @Option(name: .customLong("iidfile"), help: "A file for the digest.", completion: .file())
    var digestFile: String?
    @Option(name: .long, help: "This host's, as in linux/amd64: others are refused.")
    var platform: String?
    @Option(name: .long, help: "plain or auto, which are one here; quiet is --quiet.")
    var progress = Progress.auto
    @Flag(name: [.short, .long], help: "The digest alone.")
    var quiet = false
    @Argument(help: "The folder, or -.", completion: .directory) var folder = "."

    enum Allowed: String, ExpressibleByArgument, CaseIterable { case hostNetwork = "network.host" }
    enum Progress: String, ExpressibleByArgument, CaseIterable { case auto, plain, tty, quiet }

    func run(in context: Context) throws -> Int32 {
        if let platform { try CreationOptions.check(platform: platform) }
        let quiet = quiet || progress == .quiet
        let request = try request(in: context)
        let shown = BuildPainter(quiet: quiet)
        let containers = try context.containers()
        let options = RegistryOptions(environment: context.environment)
        let builder = try Builder(
            request, containers: containers, images: context.images,
            fetch: { request throws(ImageError) in try context.pull(request, options, quiet: quiet) },
            say: { shown.show($0) })
        builder.asksRegistries = pull
        builder.sweep()
        let image = try builder.build()
        if let digestFile { try Files.replace(digestFile, with: image.digest.description.utf8) }
        let name = names.isEmpty ? "" : "\(names.joined(separator: " "))  "
        Stream.output.say(
            quiet ? image.digest.description : "built \(name)\(image.digest)  \(byteCount(image.size))")
        return 0
    }

    private func request(in context: Context) throws -> BuildRequest {
        let hasFolder = folder != "-"
        var request = BuildRequest(try text(hasFolder: hasFolder))
        if hasFolder {
            request.folder = folder
            let ignored = [".containerignore", ".dockerignore"].lazy.compactMap { Files.text("\(folder)/\($0)") }
            request.ignored = ignored.first ?? ""
        }
        request.names = try names.map { try Reference($0) }
        for text in arguments {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            request.arguments[parts[0]] = parts.count == 2 ? parts[1] : context.environment[parts[0]]
        }
        request.target = target
        for text in labels {
            let pair = try FlagValue("--label", text).parsed(by: Parse.label)
            request.labels[pair.key] = pair.value
        }
        request.ignoresCache = ignoresCache
        if context.environment["SOURCE_DATE_EPOCH"] != nil { request.epoch = try ImageOptions.epoch(in: context) }
        request.compression = compression
        request.network =
            if let network {
                try FlagValue("--network", network).parsed(by: Parse.network)
            } else {
                try context.usualNetwork(neededBy: nil)
            }
        request.allowsHostNetwork = allow.contains(.hostNetwork)
        for text in secret {
            let fields = text.split(separator: ",").map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
            let values = Dictionary(fields.filter { $0.count == 2 }.map { ($0[0], $0[1]) }) { $1 }
            guard let id = values["id"], let source = values["src"] ?? values["source"] else {
                throw Failure("--secret \(text) is no id=NAME,src=FILE")
            }
            request.secrets[id] = source
        }
        return request
    }

    private func text(hasFolder: Bool) throws -> String {
        if file == "-" || !hasFolder && file == nil {
            let input = FileDescriptor(
                owning: try systemCall("read", "standard input") { fcntl(0, F_DUPFD_CLOEXEC, 3) })
            return String(decoding: try input.readAll(limit: 4 << 20), as: UTF8.self)
        }
        if let file { return String(decoding: try Files.read(file, limit: 4 << 20), as: UTF8.self) }
        for name in ["Containerfile", "Dockerfile"] {
            if let text = Files.text("\(folder)/\(name)") { return text }
        }
        throw Failure("there is no Containerfile and no Dockerfile in \(folder): name one with --file")
    }
}
