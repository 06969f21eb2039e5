import Builds
import Flags
import Images

/// Fields as docker's flags have them: `id=token,src=/file`.
struct BuildFields {
    private let flag: String
    private let text: String
    private let values: [(name: String, value: String?)]

    init(_ flag: String, _ text: String) {
        (self.flag, self.text) = (flag, text)
        values = text.split(separator: ",").map { part in
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            return (sides[0].lowercased(), sides.count == 2 ? sides[1] : nil)
        }
    }

    /// By name; throws where there is one that is not `known`, by any of its names.
    func values(_ known: [String: String]) throws -> [String: String] {
        var found: [String: String] = [:]
        for (name, value) in values {
            guard let key = known[name], let value else { throw Failure("\(flag) \(text): it has no \(name) here") }
            found[key] = value
        }
        return found
    }
}

extension BuildSecret {
    /// `id=NAME,src=FILE`, `id=NAME,env=VARIABLE`, or `id=NAME` alone: the variable of that name, else the file.
    static func parsed(_ text: String, in environment: [String: String]) throws -> (id: String, secret: BuildSecret) {
        let names = ["id": "id", "src": "source", "source": "source", "env": "env", "type": "type"]
        let values = try BuildFields("--secret", text).values(names)
        let type = values["type"] ?? (values["env"] == nil ? "file" : "env")
        guard let id = values["id"], !id.isEmpty, type == "file" || type == "env" else {
            throw Failure("--secret \(text) is no id=NAME,src=FILE or id=NAME,env=VARIABLE")
        }
        if let name = values["env"] ?? (type == "env" && values["type"] != nil ? values["source"] : nil) {
            try FlagValue("--secret", text).requireText(of: name)
            guard let value = environment[name] else { throw Failure("--secret \(text): \(name) is not set here") }
            return (id, .value(value))
        }
        if let path = values["source"] { return (id, .file(path)) }
        return (id, environment[id].map { .value($0) } ?? .file(id))
    }
}

extension BuildOutput {
    /// `DIR`, `-`, `type=local,dest=DIR`, `type=tar,dest=FILE`, `type=oci,dest=FILE`, `type=docker,dest=FILE`; `nil`
    /// for the store, where it is anyhow.
    static func parsed(_ text: String) throws -> BuildOutput? {
        if text == "-" { return .tar("-") }
        if !text.contains("=") { return .folder(text) }
        let values = try BuildFields("--output", text).values(["type": "type", "dest": "dest"])
        switch (values["type"], values["dest"]) {
        case ("local", let path?): return .folder(path)
        case ("tar", let path): return .tar(path ?? "-")
        case ("oci", let path): return .image(path ?? "-", .ociArchive)
        case ("docker", let path?): return .image(path, .dockerArchive)
        case ("docker", nil), ("image", nil): return nil
        default:
            throw Failure("--output \(text) is not known here: DIR, or type=local|tar|oci|docker,dest=PATH")
        }
    }

    /// Whether standard output is where it goes.
    var isStandardOutput: Bool {
        switch self {
        case .tar("-"), .image("-", _): true
        default: false
        }
    }
}

extension BuildContext {
    /// `NAME=FOLDER` or `NAME=docker-image://IMAGE`.
    static func parsed(_ text: String) throws -> (name: String, context: BuildContext) {
        let sides = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard sides.count == 2 else { throw Failure("--build-context \(text) is no NAME=FOLDER") }
        let image = "docker-image://"
        if sides[1].hasPrefix(image) { return (sides[0], .image(String(sides[1].dropFirst(image.count)))) }
        try BuildInput.refuseAddress(sides[1], of: "--build-context")
        return (sides[0], .folder(sides[1], try BuildInput.ignored(in: sides[1])))
    }
}
