import ArgumentParser
import Flags
import Glibc
import Images
import Linux

/// Finds the verb, reads its arguments, does it, and turns what went wrong into one sentence and an exit code.
///
/// The verb is looked up before any parsing: only its own arguments are parsed, so that a list starts in milliseconds
/// and nothing after the name of a verb can be taken for an option of the whole program.
@main enum Main {
    static func main() {
        StandardStreams.open()
        // Who ignores it, as a caller may have had it, hears nothing of the end of the processes it starts.
        signal(SIGCHLD, SIG_DFL)
        var arguments = Array(CommandLine.arguments.dropFirst())
        // Each start and each end of a container waits for this: before anything else is done.
        if arguments.first == "network-hook" { exit(NetworkHook.run(Array(arguments.dropFirst()))) }
        if arguments.first == ClearUp.word { exit(ClearUp.run(Array(arguments.dropFirst()))) }
        let complaint = CallerWords.complaint
        do {
            try Places.take(from: &arguments)
        } catch {
            Stream.error.say("boxtop: \(error)")
            exit(64)
        }
        if let complaint {
            Stream.error.say("boxtop: \(printable(complaint))")
            exit((arguments.first.flatMap(Boxtop.verb) as? any Verb.Type)?.usageCode ?? 64)
        }
        // As docker has it too: container ls.
        if arguments.count > 1, arguments[0] == "container" { arguments.removeFirst() }
        if arguments == ["-v"] { arguments = ["--version"] }
        if arguments.count > 1, arguments[0] == "help" { arguments = arguments.dropFirst() + ["--help"] }
        guard let name = arguments.first, !name.hasPrefix("-"), name != "help" else {
            exit(perform(Boxtop.self, arguments, as: "boxtop"))
        }
        guard let verb = Boxtop.verb(called: name) else {
            Stream.error.say(
                "boxtop: \(AbsentVerb.sentence(for: name) ?? "there is no verb '\(name)'; see 'boxtop --help'")")
            exit(64)
        }
        let words = Array(arguments.dropFirst())
        let typed = "boxtop \(name)"
        if let action = CommonVerbs.action(name, words) { exit(perform(action, of: verb, as: typed)) }
        let part = verb.configuration.subcommands.isEmpty ? nil : words.first
        let isKnown = part.flatMap { verb.subcommand(called: $0) } != nil
        if let part, !isKnown, part != "help", !part.hasPrefix("-") {
            let absent = AbsentVerb.sentence(for: "\(name) \(part)")
            Stream.error.say(
                "boxtop: \(absent ?? "there is no verb '\(name) \(printable(part))' (see '\(typed) --help')")")
            exit(64)
        }
        exit(perform(verb, words, as: isKnown ? "\(typed) \(part ?? "")" : typed))
    }

    private static func perform(
        _ action: CommonVerbs.Action, of type: any ParsableCommand.Type, as typed: String
    ) -> Int32 {
        do {
            return ended(try action(Context.current()), type)
        } catch {
            return report(error, of: type, as: typed)
        }
    }

    /// - Parameter typed: the verb as the person has it, for the sentence that leads to its help.
    private static func perform(_ type: any ParsableCommand.Type, _ arguments: [String], as typed: String) -> Int32 {
        // Of several under one word, the one that is meant knows its exit codes.
        var type = type
        do {
            var command = try parsed(arguments, as: type)
            type = Swift.type(of: command)
            guard let verb = command as? any Verb else {
                try command.run()
                return ended(0, type)
            }
            if Swift.type(of: verb).isWriting { ClearUp.begin() }
            return ended(try verb.run(in: Context.current()), type)
        } catch {
            return report(error, of: type, as: typed)
        }
    }

    /// Letters with a value among them are only looked for where the words are not understood: that takes as long as
    /// reading them.
    private static func parsed(
        _ arguments: [String], as type: any ParsableCommand.Type
    ) throws -> any ParsableCommand {
        let words = try FlagWords.plain(arguments, of: type)
        do { return try type.parseAsRoot(words) } catch {
            guard !type.exitCode(for: error).isSuccess else { throw error }
            let split = try FlagWords.plain(words, of: type, where: FlagWords.hasLetters)
            if split == words { throw error }
            return try type.parseAsRoot(split)
        }
    }

    /// The exit code of what has ended with `code`: what standard output has not taken whole is no success.
    private static func ended(_ code: Int32, _ type: any ParsableCommand.Type) -> Int32 {
        // Whoever has closed a pipe knows.
        guard let reason = Stream.lost, reason != .brokenPipe else { return code }
        Stream.error.say("boxtop: cannot write to standard output: \(reason)")
        return code == 0 ? (type as? any Verb.Type)?.failureCode ?? 1 : code
    }

    /// Says what went wrong, and gives the exit code for it.
    private static func report(_ error: any Error, of type: any ParsableCommand.Type, as typed: String) -> Int32 {
        let verb = type as? any Verb.Type
        if let failure = error as? any SentenceError {
            Stream.error.say("boxtop: \(printable(failure.sentence))")
            return verb?.code(for: failure) ?? failure.code ?? 1
        }
        let code = type.exitCode(for: error)
        if code.isSuccess {
            // Help, asked for: the way out of argument-parser is a throw.
            Stream.output.write(type.fullMessage(for: error, columns: nil) + "\n")
            return ended(0, type)
        }
        let message = type.message(for: error)
        if !message.isEmpty {
            let isUsage = code == .validationFailure
            Stream.error.say("boxtop: \(sentence(message))\(isUsage ? " (see '\(typed) --help')" : "")")
        }
        return code == .validationFailure ? verb?.usageCode ?? code.rawValue : code.rawValue
    }

    /// The first paragraph of `message` on one line, as the middle of a sentence.
    private static func sentence(_ message: String) -> String {
        let line = message.split(separator: "\n").first.map(String.init) ?? message
        return (line.prefix(1).lowercased() + line.dropFirst()).dropLast(line.hasSuffix(".") ? 1 : 0).description
    }
}
