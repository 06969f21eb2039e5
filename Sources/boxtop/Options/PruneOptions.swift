import ArgumentParser
import Flags
import Glibc
import Linux

/// Whether a prune removes what nobody can make anew, or has named: it asks at a terminal, and wants --force elsewhere.
/// Images without a name go without.
struct PruneOptions: ParsableArguments {
    @Flag(name: [.short, .long], help: "Don't ask.")
    var force = false

    /// - Parameter what: `all containers that do not run`.
    func allows(_ what: String) throws -> Bool {
        if force { return true }
        guard isatty(0) == 1 else { throw Failure("prune removes \(what): say so with --force") }
        Stream.output.write("Remove \(what)? [y/N] ")
        return ["y", "yes"].contains(readLine()?.lowercased())
    }
}

/// Which of what is not in use a prune takes.
struct PruneFilter {
    private let filter: ListFilter
    private let until: Timestamp

    static let help: ArgumentHelp =
        "until=24h or a time: those that were made before; label=KEY[=VALUE], label!=KEY[=VALUE]."

    /// What it knows.
    static let keys = ["until", "label", "label!"]

    init(_ texts: [String]) throws(FlagError) {
        filter = try ListFilter(texts, keys: Self.keys)
        let now = Timestamp.now
        var until = now
        for wish in filter.wishes where wish.key == "until" {
            until = min(until, try FlagValue("--filter until", wish.value).moment(now: now))
        }
        self.until = until
    }

    func matches(created: Timestamp, labels: [String: String]) -> Bool {
        filter.matches { wish in wish.key == "until" ? created <= until : wish.isMet(by: labels) }
    }
}
