import ArgumentParser
import Glibc
import Images
import OCI

struct ImageLoad: WritingVerb {
    static let configuration = CommandConfiguration.imageVerb(
        "load", "Take in images that other tools have saved: OCI archives and layouts, docker archives.",
        example: "docker save nginx | boxtop image load")

    @Option(name: .joined("i", "input"), help: "An archive, or the folder of a layout; standard input without it.")
    var input: String?
    @Option(name: .joined("t", "tag"), help: "The name, for an archive with one image.")
    var name: String?
    @Flag(name: [.short, .long], help: "Digests alone.")
    var quiet = false

    func run(in context: Context) throws -> Int32 {
        if input == nil, isatty(0) == 1 { throw Failure("load reads an archive: name it with --input, or pipe it in") }
        let images = try context.images.load(input ?? "-", name: try name.map { try Reference($0) })
        for image in images {
            // Docker's sentence, which scripts take the name from.
            let sentence = image.reference.map { "Loaded image: \($0)" } ?? "Loaded image ID: \(image.digest)"
            Stream.output.say(quiet ? image.digest.description : sentence)
        }
        return 0
    }
}
