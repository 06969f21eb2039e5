import Builds
import Containers
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

/// What `--annotation` gives an image.
enum BuildAnnotation {
    /// `[TYPE,…:]KEY=VALUE`, where the type is `manifest` or one of those that an image of one platform does not have.
    static func parsed(_ text: String) throws -> [String: String] {
        let flag = FlagValue("--annotation", text)
        let pair = try flag.parsed(by: Parse.label)
        guard let colon = pair.key.firstIndex(of: ":") else { return [pair.key: pair.value] }
        let types = pair.key[..<colon].split(separator: ",").map { $0.prefix { $0 != "[" } }
        let known: [Substring] = ["manifest", "index", "manifest-descriptor", "index-descriptor"]
        guard types.allSatisfy(known.contains) else {
            throw flag.refused("is of no type that there is: manifest:KEY=VALUE")
        }
        return types.contains("manifest") ? [String(pair.key[pair.key.index(after: colon)...]): pair.value] : [:]
    }
}
