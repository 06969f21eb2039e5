/// What is typed into the palette for the command line: `stop web`, with or without `boxtop` before it.
struct TypedCommand: Hashable, Sendable {
    let words: [String]

    /// Verbs that do something, and are done.
    static let doing: Set<String> = [
        "build", "commit", "cp", "create", "import", "kill", "load", "logout", "pause", "prune", "pull", "push",
        "remove", "rename", "restart", "rm", "rmi", "run", "start", "stop", "tag", "unpause", "update",
    ]
    /// Verbs that are there for what they print, or want a terminal. There is no place for either beside the screen.
    static let showing: Set<String> = [
        "attach", "diff", "events", "exec", "export", "history", "images", "info", "inspect", "list", "login", "logs",
        "ls", "manual", "port", "ps", "save", "stats", "top", "version", "wait",
    ]
    /// Verbs with further ones after them.
    static let groups: Set<String> = ["container", "image", "network", "system", "volume"]
    private static let showingInGroup: Set<String> = ["df", "repair", "tree", "verify"]
    /// What shows the same here.
    private static let keys = [
        "exec": "e opens a shell", "images": ": images shows them", "image ls": ": images shows them",
        "inspect": "i shows it", "list": "the list is here", "logs": "l shows them", "ls": "the list is here",
        "network ls": ": networks shows them", "ps": "the list is here", "top": "Enter shows them",
        "volume ls": ": volumes shows them",
    ]

    /// `nil` where a quote is left open.
    init?(_ text: String) {
        guard let words = Words.split(text) else { return nil }
        self.words = words.first == "boxtop" ? Array(words.dropFirst()) : words
    }

    /// A verb, and what it is to be done to: no action is meant, whatever words its help has.
    var isCertain: Bool {
        guard words.count > 1, let verb = words.first else { return false }
        return Self.doing.contains(verb) || Self.showing.contains(verb) || Self.groups.contains(verb)
    }

    /// Why it is not done beside the screen, as a sentence with what would help; `nil` where it is.
    var refusal: String? {
        guard let first = words.first else { return "a command is missing, as in stop web" }
        let isGroup = Self.groups.contains(first)
        let (verb, rest) = isGroup ? (words.dropFirst().first ?? first, words.dropFirst(2)) : (first, words.dropFirst())
        // One letter among several, as in -itd.
        let detaches = rest.contains { $0 == "--detach" || $0.wholeMatch(of: /-[a-z]*d[a-z]*/) != nil }
        let attaches = rest.contains { ["-a", "-i", "-ai", "-ia", "--attach", "--interactive"].contains($0) }
        switch verb {
        case "run" where !detaches: return "run without -d wants a terminal: run -d, or n for the form"
        case "start" where attaches: return "start -a wants a terminal: leave it out; l shows logs"
        case "exec" where detaches: return nil
        case _ where Self.showing.contains(verb) || isGroup && Self.showingInGroup.contains(verb):
            // `container logs` is `logs`; `volume ls` is not what `ls` is.
            let title = isGroup && first != "container" ? "\(first) \(verb)" : verb
            let key = Self.keys[title].map { "; \($0)" } ?? ""
            return "boxtop \(title) prints: run it in a shell\(key)"
        default: return nil
        }
    }
}
