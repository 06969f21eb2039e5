import ArgumentParser
import Glibc

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
