import ArgumentParser
import Containers
import Records

struct Start: StartingVerb {
    static let configuration = CommandConfiguration.verb(
        "start", "Start containers that were made or have ended.", example: "boxtop start -a web",
        usage: "[-a] [-i] CONTAINER ... | --boot")

    @Flag(name: [.short, .long], help: "Show its output, and end with its exit code.")
    var attach = false
    @Flag(name: [.short, .long], help: "Give it this standard input too.")
    var interactive = false
    @Flag(help: "Start all whose restart policy asks for it: for when the machine has booted.")
    var boot = false
    @OptionGroup var attachment: AttachOptions
    @Argument(help: "Names or ids.", completion: .containers) var containers: [String] = []

    func validate() throws {
        guard boot == containers.isEmpty else {
            throw ValidationError(boot ? "--boot names no containers" : "name at least one container")
        }
        if boot, attach || interactive { throw ValidationError("--boot starts many, so leave out -a and -i") }
    }

    func run(in context: Context) throws -> Int32 {
        if boot {
            let containers = try context.containers()
            containers.adoptAll()
            return try context.each(containers.wantedAtBoot()) { _ = try $0.start($1) }
        }
        guard attach || interactive else {
            return try Self.start(containers, in: context)
        }
        guard containers.count == 1 else { throw Failure("one container at a time can be attached to; name one") }
        let options = try attachment.read()
        let all = try context.containers()
        let record = try all.find(containers[0])
        try Attachment.check(terminal: record.terminal, input: interactive)
        var started = try all.start(record.id, attach: true)
        guard let client = started.client.take() else { return 0 }
        return try Attachment(all, record, input: interactive, options).run(over: AttachedStream(socket: client))
    }

    static func start(_ names: [String], in context: Context) throws -> Int32 {
        try context.each(names) { containers, reference in _ = try containers.start(reference) }
    }
}
