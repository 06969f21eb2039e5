import ArgumentParser
import Builds
import Containers
import Flags
import Glibc
import Images
import JSON
import Linux
import OCI

struct ImageBuild: WritingVerb {
    static let configuration = CommandConfiguration.imageVerb(
        "build", "Build an image from a Containerfile or Dockerfile.",
        example: "boxtop build -t site:2 --build-arg VERSION=3 .", usage: "[OPTION ...] [FOLDER]",
        discussion: """
            FOLDER is where COPY takes files from, without what NAME.dockerignore beside the Containerfile NAME, or its \
            own .containerignore or .dockerignore, leaves out; - reads a tar archive of it from standard input, or a \
            Containerfile, and then there is no folder. RUN works in a container of its own; steps that have been done \
            before come from the cache. With SOURCE_DATE_EPOCH in the environment the same files give the same digest.
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
    @Option(name: .customLong("no-cache-filter"), help: "A stage whose steps are done anew; several are possible.")
    var stagesAnew: [String] = []
    @Flag(name: .long, help: "Ask the registries for the images of FROM even if they are here.")
    var pull = false
    @Option(name: .long, help: "network.host: RUN --network=host may have this host's own network.")
    var allow: [Allowed] = []
    @Option(name: .long, help: "id=NAME,src=FILE or id=NAME,env=VARIABLE, for RUN --mount=type=secret.")
    var secret: [String] = []
    @Option(
        name: .customLong("build-context"),
        help: "NAME=FOLDER or NAME=docker-image://IMAGE, for --from=NAME; an image for FROM NAME as well.")
    var contexts: [String] = []
    @Option(name: .long, help: "gzip, zstd or none.")
    var compression: Compression = .gzip
    @Option(name: .customLong("iidfile"), help: "A file for the digest.", completion: .file())
    var digestFile: String?
    @Option(name: .customLong("metadata-file"), help: "A file for digests and name, as JSON.", completion: .file())
    var metadataFile: String?
    @Option(
        name: .joined("o", "output"),
        help: """
            A folder for the files too, or type=local|tar|oci|docker,dest=PATH; - is a tar on standard output. \
            type=image,push=true is --push, and with type=cacheonly there is no image.
            """)
    var output: [String] = []
    @Flag(name: .long, help: "Push it, by its names, when it is built.")
    var push = false
    @Option(name: .long, help: "This host's, as in linux/amd64: others are refused.")
    var platform: String?
    @Option(name: .long, help: "plain, tty or auto, which are one here; quiet is --quiet.")
    var progress = Progress.auto
    @Option(name: .long, help: "KEY=VALUE for the image's manifest, where labels are its configuration's.")
    var annotation: [String] = []
    @Option(name: .long, help: "build, or check: the Containerfile is read, and nothing is built.")
    var call = Call.build
    @Flag(name: .long, help: "The same as --call check.")
    var check = false
    @OptionGroup var step: BuildStepOptions
    @OptionGroup var compatibility: BuildCompatibility
    @Flag(name: [.short, .long], help: "The digest alone.")
    var quiet = false
    @Argument(help: "The folder, or -.", completion: .directory) var folder = "."

    enum Allowed: String, ExpressibleByArgument, CaseIterable { case hostNetwork = "network.host" }
    enum Call: String, ExpressibleByArgument, CaseIterable { case build, check }
    enum Progress: String, ExpressibleByArgument, CaseIterable { case auto, plain, tty, quiet }

    func run(in context: Context) throws -> Int32 {
        if let platform = platform.given { try CreationOptions.check(platform: platform) }
        let quiet = quiet || progress == .quiet
        let destinations = try BuildDestinations(output)
        let (outputs, names) = (destinations.outputs, names + destinations.names)
        let push = push || destinations.isPushed
        if outputs.contains(where: \.isStandardOutput), isatty(1) == 1 {
            throw Failure("--output - writes an archive: name a file with dest=, or pipe it on")
        }
        if push, names.isEmpty { throw Failure("--push wants to know where to: name the image with --tag") }
        if !destinations.keepsImage, push || !outputs.isEmpty {
            throw Failure("--output type=cacheonly leaves no image: nothing can be pushed or written elsewhere")
        }
        for sentence in compatibility.undone { Stream.error.say("boxtop: \(sentence)") }
        let containers = try context.containers()
        let input = try BuildInput(folder, file: file.given, containers)
        // What was sent is there until all is built.
        defer { withExtendedLifetime(input) {} }
        let request = try request(input, names: names, in: context)
        let shown = BuildPainter(quiet: quiet)
        let options = RegistryOptions(environment: context.environment)
        let builder = try Builder(
            request, containers: containers, images: context.images,
            fetch: { request throws(ImageError) in try context.pull(request, options, quiet: quiet) },
            say: { shown.show($0) })
        builder.asksRegistries = pull
        if check || call == .check {
            try builder.check()
            Stream.output.say("checked: the Containerfile says nothing that build does not know")
            return 0
        }
        Builder.sweep(containers)
        guard destinations.keepsImage else {
            try shown.explaining { try builder.fillCache() }
            if !quiet { Stream.output.say("built nothing but the cache") }
            return 0
        }
        let image = try shown.explaining { try builder.build() }
        try write(image, names: names)
        for output in outputs { try builder.export(image, to: output) }
        for name in push ? names : [] {
            _ = try context.push(image.digest.description, to: try Reference(name), options, quiet: quiet)
        }
        if !outputs.contains(where: \.isStandardOutput) {
            let name = names.isEmpty ? "" : "\(names.joined(separator: " "))  "
            Stream.output.say(
                quiet ? image.digest.description : "built \(name)\(image.digest)  \(byteCount(image.size))")
        }
        return 0
    }

    /// The files that say what was built.
    private func write(_ image: Image, names: [String]) throws {
        if let digestFile = digestFile.given { try Files.replace(digestFile, with: image.digest.description.utf8) }
        guard let metadataFile = metadataFile.given else { return }
        var values = [
            "containerimage.digest": image.digest.description,
            "containerimage.config.digest": image.manifest.config.digest.description,
        ]
        if !names.isEmpty {
            values["image.name"] = try names.map { try Reference($0).description }.joined(separator: ",")
        }
        try Files.replace(metadataFile, with: try JSON.encode(values))
    }

    private func request(_ input: BuildInput, names: [String], in context: Context) throws -> BuildRequest {
        var request = BuildRequest(try input.text())
        request.folder = input.folder
        request.ignored = try input.ignored()
        request.names = try names.map { try Reference($0) }
        for text in arguments {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard !parts[0].isEmpty else {
                throw FlagValue("--build-arg", text).refused("is no argument: write NAME=VALUE")
            }
            if parts.count == 1 { try FlagValue("--build-arg", text).requireText(of: text) }
            request.arguments[parts[0]] = parts.count == 2 ? parts[1] : context.environment[parts[0]]
        }
        request.target = target.given
        for text in labels {
            let pair = try FlagValue("--label", text).parsed(by: Parse.label)
            request.labels[pair.key] = pair.value
        }
        for text in annotation { try request.annotations.merge(BuildAnnotation.parsed(text)) { $1 } }
        request.ignoresCache = ignoresCache
        request.stagesAnew = Set(stagesAnew.flatMap { $0.lowercased().split(separator: ",").map(String.init) })
        if context.environment["SOURCE_DATE_EPOCH"] != nil { request.epoch = try ImageOptions.epoch(in: context) }
        request.compression = compression
        try step.apply(to: &request.container, in: context)
        request.allowsHostNetwork = allow.contains(.hostNetwork)
        for text in secret {
            let (id, secret) = try BuildSecret.parsed(text, in: context.environment)
            request.secrets[id] = secret
        }
        for text in contexts {
            let (name, context) = try BuildContext.parsed(text)
            request.contexts[name] = context
        }
        return request
    }
}
