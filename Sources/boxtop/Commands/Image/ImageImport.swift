import ArgumentParser
import Builds
import Glibc
import Images
import OCI

struct ImageImport: WritingVerb {
    static let configuration = CommandConfiguration.imageVerb(
        "import", "Make an image of a root file system: a tar archive, - for standard input, or a folder.",
        example: "boxtop image import rootfs.tar.xz base:12 -- /bin/bash",
        usage: "FILE|FOLDER|URL|- [NAME] [-- ARGUMENT ...]",
        discussion: """
            An archive may lie at an address, too: https://…, http://…. --change takes CMD, ENTRYPOINT, ENV, EXPOSE, \
            LABEL, ONBUILD, STOPSIGNAL, USER, VOLUME and WORKDIR as a Containerfile has them.
            """)

    @OptionGroup var options: ImageOptions
    @Option(name: .joined("c", "change"), help: "A step of a Containerfile: 'ENV A=b'.")
    var changes: [String] = []
    @Option(name: .joined("m", "message"), help: "What it is, for the history.")
    var message: String?
    @Flag(name: [.short, .long], help: "Print the digest, and say nothing else.")
    var quiet = false
    @Argument(help: "An archive, compressed or not, its address, or a folder.", completion: .file()) var source: String
    @Argument(help: "The image's name; without one it has a digest only.") var name: String?
    @Argument(parsing: .postTerminator, help: "What the image runs.") var arguments: [String] = []

    func run(in context: Context) throws -> Int32 {
        var request = ImportRequest(source: source, name: try name.map { try Reference($0) })
        request.environment = try options.variables(in: context)
        request.workingDirectory = try options.checkedWorkdir()
        request.user = options.user
        request.entrypoint = options.entrypointWords
        request.arguments = arguments
        request.labels = try options.parsedLabels()
        request.compression = options.compression
        request.message = message
        let steps = try changes.map { try ConfigurationStep(parsing: $0) }
        request.change = { steps.apply(to: &$0) }
        let registries = RegistryOptions(environment: context.environment)
        let image = try context.images.importRoot(request, options: registries)
        Stream.output.say(image.digest.description)
        if !quiet { Stream.error.say("imported \(image.name)  \(byteCount(image.size))") }
        return 0
    }
}
