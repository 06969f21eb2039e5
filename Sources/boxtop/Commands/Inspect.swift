import ArgumentParser
import Containers
import Images
import Linux
import Networking
import Records
import Rendering

struct Inspect: Verb {
    static let configuration = CommandConfiguration.verb(
        "inspect", "Show everything about containers, images, volumes or networks, as JSON.",
        example: "boxtop inspect --format '{{.State.Pid}}' web", usage: "[-f TEMPLATE] [-s] [--type TYPE] NAME ...")

    @Option(name: .joined("f", "format"), help: "json, or a template such as '{{.State.Status}}'.")
    var format = "json"
    @Flag(name: [.short, .long], help: "How much of the disk a container has written, and takes with its image.")
    var size = false
    @Option(
        name: .long,
        help: "container, image, volume or network; else the first of them, in this order, that there is.")
    var type: Kind?
    @Argument(help: "Names or ids.", completion: .containers) var names: [String]

    func run(in context: Context) throws -> Int32 {
        let format = try Format(format)
        var documents: [InspectedDocument] = []
        var code: Int32 = 0
        for name in names {
            do {
                documents.append(try document(of: name, in: context))
            } catch let error as any SentenceError {
                Stream.error.say("boxtop: \(error.sentence)")
                code = 1
            }
        }
        try Stream.output.show(documents, format)
        return code
    }

    private func document(of name: String, in context: Context) throws -> InspectedDocument {
        if let type { return try document(of: name, type, in: context) }
        do { return try document(of: name, .container, in: context) } catch let error as ContainerError {
            guard error.kind == .notFound else { throw error }
        }
        for type in [Kind.image, .volume, .network] {
            if let document = try? document(of: name, type, in: context) { return document }
        }
        throw ContainerError(
            .notFound,
            "there is no container, image, volume or network “\(printable(name))”: boxtop ps -a, images, "
                + "volume ls and network ls list them")
    }

    private func document(of name: String, _ type: Kind, in context: Context) throws -> InspectedDocument {
        switch type {
        case .container:
            let inspection = try context.containers().inspect(name)
            var sizes = FolderSizes()
            return InspectedDocument(inspection, size: size ? sizes.size(of: inspection.record.rootfs) : nil)
        case .image: return try context.images.document(of: name)
        case .volume: return try context.containers().volume(name).inspected
        case .network: return try context.networkDocument(of: name)
        }
    }

    enum Kind: String, ExpressibleByArgument, CaseIterable { case container, image, volume, network }
}
