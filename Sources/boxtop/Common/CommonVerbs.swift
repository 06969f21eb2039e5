import ArgumentParser
import Containers
import Flags
import Records

/// The verbs that must be quick, with the words that are mostly typed after them.
///
/// Argument-parser finds out by reflection what a verb takes. That was two thirds of all that a `create` executed before
/// the container was made: 6 ms of each `run`, 2.5 of each `ps`. Here the common words are read by hand. What is not
/// common, or not right, gives `nil`, and argument-parser reads it and says what there is to say.
enum CommonVerbs {
    typealias Action = (Context) throws -> Int32

    /// What `words` after the verb `name` ask for.
    static func action(_ name: String, _ words: [String]) -> Action? {
        switch name {
        case "ps", "ls", "list": ContainerTable(common: words).map { table in { try table.show(in: $0) } }
        case "images": images(words)
        case "image" where words.first == "ls" || words.first == "list": images(Array(words.dropFirst()))
        case "run": CommonRun(words, detaches: true).map { run in { try run.run(in: $0) } }
        case "create": CommonRun(words, detaches: false).map { run in { try run.create(in: $0) } }
        case "exec": CommonExec(words).map { exec in { try exec.run(in: $0) } }
        case "start": names(words).map { names in { try Start.start(names, in: $0) } }
        case "stop": names(words).map { names in { try Stop.stop(names, in: $0) } }
        case "rm", "remove": rm(words)
        default: nil
        }
    }

    private static func images(_ words: [String]) -> Action? {
        ImageTable(common: words).map { table in { try table.show(in: $0) } }
    }

    private static func names(_ words: [String]) -> [String]? {
        words.isEmpty || words.contains { $0.hasPrefix("-") || $0.isEmpty } ? nil : words
    }

    private static func rm(_ words: [String]) -> Action? {
        var (force, volumes) = (false, false)
        var words = CommonWords(words)
        let isKnown = words.read { flag in
            switch flag {
            case "-f", "--force": force = true
            case "-v", "--volumes": volumes = true
            default: return false
            }
            return true
        }
        guard isKnown, let names = names(Array(words.rest)) else { return nil }
        return { [force, volumes] in try Rm.remove(names, force: force, volumes: volumes, in: $0) }
    }
}
