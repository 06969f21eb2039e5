import OCI

/// The name of an image as docker writes it: `nginx`, `nginx:1.27`, `host:5000/team/web:2@sha256:…`.
///
/// A name without a registry belongs to `docker.io`, and there, without a slash, to `library`. The grammar is that of
/// github.com/distribution/reference.
package struct Reference: Hashable, Sendable, CustomStringConvertible {
    /// `docker.io`, `localhost:5000`, `ghcr.io`.
    package let registry: String
    /// `library/nginx`, `team/web`.
    package let repository: String
    package let tag: String?
    package let digest: Digest?

    /// Reads `text`; a name with neither tag nor digest means the tag `latest`.
    package init(_ text: String) throws(ImageError) {
        func refused(_ reason: String) -> ImageError { .badReference(text, reason: reason) }
        guard !text.isEmpty else { throw refused("it is empty") }
        var rest = text[...]
        var digest: Digest?
        if let at = rest.firstIndex(of: "@") {
            guard let found = Digest(String(rest[rest.index(after: at)...])) else {
                throw refused("what follows @ is not sha256: and 64 hex digits")
            }
            digest = found
            rest = rest[..<at]
        }
        var tag: String?
        let lastSlash = rest.lastIndex(of: "/") ?? rest.startIndex
        if let colon = rest[lastSlash...].lastIndex(of: ":") {
            let found = String(rest[rest.index(after: colon)...])
            guard Self.isTag(found) else {
                throw refused("a tag is up to 128 letters, digits, and . _ - (none of the last two first)")
            }
            tag = found
            rest = rest[..<colon]
        }
        let (registry, repository) = Self.split(rest)
        if let reason = Self.fault(registry: registry, repository: repository) { throw refused(reason) }
        if digest == nil, repository.utf8.count == 64 + "library/".utf8.count,
            Digest(hex: repository.dropFirst("library/".count)) != nil
        {
            throw refused("64 hex digits are a digest; write sha256: before them")
        }
        self.registry = registry
        self.repository = repository
        self.tag = tag ?? (digest == nil ? "latest" : nil)
        self.digest = digest
    }

    /// Whether `text` names a repository alone, with neither tag nor digest.
    package static func isRepository(_ text: String) -> Bool {
        !(text.split(separator: "/").last ?? "").contains { $0 == ":" || $0 == "@" }
    }

    /// All of it: `docker.io/library/nginx:latest`.
    package var canonical: String { "\(registry)/\(repository)\(suffix)" }

    /// As people write it, without docker.io and library: `nginx:latest`.
    package var description: String { "\(familiarRepository)\(suffix)" }

    /// The name without tag and digest, as people write it: `nginx`, `ghcr.io/team/web`.
    package var familiarRepository: String {
        guard registry == Self.defaultRegistry else { return "\(registry)/\(repository)" }
        let short = repository.hasPrefix("library/") ? String(repository.dropFirst(8)) : repository
        // `library/a/b` without its first part would be the repository `a/b`, another one.
        if short.contains("/") && repository != short { return repository }
        // `docker.io/a.b/c` without its registry would be of the registry `a.b`.
        let first = short.prefix { $0 != "/" }
        return first.endIndex != short.endIndex && Self.looksLikeHost(first) ? "\(registry)/\(repository)" : short
    }

    private var suffix: String { "\(tag.map { ":\($0)" } ?? "")\(digest.map { "@\($0)" } ?? "")" }

    static let defaultRegistry = "docker.io"

    /// The part before the first slash is a registry where it could not be a part of a repository's name.
    private static func split(_ name: Substring) -> (registry: String, repository: String) {
        if let slash = name.firstIndex(of: "/") {
            let first = name[..<slash]
            if looksLikeHost(first) {
                let registry = first == "index.docker.io" ? defaultRegistry : String(first)
                let rest = String(name[name.index(after: slash)...])
                return (registry, registry == defaultRegistry && !rest.contains("/") ? "library/\(rest)" : rest)
            }
            return (defaultRegistry, String(name))
        }
        return (defaultRegistry, "library/\(name)")
    }

    private static func looksLikeHost(_ part: Substring) -> Bool {
        part.contains(".") || part.contains(":") || part == "localhost" || part != part.lowercased()
    }

    private static func fault(registry: String, repository: String) -> String? {
        guard isRegistry(registry) else { return "\"\(printable(registry))\" is no host name" }
        let parts = repository.split(separator: "/", omittingEmptySubsequences: false)
        if parts.contains("") || repository == "library/" { return "a part of it is empty" }
        if repository != repository.lowercased() { return "a repository is written in small letters" }
        guard parts.allSatisfy(isRepositoryPart) else {
            return "a repository's parts are small letters and digits, with . _ __ or - between them"
        }
        return repository.utf8.count > 255 ? "it is longer than 255 letters" : nil
    }

    /// `[\w][\w.-]{0,127}`
    private static func isTag(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 128, first.isWord else { return false }
        return text.utf8.allSatisfy { $0.isWord || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }

    /// Runs of `[a-z0-9]` with one `.`, `_`, `__` or any number of `-` between them.
    private static func isRepositoryPart(_ part: Substring) -> Bool {
        let runs = part.utf8.split(omittingEmptySubsequences: false) { !$0.isLowerOrDigit }
        guard runs.first?.isEmpty == false, runs.last?.isEmpty == false else { return false }
        let separators = part.utf8.split(whereSeparator: \.isLowerOrDigit).map { String(decoding: $0, as: UTF8.self) }
        return separators.allSatisfy { $0 == "." || $0 == "_" || $0 == "__" || $0.allSatisfy { $0 == "-" } }
    }

    /// A host name or an address in brackets, with or without a port.
    private static func isRegistry(_ text: String) -> Bool {
        var host = text[...]
        if let colon = host.lastIndex(of: ":"), !host.hasSuffix("]") {
            let port = host[host.index(after: colon)...]
            guard !port.isEmpty, UInt16(port) != nil else { return false }
            host = host[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]") {
            return host.count > 4 && host.dropFirst().dropLast().utf8.allSatisfy { $0.isHexDigit || $0 == 58 }
        }
        return host.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            guard let first = label.utf8.first, let last = label.utf8.last else { return false }
            return first.isLetterOrDigit && last.isLetterOrDigit
                && label.utf8.allSatisfy { $0.isLetterOrDigit || $0 == UInt8(ascii: "-") }
        }
    }
}

extension UInt8 {
    fileprivate var isLowerOrDigit: Bool { (48...57).contains(self) || (97...122).contains(self) }
    fileprivate var isLetterOrDigit: Bool { isLowerOrDigit || (65...90).contains(self) }
    fileprivate var isWord: Bool { isLetterOrDigit || self == UInt8(ascii: "_") }
    fileprivate var isHexDigit: Bool {
        (48...57).contains(self) || (97...102).contains(self) || (65...70).contains(self)
    }
}
