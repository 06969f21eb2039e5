import Linux

/// What a distribution's own image with the same programs takes: its base system, the packages that the programs are
/// from, and all that those depend on. From dpkg's files; another's are not read.
struct Distribution {
    private struct Package {
        var size: Int64 = 0
        var depends: [[String]] = []
        var provides: [String] = []
        var isBase = false
    }

    private var packages: [String: Package] = [:]
    private var providers: [String: String] = [:]
    private let information: String

    /// `nil` where the host has no dpkg.
    init?(root: String = "") {
        information = "\(root)/var/lib/dpkg/info"
        guard let text = Files.text("\(root)/var/lib/dpkg/status") else { return nil }
        var name = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            guard let colon = line.firstIndex(of: ":"), line.first != " " else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            switch line[..<colon] {
            case "Package":
                name = String(value)
                packages[name] = packages[name] ?? Package()
            case "Installed-Size": packages[name]?.size = (Int64(value) ?? 0) << 10
            case "Essential" where value == "yes": packages[name]?.isBase = true
            case "Priority" where value == "required": packages[name]?.isBase = true
            case "Depends", "Pre-Depends": packages[name]?.depends += Self.alternatives(value)
            case "Provides": packages[name]?.provides += Self.alternatives(value).compactMap(\.first)
            default: continue
            }
        }
        guard !packages.isEmpty else { return nil }
        for (name, package) in packages.sorted(by: { $0.key < $1.key }) {
            for provided in package.provides { providers[provided] = providers[provided] ?? name }
        }
    }

    /// `a (>= 1) | b, c:any`.
    private static func alternatives(_ text: Substring) -> [[String]] {
        text.split(separator: ",").map { group in
            group.split(separator: "|").map { word in
                String(word.drop { $0 == " " }.prefix { $0 != " " && $0 != "(" && $0 != ":" })
            }
        }
    }

    /// Bytes of the base system and of what is needed for the files at `paths`; `nil` where none of those is a package's.
    func size(for paths: [String]) -> Int64? {
        let owners = owners(
            of: Set(paths.flatMap { [$0, $0.hasPrefix("/usr/") ? String($0.dropFirst(4)) : "/usr\($0)"] }))
        guard !owners.isEmpty else { return nil }
        var left = owners + packages.filter { $0.value.isBase }.map(\.key)
        var taken: Set<String> = []
        var total: Int64 = 0
        while let name = left.popLast() {
            guard let package = packages[name], taken.insert(name).inserted else { continue }
            total += package.size
            for group in package.depends {
                // What is installed is what was chosen.
                let known = group.lazy.compactMap { packages[$0] != nil ? $0 : providers[$0] }
                if let chosen = known.first { left.append(chosen) }
            }
        }
        return total
    }

    private func owners(of paths: Set<String>) -> [String] {
        var found: Set<String> = []
        for name in (try? Files.names(in: information)) ?? [] where name.hasSuffix(".list") {
            guard let bytes = try? Files.read("\(information)/\(name)") else { continue }
            let isOwner = bytes.split(separator: UInt8(ascii: "\n")).contains {
                paths.contains(String(decoding: $0, as: UTF8.self))
            }
            if isOwner { found.insert(String(name.dropLast(5).prefix { $0 != ":" })) }
        }
        return found.sorted()
    }
}
