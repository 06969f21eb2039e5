import ArgumentParser
import Images
import JSON

/// `boxtop manifest …`: docker's words for what a registry has of an image.
struct ManifestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "manifest", _superCommandName: "boxtop",
        abstract: "Look at what a registry has of an image, without pulling it.",
        discussion: "EXAMPLE: boxtop manifest inspect registry.example.org/team/web:2",
        subcommands: [ManifestInspect.self])
}

struct ManifestInspect: Verb {
    static let configuration = CommandConfiguration.verb(
        "inspect", "Print the manifest or index that a registry has of an image, as JSON, without pulling it.",
        example: "boxtop manifest inspect registry.example.org/team/web:2", group: "boxtop manifest")

    @OptionGroup var registry: RegistryFlags
    @Argument(help: "The image's name.") var image: String

    func run(in context: Context) throws -> Int32 {
        let document = try registry.options(in: context).document(of: Reference(image))
        Stream.output.say(try document.value().pretty)
        return 0
    }
}

extension RegistryDocument {
    func value() throws(JSONError) -> JSONValue { try JSON.decode(JSONValue.self, from: bytes) }
}
