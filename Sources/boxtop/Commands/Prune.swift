import ArgumentParser
import Containers
import Flags
import Linux
import Records

struct Prune: Verb {
    static let configuration = CommandConfiguration.verb(
        "prune", "Remove all containers that do not run; their volumes stay.",
        example: "boxtop prune -f --filter until=24h")

    @Option(
        name: .long,
        help: "until=24h or a time: those that were made before; label=KEY[=VALUE], label!=KEY[=VALUE].")
    var filter: [String] = []
    @OptionGroup var prune: PruneOptions

    func run(in context: Context) throws -> Int32 {
        let isMeant = try Self.condition(filter)
        let which = filter.isEmpty ? "all containers" : "the containers of \(filter.joined(separator: ", "))"
        guard try prune.allows("\(which) that do not run") else { return 1 }
        try Self.prune(where: isMeant, in: context)
        return 0
    }

    static func prune(where isMeant: (ContainerRecord) -> Bool = { _ in true }, in context: Context) throws {
        for id in try context.containers().prune(where: isMeant) { Stream.output.say(id) }
    }

    private static func condition(_ texts: [String]) throws(FlagError) -> (ContainerRecord) -> Bool {
        let filter = try ListFilter(texts, keys: ["until", "label", "label!"])
        let now = Timestamp.now
        var until = now
        for text in texts where text.hasPrefix("until=") {
            until = min(until, try FlagValue("--filter until", String(text.dropFirst(6))).moment(now: now))
        }
        return { record in
            filter.matches { wish in
                wish.key == "until" ? record.created <= until : wish.isMet(by: record.labels)
            }
        }
    }
}
