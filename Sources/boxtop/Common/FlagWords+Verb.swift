import ArgumentParser
import Flags
import JSON

extension ParsableCommand {
    /// The one below it that is typed as `name`.
    static func subcommand(called name: String) -> (any ParsableCommand.Type)? {
        configuration.subcommands.first { $0._commandName == name || $0.configuration.aliases.contains(name) }
    }
}

extension FlagWords {
    /// `words` of `verb` without values at its flags, empty ones behind `=`, and values behind several letters, none of
    /// which argument-parser takes.
    ///
    /// - Parameter isNeeded: whether words are looked at.
    static func plain(
        _ words: [String], of verb: any ParsableCommand.Type, where isNeeded: ([String]) -> Bool = hasValues
    ) throws -> [String] {
        guard isNeeded(words) else { return words }
        if let part = verb.subcommand(called: words[0]) {
            return [words[0]] + (try plain(Array(words.dropFirst()), of: part, where: isNeeded))
        }
        do throws(FlagError) { return try FlagWords(of: verb)?.plain(words) ?? words } catch {
            // With the words that lead to the verb's help, as after any other mistake in its flags.
            throw ValidationError(error.description)
        }
    }

    /// What argument-parser itself knows of `verb`; only asked where it is needed, since that takes milliseconds.
    private init?(of verb: any ParsableCommand.Type) {
        let text = Array(verb._dumpHelp().utf8)
        guard let arguments = try? JSON.decode(Description.self, from: text).command.arguments else { return nil }
        func names(_ kind: String) -> [[String]] {
            arguments.filter { $0.kind == kind }.map { ($0.names ?? []).map(\.typed) }
        }
        self.init(
            flags: names("flag"), options: Set(names("option").joined()),
            endsAtFirst: arguments.contains { $0.kind == "positional" && $0.parsingStrategy == "allRemainingInput" })
    }

    private struct Description: Decodable {
        var command: Command

        struct Command: Decodable { var arguments: [Argument]? }
        struct Argument: Decodable {
            var kind: String
            var names: [Name]?
            var parsingStrategy: String?
        }
        struct Name: Decodable {
            var kind: String
            var name: String
            var typed: String { kind == "long" ? "--\(name)" : "-\(name)" }
        }
    }
}
