import ArgumentParser
import Containers
import Records

struct Attach: Verb {
    static let configuration = CommandConfiguration.verb(
        "attach", "Show a running container's output and type into it.", example: "boxtop attach web",
        discussion: "ctrl-p ctrl-q leaves it running.")

    @Flag(name: .customLong("no-stdin"), help: "Only watch.")
    var noInput = false
    @OptionGroup var attachment: AttachOptions
    @Argument(help: "Name or id.", completion: .containers) var container: String

    func run(in context: Context) throws -> Int32 {
        let options = try attachment.read()
        let containers = try context.containers()
        let record = try containers.find(container)
        let input = record.openInput && !noInput
        try Attachment.check(terminal: record.terminal, input: input)
        let connection = try containers.attach(record.id, input: input)
        return try Attachment(containers, record, input: input, options).run(over: connection)
    }
}
