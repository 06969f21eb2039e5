import ArgumentParser
import Containers
import Records

struct Prune: Verb {
    static let configuration = CommandConfiguration.verb(
        "prune", "Remove all containers that do not run; their volumes stay.",
        example: "boxtop prune -f --filter until=24h")

    @Option(name: .long, help: PruneFilter.help)
    var filter: [String] = []
    @OptionGroup var prune: PruneOptions

    func run(in context: Context) throws -> Int32 {
        let wanted = try PruneFilter(filter)
        let which = filter.isEmpty ? "all containers" : "the containers of \(filter.joined(separator: ", "))"
        guard try prune.allows("\(which) that do not run") else { return 1 }
        return try Self.prune(wanted, in: context)
    }

    /// - Returns: 1 where some could not be removed, which is said.
    static func prune(_ filter: PruneFilter, in context: Context) throws -> Int32 {
        var code: Int32 = 0
        let removed = try context.containers().prune {
            filter.matches(created: $0.created, labels: $0.labels)
        } onFailure: { error in
            Stream.error.say("boxtop: \(error)")
            code = 1
        }
        for id in removed { Stream.output.say(id) }
        return code
    }
}
