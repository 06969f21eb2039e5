/// What a command line does, in words for when it is done.
struct Deed: Hashable, Sendable {
    /// `image`, `volume`, `network`; `nil` for what is done to containers.
    private let group: String?
    let verb: String
    /// What stands behind the verb.
    private let words: [String]

    init(_ arguments: [String]) {
        let isGroup = TypedCommand.groups.contains(arguments.first ?? "") && arguments.count > 1
        group = isGroup && arguments.first != "container" ? arguments.first : nil
        let words = isGroup ? arguments.dropFirst() : arguments[...]
        verb = words.first ?? ""
        self.words = Array(words.dropFirst())
    }

    /// The verb as it was typed: `stop`, `volume create`.
    private var title: String { group.map { "\($0) \(verb)" } ?? verb }

    var isOfContainers: Bool { group == nil }

    /// Makes a container, and prints its id.
    var makesContainer: Bool { isOfContainers && (verb == "run" || verb == "create") }

    /// How it is said to be done: `stopped`, `created volume`.
    var word: String { Self.done[title] ?? "\(title): done" }

    /// Whether what the verb has said last tells how it went. Else it may be how far it was, or another program's.
    func isTold(by line: LastLine) -> Bool {
        if line.text.isEmpty || ["build", "pack", "pull"].contains(verb) { return false }
        return line.isOwn || ["commit", "cp", "import"].contains(verb)
    }

    /// Where its end is seen without the dashboard.
    var whereItShows: String {
        let list =
            switch group {
            case nil: Self.ofImages.contains(verb) ? "boxtop image ls" : "boxtop ps -a"
            case "system": "boxtop system df"
            case let group?: "boxtop \(group) ls"
            }
        return "\(list) shows when it is done"
    }

    private static let ofImages: Set<String> = ["build", "commit", "import", "load", "pull", "push", "rmi", "tag"]

    func failure(_ status: Int32) -> String { "\(title) failed with status \(status)" }

    /// `stopped web`, `created volume data`, `built tools`.
    ///
    /// - Parameters:
    ///   - named: the names of containers, by their ids.
    ///   - known: the names of all containers.
    ///   - output: the last line of standard output.
    func sentence(_ named: [String: String] = [:], known: Set<String> = [], output: String = "") -> String {
        if verb == "load" || verb == "prune", !output.isEmpty { return output }
        switch verb {
        case _ where makesContainer: return "\(word) \(value(of: "--name") ?? "a container")"
        case "build", "pack": return "\(word) \(value(of: "-t", "--tag") ?? "an image")"
        default: break
        }
        // What stands behind a flag may be its value, as in `stop -t 3 web`, unless it names a container.
        let known = known.union(named.keys)
        let pairs = zip([verb] + words, words).filter { !$1.hasPrefix("-") }
        let sure = pairs.filter { !$0.hasPrefix("-") || known.contains($1) }
        var names = (sure.isEmpty ? pairs : sure).map { named[$1] ?? $1 }
        if verb == "exec" { names = Array(names.prefix(1)) }
        if names.isEmpty, group != nil, !output.isEmpty { names = [output] }
        if group == "volume" { names = names.map(Self.short) }
        if names.count > 3, isOfContainers, verb != "rmi" { return "\(word) \(names.count) containers" }
        return "\(word) \(names.joined(separator: Self.between[verb] ?? ", "))".trimmingBlanks
    }

    /// The name of a volume that nobody named is long, and its first digits tell it apart.
    private static func short(_ name: String) -> String { name.isContainerID ? String(name.prefix(12)) : name }

    /// `--tag x`, `--tag=x`.
    private func value(of flags: String...) -> String? {
        for (index, word) in words.enumerated() {
            if flags.contains(word), index + 1 < words.count { return words[index + 1] }
            for flag in flags where word.hasPrefix("\(flag)=") { return String(word.dropFirst(flag.count + 1)) }
        }
        return nil
    }

    private static let between = ["rename": " to ", "tag": " as "]

    private static let done = [
        "start": "started", "stop": "stopped", "restart": "restarted", "pause": "paused", "unpause": "resumed",
        "kill": "signalled", "rm": "removed", "remove": "removed", "run": "started", "create": "created",
        "rename": "renamed", "update": "updated", "exec": "started a program in", "build": "built", "pull": "pulled",
        "push": "pushed", "rmi": "removed image", "tag": "tagged", "logout": "logged out of",
        "image build": "built", "image pack": "packed", "image pull": "pulled", "image push": "pushed",
        "image rm": "removed image", "image tag": "tagged",
        "volume create": "created volume", "volume rm": "removed volume",
        "network create": "created network", "network rm": "removed network",
    ]
}

/// The last line that a verb has written to standard error.
struct LastLine: Hashable, Sendable {
    let text: String
    /// Said by this program itself; else how far it was, or what a program has written that it runs.
    let isOwn: Bool

    init(_ line: String) {
        let prefix = ["boxtop: ", "Error: "].first { line.hasPrefix($0) }
        text = String(line.dropFirst(prefix?.count ?? 0))
        isOwn = prefix != nil
    }
}
