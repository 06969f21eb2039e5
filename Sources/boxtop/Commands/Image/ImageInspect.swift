import ArgumentParser
import Images
import JSON
import OCI
import Rendering

struct ImageInspect: Verb {
    static let configuration = CommandConfiguration.imageVerb(
        "inspect", "Show everything about images, as JSON.",
        example: "boxtop image inspect --format '{{.Config.Cmd}}' tools", usage: "[-f TEMPLATE] IMAGE ...")

    @Option(name: .joined("f", "format"), help: "json, or a template such as '{{.Config.Env}}'.")
    var format = "json"
    @Argument(help: "Names, digests, or the beginning of a digest.", completion: .images) var images: [String]

    func run(in context: Context) throws -> Int32 {
        let format = try Format(format)
        let store = context.images
        var documents: [InspectedDocument] = []
        let code = try context.eachImage(images) { name in
            documents.append(try store.document(of: name))
        }
        try Stream.output.show(documents, format)
        return code
    }
}

extension ImageStore {
    /// What `inspect` prints of the image `name`.
    func document(of name: String) throws -> InspectedDocument {
        InspectedDocument(own: try resolve(name).document(names: try names(of: name)))
    }
}

extension Image {
    /// With docker's keys.
    fileprivate func document(names: [String]) throws -> JSONValue {
        .object([
            .init(key: "Id", value: .string(digest.description)),
            .init(key: "RepoTags", value: .of(names)),
            .init(key: "RepoDigests", value: .of(repositories(of: names).map { "\($0)@\(digest)" })),
            .init(key: "Created", value: .string(configuration.created)),
            .init(key: "Author", value: .string(configuration.author)),
            .init(key: "Architecture", value: .string(configuration.architecture)),
            .init(key: "Variant", value: .string(configuration.variant)),
            .init(key: "Os", value: .string(configuration.os)),
            .init(key: "Size", value: .integer(size)),
            .init(key: "Config", value: (configuration.config ?? ImageConfiguration.Process()).document),
            .init(
                key: "RootFS",
                value: .object([
                    .init(key: "Type", value: .string("layers")),
                    .init(
                        key: "Layers",
                        value: .array(configuration.rootfs.diffIDs.map { .string($0.description) })),
                ])),
            .init(
                key: "Layers",
                value: .array(
                    manifest.layers.map { layer in
                        .object([
                            .init(key: "Digest", value: .string(layer.digest.description)),
                            .init(key: "MediaType", value: .string(layer.mediaType)),
                            .init(key: "Size", value: .integer(layer.size)),
                        ])
                    })),
        ])
    }
}

/// The names without their tags, each once.
private func repositories(of names: [String]) -> [String] {
    var repositories: [String] = []
    for name in names.compactMap({ try? Reference($0).familiarRepository }) where !repositories.contains(name) {
        repositories.append(name)
    }
    return repositories
}

extension ImageConfiguration.Process {
    fileprivate var document: JSONValue {
        .of([
            ("User", .string(user)), ("ExposedPorts", .set(exposedPorts)), ("Env", .list(env)),
            ("Entrypoint", .list(entrypoint)), ("Cmd", .list(cmd)), ("Volumes", .set(volumes)),
            ("WorkingDir", .string(workingDir)), ("Labels", labels.map { .of($0) } ?? .null),
            ("StopSignal", .string(stopSignal)), ("Healthcheck", healthcheck?.document ?? .null),
            ("Shell", .list(shell)), ("OnBuild", .list(onBuild)),
        ])
    }
}

extension ImageConfiguration.Healthcheck {
    fileprivate var document: JSONValue {
        .of([
            ("Test", .list(test)), ("Interval", .integer(interval)), ("Timeout", .integer(timeout)),
            ("StartPeriod", .integer(startPeriod)), ("StartInterval", .integer(startInterval)),
            ("Retries", .integer(retries)),
        ])
    }
}

extension JSONValue {
    fileprivate static func list(_ texts: [String]?) -> JSONValue { texts.map { .of($0) } ?? .null }

    /// The keys of an object, as the specification writes a set.
    fileprivate static func set(_ texts: [String: ImageConfiguration.Empty]?) -> JSONValue {
        texts.map { .map($0.keys.sorted().map { Member(key: $0, value: .object([])) }) } ?? .null
    }
}
