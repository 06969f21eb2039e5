import Glibc

/// `RUN --mount=type=…`: something that is there for one step alone. docs.docker.com/reference/dockerfile, "RUN --mount".
///
///     --mount=type=cache,target=/var/cache/apt,sharing=locked
///     --mount=type=secret,id=token,env=TOKEN
struct RunMount {
    enum Kind: String, CaseIterable {
        case bind, cache, tmpfs, secret

        /// Its keys beside `type` and `target`.
        fileprivate var keys: Set<String> {
            switch self {
            case .bind: ["from", "source", "rw", "ro"]
            case .cache: ["id", "sharing", "from", "source", "rw", "ro", "uid", "gid", "mode"]
            case .tmpfs: ["size"]
            case .secret: ["id", "source", "required", "env", "uid", "gid", "mode"]
            }
        }
    }

    let kind: Kind
    private let fields: [String: String]
    /// Whose a secret is, or the folder that a cache begins as; absent: root's.
    let user: uid_t?
    let group: gid_t?
    let permissions: mode_t?
    let isReadOnly: Bool
    /// A cache that one RUN at a time has. A `private` one is waited for as well, in place of another that is empty.
    var isExclusive: Bool { fields["sharing"].map { $0 != "shared" } ?? false }
    /// A secret that is not there lets the step fail.
    let isRequired: Bool

    var target: String? { fields["target"] }
    var source: String? { fields["source"] }
    var from: String? { fields["from"] }
    var size: String? { fields["size"] }
    /// The variable that a secret is given in.
    var variable: String? { fields["env"] }
    /// What a secret or a cache is called, if not by its target.
    var id: String? { kind == .secret ? fields["source"] ?? fields["id"] : fields["id"] }

    init(_ text: String) throws(BuildError) {
        let fields = try Self.fields(text)
        let type = fields["type"] ?? "bind"
        guard let kind = Kind(rawValue: type) else { throw Self.unknown(type) }
        if let key = fields.keys.sorted().first(where: { !kind.keys.contains($0) && $0 != "type" && $0 != "target" }) {
            throw BuildError("--mount=type=\(kind.rawValue) has no \(key)=")
        }
        if let sharing = fields["sharing"], !["shared", "private", "locked"].contains(sharing) {
            throw BuildError("--mount: sharing=\(sharing) is not known: shared, private or locked")
        }
        self.kind = kind
        self.fields = fields
        user = try Self.number("uid", of: fields)
        group = try Self.number("gid", of: fields)
        permissions = try fields["mode"].map { text throws(BuildError) in
            guard let mode = mode_t(text, radix: 8), mode <= 0o7777 else {
                throw BuildError("--mount: mode=\(text) is no mode: 0400, 755")
            }
            return mode
        }
        // Bind mounts of a build are read-only unless said otherwise.
        let (ro, rw) = (try Self.flag("ro", of: fields), try Self.flag("rw", of: fields))
        isReadOnly = ro ?? rw.map { !$0 } ?? (kind == .bind)
        isRequired = try Self.flag("required", of: fields) ?? false
        if kind == .secret {
            guard id != nil || target != nil else {
                throw BuildError("--mount=type=secret wants id=NAME or target=PATH")
            }
        } else if target == nil {
            throw BuildError("--mount=type=\(kind.rawValue) wants target=PATH")
        }
        if kind == .cache, source != nil, from == nil {
            throw BuildError("--mount=type=cache: source= is of what from= names: add from=STAGE")
        }
    }

    /// The keys of `text`, each under its first name; throws one that no mount has.
    static func fields(_ text: String) throws(BuildError) -> [String: String] {
        var fields: [String: String] = [:]
        for part in text.split(separator: ",") {
            let (name, value) = Builder.assignment(String(part))
            let key = aliases[name.lowercased()] ?? name.lowercased()
            guard known.contains(key) else { throw BuildError("--mount knows no \(name)=") }
            guard value != nil || switches.contains(key) else { throw BuildError("--mount: \(name) wants a value") }
            fields[key] = value ?? "true"
        }
        return fields
    }

    private static let aliases = [
        "dst": "target", "destination": "target", "src": "source", "readonly": "ro", "readwrite": "rw",
    ]
    private static let switches: Set<String> = ["ro", "rw", "required"]
    private static let known = Kind.allCases.reduce(into: Set(["type", "target"])) { $0.formUnion($1.keys) }

    private static func unknown(_ type: String) -> BuildError {
        type == "ssh"
            ? BuildError(
                "--mount=type=ssh is not done here: no agent is passed on; give a key with --mount=type=secret")
            : BuildError("--mount=type=\(type) is not known here: bind, cache, tmpfs or secret")
    }

    private static func flag(_ key: String, of fields: [String: String]) throws(BuildError) -> Bool? {
        switch fields[key]?.lowercased() {
        case nil: return nil
        case "true", "1", "t", "": return true
        case "false", "0", "f": return false
        case let other?: throw BuildError("--mount: \(key)=\(other) is neither true nor false")
        }
    }

    /// A user's or a group's; all ones mean none to the kernel.
    private static func number(_ key: String, of fields: [String: String]) throws(BuildError) -> UInt32? {
        guard let text = fields[key] else { return nil }
        guard let number = UInt32(text), number < .max else { throw BuildError("--mount: \(key)=\(text) is no number") }
        return number
    }
}
