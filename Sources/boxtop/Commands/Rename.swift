import ArgumentParser
import Containers

struct Rename: Verb {
    static let configuration = CommandConfiguration.verb(
        "rename", "Give a container another name.", example: "boxtop rename web web-old")

    @Argument(help: "Name or id.", completion: .containers) var container: String
    @Argument(help: "The name from now on.") var name: String

    func run(in context: Context) throws -> Int32 {
        try context.containers().rename(container, to: name)
        return 0
    }
}
