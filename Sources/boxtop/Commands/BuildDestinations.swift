import Builds
import Images

/// Where what is built goes: what `--output` says.
struct BuildDestinations {
    /// Beside the store.
    private(set) var outputs: [BuildOutput] = []
    /// Names for the image.
    private(set) var names: [String] = []
    /// It goes to its registries.
    private(set) var isPushed = false
    /// It is an image afterwards; else nothing but the cache is left.
    private(set) var keepsImage = true

    /// `DIR`, `-`, `type=local,dest=DIR`, `type=tar,dest=FILE`, `type=oci,dest=FILE`, `type=docker,dest=FILE`; the store,
    /// where it is anyhow, for `type=image` and `type=registry`; `type=cacheonly`.
    init(_ texts: [String]) throws {
        for text in texts { try add(text) }
    }

    private mutating func add(_ text: String) throws {
        if text == "-" { return outputs.append(.tar("-")) }
        if !text.contains("=") { return outputs.append(.folder(text)) }
        let values = try BuildFields("--output", text).values(Self.fields)
        switch (values["type"], values["dest"]) {
        case ("local", let path?): outputs.append(.folder(path))
        case ("tar", let path): outputs.append(.tar(path ?? "-"))
        case ("oci", let path?) where values["tar"] == "false": outputs.append(.image(path, .ociDirectory))
        case ("oci", let path): outputs.append(.image(path ?? "-", .ociArchive))
        case ("docker", let path?): outputs.append(.image(path, .dockerArchive))
        case ("docker", nil), ("image", nil), ("registry", nil):
            if let name = values["name"] { names.append(name) }
            if values["type"] == "registry" || values["push"] == "true" { isPushed = true }
        case ("cacheonly", nil): keepsImage = false
        default:
            throw Failure(
                "--output \(text) is not known here: DIR, type=local|tar|oci|docker,dest=PATH, "
                    + "type=image,push=true or type=cacheonly")
        }
    }

    /// Those that change nothing, but how BuildKit writes an image, by their own names.
    private static let fields: [String: String] = {
        var fields = [
            "type": "type", "dest": "dest", "destination": "dest", "name": "name", "push": "push", "tar": "tar",
        ]
        for name in [
            "oci-mediatypes", "compression", "compression-level", "force-compression", "unpack", "store",
            "rewrite-timestamp", "attestation-inline", "dangling-name-prefix", "name-canonical", "push-by-digest",
            "platform-split", "registry.insecure", "buildinfo",
        ] { fields[name] = name }
        return fields
    }()
}

extension BuildOutput {
    /// Whether standard output is where it goes.
    var isStandardOutput: Bool {
        switch self {
        case .tar("-"), .image("-", _): true
        default: false
        }
    }
}
