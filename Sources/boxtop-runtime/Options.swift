/// The options and arguments of a verb: `--name value`, `--name=value`, `-n value`, switches without a value.
struct Options {
    private var values: [String: [String]] = [:]
    private(set) var arguments: [String] = []

    /// - Parameters:
    ///   - valued: long names that take a value.
    ///   - switches: long names that do not.
    ///   - short: letters, each the short form of a long name.
    ///   - stopAtArgument: what follows the first argument is not read as options: it is a command line.
    init(
        _ words: [String], valued: Set<String>, switches: Set<String> = [], short: [String: String] = [:],
        stopAtArgument: Bool = false
    ) throws(Failure) {
        var rest = words[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("-"), word != "-", word != "--" else {
                if word != "--" { arguments.append(word) }
                if word == "--" || stopAtArgument {
                    arguments += rest
                    return
                }
                continue
            }
            let bare = word.drop { $0 == "-" }
            let parts = bare.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let name = word.hasPrefix("--") ? parts[0] : short[parts[0]] ?? parts[0]
            if switches.contains(name) {
                values[name] = parts.count > 1 && parts[1] == "false" ? nil : [""]
            } else if valued.contains(name) {
                guard let value = parts.count > 1 ? parts[1] : rest.popFirst() else {
                    throw Failure("\(word) needs a value")
                }
                values[name, default: []].append(value)
            } else {
                throw Failure("there is no option \(word)")
            }
        }
    }

    func value(_ name: String) -> String? { values[name]?.last }
    func all(_ name: String) -> [String] { values[name] ?? [] }
    func has(_ name: String) -> Bool { values[name] != nil }

    /// The only argument.
    func id() throws(Failure) -> String {
        guard arguments.count == 1 else { throw Failure("exactly one container id is needed") }
        return arguments[0]
    }

    /// Those in front of the verb; what is left of `words` begins with the verb.
    static func global(_ words: inout [String]) throws(Failure) -> Options {
        if let first = words.first, first == "--version" || first == "-v" { return try Options([], valued: []) }
        let options = try Options(
            words, valued: ["root", "log", "log-format", "log-level", "cgroup-manager", "rootless"],
            switches: ["debug", "systemd-cgroup", "help"], short: ["h": "help", "s": "systemd-cgroup"],
            stopAtArgument: true)
        if options.has("help") {
            throw Failure(Main.usage, exitCode: 0)
        }
        words = options.arguments
        return options
    }
}
