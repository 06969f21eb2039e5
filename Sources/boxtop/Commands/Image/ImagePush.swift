import ArgumentParser
import Images
import OCI

struct ImagePush: Verb {
    static let configuration = CommandConfiguration.imageVerb(
        "push", "Send an image to a registry.", example: "boxtop image push tools registry.example.org/team/tools:2",
        usage: "IMAGE [DESTINATION]",
        discussion: "Without a DESTINATION it goes where its name says. Only what the registry has not is sent.")

    @OptionGroup var registry: RegistryFlags
    @Flag(name: [.short, .customLong("all-tags")], help: "All tags of a repository: name it without one.")
    var allTags = false
    @Flag(name: [.short, .long], help: "The digest alone.")
    var quiet = false
    @Argument(help: "A name or a digest.", completion: .images) var image: String
    @Argument(help: "The name there.") var destination: String?

    func run(in context: Context) throws -> Int32 {
        let options = try registry.options(in: context)
        guard allTags else {
            try push(image, to: try Reference(destination ?? image), options, in: context)
            return 0
        }
        return try context.eachImage(try tags(in: context)) { name in
            try push(name, to: try Reference(name), options, in: context)
        }
    }

    private func push(_ name: String, to target: Reference, _ options: RegistryOptions, in context: Context) throws {
        let digest = try context.push(name, to: target, options, quiet: quiet)
        Stream.output.say(quiet ? digest.description : "pushed \(target)  \(digest)")
    }

    /// The names here of the repository that is to be sent.
    private func tags(in context: Context) throws -> [String] {
        let wanted = try Reference(repository: image)
        guard destination == nil else {
            throw Failure("--all-tags is of a repository: \(wanted.familiarRepository), without a tag", code: 64)
        }
        let names = try context.images.summaries().compactMap(\.reference)
        let found = names.filter { $0.familiarRepository == wanted.familiarRepository && $0.tag != nil }
        guard !found.isEmpty else { throw ImageError.notFound(image) }
        return found.map(\.description)
    }
}

extension Context {
    /// Pushes, showing how far it is.
    func push(
        _ name: String, to target: Reference, _ options: RegistryOptions, quiet: Bool
    ) throws(ImageError) -> Digest {
        let painter = TransferPainter("sent", quiet: quiet)
        defer { painter.finish() }
        return try images.push(name, to: target, options: options) { painter.show($0) }
    }
}
