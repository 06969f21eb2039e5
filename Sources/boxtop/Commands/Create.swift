import ArgumentParser
import Containers
import Flags
import Records

struct Create: StartingVerb {
    static let configuration = CommandConfiguration.verb(
        "create", "Make a container without starting it, and print its id.",
        example: "boxtop create --name web --memory 256m tools httpd", usage: CreationOptions.usage,
        keepsShortHelp: false)

    @Option(
        name: .joined("a", "attach"),
        help: "stdin, stdout or stderr: taken for docker's scripts, where it has no effect either; see start -a.")
    var attach: [String] = []
    @OptionGroup var creation: CreationOptions

    func run(in context: Context) throws -> Int32 {
        _ = try JoinedStreams(attach)
        let new = try creation.request(of: Self.self, in: context)
        return try Self.create(new, creation.making, in: context)
    }

    static func create(_ new: NewContainer, _ making: Making, in context: Context) throws -> Int32 {
        let containers = try context.containers()
        Stream.output.say(try context.create(new, in: containers, making).record.id)
        return 0
    }
}
