import ArgumentParser
import Images
import JSON
import OCI
import Rendering

/// `boxtop buildx imagetools …`: the same as `boxtop manifest`, in BuildKit's form.
struct ImageToolsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "imagetools", _superCommandName: "boxtop builder",
        abstract: "Look at what a registry has of an image, without pulling it.",
        discussion: "EXAMPLE: boxtop buildx imagetools inspect registry.example.org/team/web:2",
        subcommands: [ImageToolsInspect.self])
}

struct ImageToolsInspect: Verb {
    static let configuration = CommandConfiguration.verb(
        "inspect", "Say which images a registry has under a name, and for what platforms, without pulling one.",
        example: "boxtop buildx imagetools inspect --format '{{.Manifest.Digest}}' registry.example.org/team/web:2",
        group: "boxtop builder imagetools")

    @Flag(name: .long, help: "The manifest or index itself, to the byte.")
    var raw = false
    @Option(name: .long, help: "json, or a template such as '{{.Manifest.Digest}}'.")
    var format: String?
    @OptionGroup var registry: RegistryFlags
    @Argument(help: "The image's name.") var image: String

    func validate() throws {
        if raw, format != nil { throw ValidationError("--raw and --format exclude each other: give one of them") }
    }

    func run(in context: Context) throws -> Int32 {
        let format = try format.map { try Format($0) }
        let reference = try Reference(image)
        let document = try registry.options(in: context).document(of: reference)
        if raw {
            document.bytes.withUnsafeBytes { Stream.output.write($0) }
        } else if let format {
            try Stream.output.show([try document.inspected(as: reference)], format)
        } else {
            Stream.output.say(try document.text(as: reference))
        }
        return 0
    }
}

extension RegistryDocument {
    fileprivate func inspected(as reference: Reference) throws(JSONError) -> InspectedDocument {
        let manifest = JSONValue.of([
            ("mediaType", .string(mediaType)), ("digest", .string(digest.description)),
            ("size", .integer(bytes.count)),
        ]).with(try value())
        return InspectedDocument(own: .of([("name", .string(reference.canonical)), ("manifest", manifest)]))
    }

    /// What it is, and what an index leads to.
    fileprivate func text(as reference: Reference) throws(JSONError) -> String {
        var lines = ["Name:      \(reference.canonical)", "MediaType: \(mediaType)", "Digest:    \(digest)"]
        guard MediaType.isIndex(mediaType) else { return lines.joined(separator: "\n") }
        lines += ["", "Manifests:"]
        for entry in try JSON.decode(ImageIndex.self, from: bytes).manifests {
            lines += [
                "  Name:      \(reference.registry)/\(reference.repository)@\(entry.digest)",
                "  MediaType: \(entry.mediaType)",
            ]
            if let platform = entry.platform { lines.append("  Platform:  \(platform)") }
            lines.append("")
        }
        return lines.dropLast().joined(separator: "\n")
    }
}
