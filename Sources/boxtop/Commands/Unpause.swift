import ArgumentParser
import Containers

struct Unpause: Verb {
    static let configuration = CommandConfiguration.verb(
        "unpause", "Let paused containers go on.", example: "boxtop unpause batch")

    @Argument(help: "Names or ids.", completion: .containers) var containers: [String]

    func run(in context: Context) throws -> Int32 {
        try context.each(containers) { containers, reference in try containers.unpause(reference) }
    }
}
