import JSON
import Linux

/// What lets somebody into a registry.
package struct Credentials: Hashable, Sendable {
    package var user: String
    package var password: String
    /// In place of a password: a token to get tokens with.
    package var identityToken: String?

    package init(user: String, password: String, identityToken: String? = nil) {
        self.user = user
        self.password = password
        self.identityToken = identityToken
    }

    /// RFC 7617.
    var basic: String { "Basic \(Base64.encode("\(user):\(password)".utf8))" }
}

/// A file of credentials, as docker's `config.json` and podman's `auth.json` are: containers-auth.json(5).
package struct CredentialFile: Codable, Hashable, Sendable {
    package struct Entry: Codable, Hashable, Sendable {
        /// Base64 of `user:password`.
        var auth: String?
        var identitytoken: String?
    }

    package var auths: [String: Entry]?
    /// Programs that keep the credentials, by registry.
    var credHelpers: [String: String]?
    /// The program for all others.
    var credsStore: String?

    package init() {}

    /// The file at `path`; `nil` where there is none.
    package static func read(_ path: String) throws(ImageError) -> CredentialFile? {
        try text(at: path).map { bytes throws(ImageError) in try decode(bytes, of: path) }
    }

    /// What is in the file at `path`; `nil` where there is none, or nothing in it.
    static func text(at path: String) throws(ImageError) -> [UInt8]? {
        do {
            let bytes = try Files.read(path, limit: 4 << 20)
            return bytes.isEmpty ? nil : bytes
        } catch {
            if error.errno.isMissing { return nil }
            throw .system(error)
        }
    }

    /// `bytes` of the file at `path`, as somebody wants to have them.
    static func decode<Value: Decodable>(_ bytes: [UInt8], of path: String) throws(ImageError) -> Value {
        do { return try JSON.decode(Value.self, from: bytes) } catch {
            throw .damaged(path, reason: error.description)
        }
    }

    /// What stands here for `repository` (`host:port/a/b`): the longest key that it begins with counts.
    func entry(for repository: String) -> Entry? {
        var candidates = [repository]
        var rest = repository[...]
        while let slash = rest.lastIndex(of: "/") {
            rest = rest[..<slash]
            candidates.append(String(rest))
        }
        let keys = (auths ?? [:]).map { (host: Self.bare($0.key), entry: $0.value) }.sorted { $0.host < $1.host }
        for candidate in candidates.flatMap(Self.names) {
            if let found = keys.first(where: { $0.host == candidate }) { return found.entry }
        }
        return nil
    }

    /// The program that knows the credentials of `registry`.
    func helper(for registry: String) -> String? {
        for name in Self.names(registry) {
            if let helper = credHelpers?[name], !helper.isEmpty { return helper }
        }
        return credsStore.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Docker Hub goes by several names.
    private static func names(_ registry: String) -> [String] {
        registry == Reference.defaultRegistry ? [registry, "index.docker.io", "registry-1.docker.io"] : [registry]
    }

    /// `https://index.docker.io/v1/` means `index.docker.io`.
    private static func bare(_ key: String) -> String {
        var text = key[...]
        for scheme in ["https://", "http://"] where text.hasPrefix(scheme) {
            text = text.dropFirst(scheme.count).prefix { $0 != "/" }
        }
        return String(text)
    }
}

extension CredentialFile.Entry {
    init(_ credentials: Credentials) {
        auth = Base64.encode("\(credentials.user):\(credentials.password)".utf8)
    }

    var credentials: Credentials? {
        let text = auth.flatMap { Base64.decode($0) }.map { String(decoding: $0, as: UTF8.self) } ?? ""
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        if let identitytoken, !identitytoken.isEmpty {
            return Credentials(user: parts.first ?? "", password: "", identityToken: identitytoken)
        }
        guard parts.count == 2, !parts[0].isEmpty else { return nil }
        // Some tools have padded it with zeros.
        return Credentials(user: parts[0], password: String(parts[1].prefix { $0 != "\0" }))
    }
}
