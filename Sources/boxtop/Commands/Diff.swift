import ArgumentParser
import Containers
import Images

struct Diff: Verb {
    static let configuration = CommandConfiguration.verb(
        "diff", "Show what a container has added (A), changed (C) and deleted (D) in its image's files.",
        example: "boxtop diff web", usage: "CONTAINER")

    @Argument(help: "Name, id or the beginning of an id.", completion: .containers) var container: String

    func run(in context: Context) throws -> Int32 {
        for change in try context.containers().changes(container) {
            Stream.output.say("\(change.kind.rawValue) \(printable(change.path))")
        }
        return 0
    }
}
