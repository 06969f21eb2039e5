import ArgumentParser
import Glibc
import Images
import OCI

struct ImageImport: Verb {
    static let configuration = CommandConfiguration.imageVerb(
        "import", "Make an image of a root file system: a tar archive, - for standard input, or a folder.",
        example: "boxtop image import rootfs.tar.xz base:12 -- /bin/bash", usage: "FILE|FOLDER|- NAME [-- ARGUMENT ...]"
    )

    @OptionGroup var options: ImageOptions
    @Flag(name: [.short, .long], help: "Print the digest, and say nothing else.")
    var quiet = false
    @Argument(help: "An archive, compressed or not, or a folder.", completion: .file()) var source: String
    @Argument(help: "The image's name.") var name: String
    @Argument(parsing: .postTerminator, help: "What the image runs.") var arguments: [String] = []

    func run(in context: Context) throws -> Int32 {
        var request = ImportRequest(source: source, name: try Reference(name))
        request.environment = try options.variables(in: context)
        request.workingDirectory = try options.checkedWorkdir()
        request.user = options.user
        request.entrypoint = options.entrypointWords
        request.arguments = arguments
        request.labels = try options.parsedLabels()
        request.compression = options.compression
        let image = try context.images.importRoot(request)
        Stream.output.say(image.digest.description)
        if !quiet { Stream.error.say("imported \(image.name)  \(byteCount(image.size))") }
        return 0
    }
}
