import ArgumentParser
import Containers
import Flags

struct Exec: StartingVerb {
    static let configuration = CommandConfiguration.verb(
        "exec", "Run a further program in a running container.", example: "boxtop exec -it web bash",
        usage: "[-it] [-d] [-e KEY=VALUE] [-u USER] [-w DIR] CONTAINER COMMAND [ARGUMENT ...]",
        discussion: "Ends with the program's exit code.")

    // Docker's code for a container that does not run, and the like.
    static let failureCode: Int32 = 1

    @Flag(name: [.short, .long], help: "Don't wait for it; its output goes nowhere.")
    var detach = false
    @Flag(name: [.short, .long], help: "Give it a terminal.")
    var tty = false
    @Flag(name: [.short, .long], help: "Give it this standard input.")
    var interactive = false
    @Option(
        name: .joined("e", "env"), parsing: .unconditionalSingleValue, help: "A variable: KEY=VALUE, or KEY for yours.")
    var environment: [String] = []
    @Option(name: .customLong("env-file"), help: "A file of variables, a line each.", completion: .file())
    var environmentFiles: [String] = []
    @Option(name: .joined("u", "user"), help: "NAME or UID, with :GROUP where wanted.")
    var user: String?
    @Option(name: .joined("w", "workdir"), help: "The folder that it starts in.")
    var workdir: String?
    @Flag(name: .long, help: "With all capabilities.")
    var privileged = false
    @OptionGroup var attachment: AttachOptions
    @Argument(
        parsing: .captureForPassthrough, help: ArgumentHelp("The container, and the command.", valueName: "container"),
        completion: .containers)
    var words: [String] = []

    func validate() throws { try checkProgramWords(words) }

    func run(in context: Context) throws -> Int32 {
        let words = try programWords(words, of: Exec.self)
        guard let container = words.first, words.count > 1 else {
            throw Failure("a container and a command are missing, as in 'boxtop exec -it web bash'", code: 125)
        }
        var request = ExecRequest(Array(words.dropFirst()))
        request.environment = try variables(environment, environmentFiles)
        request.user = user.given
        request.workdir = workdir.given
        request.terminal = tty
        request.openInput = interactive
        request.privileged = privileged
        request.detach = detach
        return try Self.exec(request, in: container, try attachment.read(), context)
    }

    static func exec(
        _ request: ExecRequest, in container: String, _ options: AttachOptions.Values, _ context: Context
    ) throws -> Int32 {
        if !request.detach { try Attachment.check(terminal: request.terminal, input: request.openInput) }
        var request = request
        if request.terminal { request.environment.insert("TERM=\(context.environment["TERM"] ?? "xterm")", at: 0) }
        var executing = try context.containers().exec(container, request)
        if request.detach { return 0 }
        guard let terminal = executing.terminal.take() else { return try executing.wait() }
        let ending = try TerminalCopy(to: terminal, input: request.openInput, keys: options.detachKeys).run()
        if ending == .detached {
            executing.leave()
            Stream.error.say("boxtop: left running; an exec cannot be attached to again")
            return 0
        }
        return try executing.wait()
    }
}
