import ArgumentParser
import Containers
import Glibc

struct Prune: Verb {
    static let configuration = CommandConfiguration.verb(
        "prune", "Remove all containers that do not run.", example: "boxtop prune -f")

    @Flag(name: [.short, .long], help: "Don't ask.")
    var force = false

    func run(in context: Context) throws -> Int32 {
        if !force {
            guard isatty(0) == 1 else {
                throw Failure("prune removes all containers that do not run: say so with --force")
            }
            Stream.output.write("Remove all containers that do not run? [y/N] ")
            guard ["y", "yes"].contains(readLine()?.lowercased()) else { return 1 }
        }
        for id in try context.containers().prune() { Stream.output.say(id) }
        return 0
    }
}
