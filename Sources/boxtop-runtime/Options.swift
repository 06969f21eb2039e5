import Linux

/// The options and arguments of a verb: `--name value`, `--name=value`, `-n value`, switches without a value.
struct Options {
    // Two lists in place of a dictionary: its tables, made at each start, would cost more than all the looking up.
    private var names: [String] = []
    private var values: [String] = []
    private(set) var arguments: [String] = []

    /// - Parameters:
    ///   - valued: long names that take a value.
    ///   - switches: long names that do not.
    ///   - short: letters, each the short form of a long name.
    ///   - stopAtArgument: what follows the first argument is not read as options: it is a command line.
    init(
        _ words: [String], valued: [String], switches: [String] = [],
        short: @autoclosure () -> [String: String] = [:], stopAtArgument: Bool = false
    ) throws(Failure) {
        var rest = words[...]
        while let word = rest.popFirst() {
            guard word.begins(with: "-"), word != "-", word != "--" else {
                if word != "--" { arguments.append(word) }
                if word == "--" || stopAtArgument {
                    arguments += rest
                    return
                }
                continue
            }
            let bare = word.utf8.drop { $0 == UInt8(ascii: "-") }
            let equals = bare.firstIndex(of: UInt8(ascii: "="))
            let given = String(Substring(bare[..<(equals ?? bare.endIndex)]))
            let attached = equals.map { String(Substring(bare[bare.index(after: $0)...])) }
            let name = word.begins(with: "--") ? given : short()[given] ?? given
            if switches.contains(name) {
                remove(name)
                if attached != "false" { add(name, "") }
            } else if valued.contains(name) {
                guard let value = attached ?? rest.popFirst() else { throw Failure("\(word) needs a value") }
                add(name, value)
            } else if word == "-h" || word == "--help" {
                throw Failure(Main.usage, exitCode: 0)
            } else {
                throw Failure("there is no option \(word)")
            }
        }
    }

    private mutating func add(_ name: String, _ value: String) {
        names.append(name)
        values.append(value)
    }

    private mutating func remove(_ name: String) {
        while let index = names.firstIndex(of: name) {
            names.remove(at: index)
            values.remove(at: index)
        }
    }

    /// The last value given; an empty one is none, as to runc.
    func value(_ name: String) -> String? {
        guard let index = names.lastIndex(of: name), !values[index].isEmpty else { return nil }
        return values[index]
    }
    func all(_ name: String) -> [String] { names.indices.filter { names[$0] == name }.map { values[$0] } }
    func has(_ name: String) -> Bool { names.contains(name) }

    /// The only argument.
    func id() throws(Failure) -> String {
        guard arguments.count == 1 else { throw Failure("exactly one container id is needed") }
        return arguments[0]
    }

    /// Those in front of the verb; what is left of `words` begins with the verb.
    static func global(_ words: inout [String]) throws(Failure) -> Options {
        let options = try Options(
            words, valued: ["root", "log", "log-format", "log-level", "cgroup-manager", "rootless", "criu"],
            switches: ["debug", "systemd-cgroup", "help", "version"],
            short: ["h": "help", "s": "systemd-cgroup", "v": "version"], stopAtArgument: true)
        if options.has("version") {
            words = ["--version"]
            return options
        }
        if options.has("help") {
            throw Failure(Main.usage, exitCode: 0)
        }
        words = options.arguments
        return options
    }
}
