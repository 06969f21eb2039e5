import ArgumentParser
import Glibc
import Images
import OCI

struct ImageSave: WritingVerb {
    static let configuration = CommandConfiguration.imageVerb(
        "save", "Write images for other tools: an OCI archive, an OCI layout, or a docker archive.",
        example: "boxtop image save --format docker-archive tools | docker load", usage: "[-o FILE] IMAGE ...")

    @Option(name: .joined("o", "output"), help: "The file, or the folder of an oci-dir; standard output without it.")
    var output: String?
    @Option(name: .long, help: "oci-archive, oci-dir or docker-archive.")
    var format: SaveFormat = .ociArchive
    @Argument(help: "Names or digests.", completion: .images) var images: [String]

    func run(in context: Context) throws -> Int32 {
        if output == nil {
            if format == .ociDirectory { throw Failure("oci-dir is a folder: name it with --output") }
            if isatty(1) == 1 { throw Failure("save writes an archive: name it with --output, or pipe it on") }
        }
        try context.images.save(images, to: output ?? "-", as: format)
        return 0
    }
}

extension SaveFormat: ExpressibleByArgument {}
