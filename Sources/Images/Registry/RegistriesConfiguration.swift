import Linux

/// What a host says of registries: containers-registries.conf(5), of which it is read here whether a registry is spoken
/// to without TLS, or not at all, and where else its images are.
struct RegistriesConfiguration: Sendable, Hashable {
    /// One `[[registry]]`.
    struct Entry: Sendable, Hashable {
        /// `host:port/repository`, `*.example.org`, or the `location` where it has none.
        var prefix = ""
        var location = ""
        var insecure = false
        var blocked = false
        var mirrors: [Mirror] = []
        /// The file that says so.
        var file = ""

        var name: String { prefix.isEmpty ? location : prefix }
    }

    /// One `[[registry.mirror]]`.
    struct Mirror: Sendable, Hashable {
        var location = ""
        var insecure = false
        /// `all`, `digest-only` or `tag-only`.
        var use = "all"
    }

    private var entries: [Entry] = []

    /// Reads the files of this host and this person; a later one takes the place of an earlier one's entry.
    init(environment: [String: String], host: String = "/etc/containers") throws(ImageError) {
        let own = "\(environment["XDG_CONFIG_HOME"] ?? "\(environment["HOME"] ?? "/root")/.config")/containers"
        let mains = [environment["CONTAINERS_REGISTRIES_CONF"], "\(own)/registries.conf", "\(host)/registries.conf"]
        // The first that there is counts alone.
        var files = mains.compactMap(\.self).filter(Files.exists).prefix(1).map(\.self)
        for folder in ["\(host)/registries.conf.d", "\(own)/registries.conf.d"] {
            let names = ((try? Files.names(in: folder)) ?? []).filter { $0.hasSuffix(".conf") }
            files += names.sorted().map { "\(folder)/\($0)" }
        }
        for file in files {
            let bytes = try system { () throws(SystemCallError) in try Files.read(file, limit: 1 << 20) }
            for entry in try Self.entries(of: String(decoding: bytes, as: UTF8.self), in: file) {
                entries.removeAll { $0.name == entry.name }
                entries.append(entry)
            }
        }
    }

    /// What is said of `repository` at `registry`: by the longest name that is the beginning of theirs.
    func entry(for registry: String, _ repository: String) -> Entry? {
        let name = repository.isEmpty ? registry : "\(registry)/\(repository)"
        return entries.filter { $0.covers(name, registry: registry) }.max { $0.name.utf8.count < $1.name.utf8.count }
    }

    /// The `[[registry]]` tables of `text`: the lines of TOML that these files are written in.
    static func entries(of text: String, in file: String) throws(ImageError) -> [Entry] {
        var (found, table) = ([Entry](), "")
        for line in text.split(whereSeparator: \.isNewline).map({ TOMLLine($0) }) {
            switch line {
            case .table(let name):
                table = name
                if table == "[registry]" { found.append(Entry(file: file)) }
                if table == "[registry.mirror]", let last = found.indices.last { found[last].mirrors.append(Mirror()) }
            case .pair(let key, let value):
                guard let last = found.indices.last else { continue }
                if table == "[registry]" { try found[last].take(key, value) }
                if table == "[registry.mirror]", let mirror = found[last].mirrors.indices.last {
                    try found[last].mirrors[mirror].take(key, value, file)
                }
            case .other: continue
            }
        }
        return found.filter { !$0.name.isEmpty }
    }
}

extension RegistriesConfiguration {
    fileprivate static func flag(_ key: String, _ value: String, _ file: String) throws(ImageError) -> Bool {
        guard let flag = Bool(value) else {
            throw .badSetting(file, reason: "\(key) = \(printable(value)) is neither true nor false")
        }
        return flag
    }
}

extension RegistriesConfiguration.Mirror {
    fileprivate mutating func take(_ key: String, _ value: String, _ file: String) throws(ImageError) {
        switch key {
        case "location": location = value
        case "insecure": insecure = try RegistriesConfiguration.flag(key, value, file)
        case "pull-from-mirror": use = value
        default: return
        }
    }
}

extension RegistriesConfiguration.Entry {
    fileprivate mutating func take(_ key: String, _ value: String) throws(ImageError) {
        switch key {
        case "prefix": prefix = value
        case "location": location = value
        case "insecure": insecure = try RegistriesConfiguration.flag(key, value, file)
        case "blocked": blocked = try RegistriesConfiguration.flag(key, value, file)
        default: return
        }
    }

    fileprivate func covers(_ text: String, registry: String) -> Bool {
        if name.hasPrefix("*.") {
            return registry.prefix { $0 != ":" }.hasSuffix(name.dropFirst())
        }
        guard text.hasPrefix(name) else { return false }
        // `host` is not the beginning of `host2`, nor of `host:5000`.
        let rest = text.dropFirst(name.count)
        return rest.isEmpty || rest.hasPrefix("/")
    }
}

/// One line of a file in TOML, as far as tables of strings and truths go.
enum TOMLLine: Hashable {
    /// `[[registry]]` without its outer brackets.
    case table(String)
    /// The value without quotes.
    case pair(String, String)
    case other

    init(_ line: Substring) {
        let text = Self.trimmed(Self.withoutComment(line))
        if text.hasPrefix("["), text.hasSuffix("]"), text.count > 2 {
            self = .table(text.dropFirst().dropLast().filter { !$0.isWhitespace })
            return
        }
        guard let equals = text.firstIndex(of: "=") else {
            self = .other
            return
        }
        let value = Self.trimmed(text[text.index(after: equals)...])
        let quote = value.first.flatMap { $0 == "\"" || $0 == "'" ? $0 : nil }
        let isQuoted = quote != nil && value.count > 1 && value.last == quote
        self = .pair(Self.trimmed(text[..<equals]), isQuoted ? String(value.dropFirst().dropLast()) : value)
    }

    /// What stands before a `#` that is in no quotes.
    private static func withoutComment(_ line: Substring) -> Substring {
        var quote: Character?
        for index in line.indices {
            let character = line[index]
            if character == quote {
                quote = nil
            } else if quote == nil, character == "\"" || character == "'" {
                quote = character
            } else if quote == nil, character == "#" {
                return line[..<index]
            }
        }
        return line
    }

    private static func trimmed(_ text: Substring) -> String {
        let start = text.drop(while: \.isWhitespace)
        return String(start.reversed().drop(while: \.isWhitespace).reversed())
    }

    private static func trimmed(_ text: String) -> String { trimmed(text[...]) }
}
