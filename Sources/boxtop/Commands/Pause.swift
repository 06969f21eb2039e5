import ArgumentParser
import Containers

struct Pause: Verb {
    static let configuration = CommandConfiguration.verb(
        "pause", "Hold all processes of containers still.", example: "boxtop pause batch")

    @Argument(help: "Names or ids.", completion: .containers) var containers: [String]

    func run(in context: Context) throws -> Int32 {
        try context.each(containers) { containers, reference in try containers.pause(reference) }
    }
}
