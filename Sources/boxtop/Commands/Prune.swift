import ArgumentParser
import Containers

struct Prune: Verb {
    static let configuration = CommandConfiguration.verb(
        "prune", "Remove all containers that do not run.", example: "boxtop prune -f")

    @OptionGroup var prune: PruneOptions

    func run(in context: Context) throws -> Int32 {
        guard try prune.allows("all containers that do not run") else { return 1 }
        try Self.prune(in: context)
        return 0
    }

    static func prune(in context: Context) throws {
        for id in try context.containers().prune() { Stream.output.say(id) }
    }
}
