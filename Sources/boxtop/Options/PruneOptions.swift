import ArgumentParser
import Glibc

/// Whether a prune removes what somebody has named: it asks at a terminal, and wants --force elsewhere. What nobody has
/// named goes without.
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
