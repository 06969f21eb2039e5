import ArgumentParser

extension CommandConfiguration {
    /// A verb's: one sentence, and an example as it is typed.
    ///
    /// - Parameters:
    ///   - usage: what follows the verb, where argument-parser's own line says too little.
    ///   - keepsShortHelp: `-h` asks for help; off where it means something else.
    ///   - group: the words before the verb.
    static func verb(
        _ name: String, _ abstract: String, example: String, usage: String? = nil, discussion: String = "",
        aliases: [String] = [], keepsShortHelp: Bool = true, group: String = "boxtop"
    ) -> CommandConfiguration {
        CommandConfiguration(
            commandName: name, _superCommandName: group, abstract: abstract,
            usage: usage.map { "\(group) \(name) \($0)" },
            discussion: (discussion.isEmpty ? "" : discussion + "\n\n") + "EXAMPLE: \(example)",
            helpNames: keepsShortHelp ? nil : .long, aliases: aliases)
    }
}

extension CompletionKind {
    /// Names of containers.
    static var containers: CompletionKind { .shellCommand("boxtop ps -a --format '{{.Name}}' 2>/dev/null") }
}

extension NameSpecification {
    /// `-e VALUE`, `-eVALUE` and `--env VALUE`.
    static func joined(_ short: Character, _ long: String) -> NameSpecification {
        [.customShort(short, allowingJoined: true), .customLong(long)]
    }
}

/// Refuses an option that is not known, which the parser counts among the positionals of a verb that passes on what
/// follows the first.
func checkProgramWords(_ words: [String]) throws {
    guard let first = words.first, first.hasPrefix("-"), !["--", "--help", "-h"].contains(first) else { return }
    throw ValidationError("Unknown option '\(first)'")
}

/// The positionals of a verb that passes all that follows the first on to a program.
func programWords(_ words: [String], of verb: any ParsableCommand.Type) throws -> ArraySlice<String> {
    if words.first == "--" { return words.dropFirst() }
    if words.first == "--help" || words.first == "-h" { throw CleanExit.helpRequest(verb) }
    return words[...]
}
