import ArgumentParser
import Containers
import Glibc
import Linux

struct Export: Verb {
    static let configuration = CommandConfiguration.verb(
        "export", "Write a container's files as a tar archive.",
        example: "boxtop export web | tar -t", usage: "[-o FILE] CONTAINER",
        discussion: "Image and changes joined, without volumes. `boxtop image import` takes it.")

    @Option(name: .joined("o", "output"), help: "The file; standard output without it.", completion: .file())
    var output: String?
    @Argument(help: "Name, id or the beginning of an id.", completion: .containers) var container: String

    func run(in context: Context) throws -> Int32 {
        guard let output else {
            if isatty(1) == 1 { throw Failure("export writes an archive: name it with --output, or pipe it on") }
            try context.containers().export(container, to: try FileDescriptor.standardOutput())
            return 0
        }
        var archive = try FileReplacement(of: output)
        try context.containers().export(container, to: archive.file)
        try archive.keep()
        return 0
    }
}
