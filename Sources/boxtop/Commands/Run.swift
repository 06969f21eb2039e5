import ArgumentParser
import Containers
import Flags
import Glibc
import Linux
import Records

struct Run: StartingVerb {
    static let configuration = CommandConfiguration.verb(
        "run", "Make a container and start it.",
        example: "boxtop run -it --rm --memory 256m --cpus 0.5 tools bash", usage: CreationOptions.usage,
        discussion: "Ends with the program's exit code: 125 is boxtop's own failure, 126 a command that cannot be "
            + "executed, 127 one that is not there, 128+n an end by signal n. With -a stdin alone its id "
            + "is printed, and the end of your input leaves it running.",
        keepsShortHelp: false)

    @Flag(name: [.short, .long], help: "Leave it running and print its id.")
    var detach = false
    @Option(
        name: .joined("a", "attach"), help: "stdin, stdout or stderr: what is not named is not joined to yours.")
    var attach: [String] = []
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Who tells a service manager at NOTIFY_SOCKET that it is ready: conmon, that is boxtop, once it runs; "
                + "container, at a socket of its own; ignore, nobody."))
    var sdnotify = ReadySpeaker.conmon
    @OptionGroup var creation: CreationOptions
    @OptionGroup var attachment: AttachOptions

    func run(in context: Context) throws -> Int32 {
        if detach, !attach.isEmpty {
            throw Failure("--attach and --detach exclude each other: leave -d out, and the streams that are not wanted")
        }
        let new = try creation.request(of: Self.self, in: context)
        var options = try attachment.read()
        options.streams = try JoinedStreams(attach)
        return try Self.run(new, detach: detach, creation.making, options, ready: sdnotify, in: context)
    }

    static func run(
        _ new: NewContainer, detach: Bool, _ making: Making, _ options: AttachOptions.Values,
        ready speaker: ReadySpeaker = .conmon, in context: Context
    ) throws -> Int32 {
        let manager = speaker == .ignore ? nil : ServiceManager(at: context.environment["NOTIFY_SOCKET"])
        var new = new
        new.saysReady = manager != nil && speaker == .container
        let input = new.openInput && options.streams.contains(.input)
        if !detach { try Attachment.check(terminal: new.terminal, input: input) }
        let containers = try context.containers()
        var created = try context.create(new, in: containers, making)
        let record = created.record
        let ready = ReadyWord(to: manager, from: created.ready.take())
        do {
            var started = try containers.start(created, attach: !detach)
            guard let client = started.client.take() else {
                if let ready { try tell(ready, of: started, by: containers) }
                Stream.output.say(record.id)
                return 0
            }
            // As in docker: whoever sees nothing of it has its id.
            if !options.streams.showsOutput { Stream.output.say(record.id) }
            ready?.begin(watching: getpid())
            return try Attachment(containers, record, input: input, options, ready: ready).run(
                over: AttachedStream(socket: client))
        } catch let error as ContainerError {
            // A container that never ran is of no use to anybody: nothing of it is left behind.
            try? containers.remove(record.id, force: true, volumes: true)
            throw error
        }
    }

    /// The supervisor stays as long as the container does, restarts included: it is what the manager is to watch.
    private static func tell(_ ready: ReadyWord, of started: borrowing Started, by containers: Containers) throws {
        let supervisor = containers.state(of: started.record).supervisor?.pid ?? started.running.process.pid
        ready.begin(watching: supervisor)
        try ready.attend(started.running.process, watching: supervisor)
    }
}
