import ArgumentParser
import Containers
import Flags
import Linux

/// What runs in the container, and as whom.
struct ProgramOptions: ParsableArguments {
    @Option(
        name: .joined("e", "env"), parsing: .unconditionalSingleValue, help: "A variable: KEY=VALUE, or KEY for yours.")
    var environment: [String] = []
    @Option(name: .customLong("env-file"), help: "A file of variables, a line each.", completion: .file())
    var environmentFiles: [String] = []
    @Option(name: .joined("w", "workdir"), help: "The folder that it starts in.")
    var workdir: String?
    @Option(name: .joined("u", "user"), help: "NAME or UID, with :GROUP where wanted.")
    var user: String?
    @Option(name: .customLong("group-add"), help: "A further group, by name or number.")
    var groups: [String] = []
    @Option(name: .long, help: "The program in place of the image's entry point; empty for none.")
    var entrypoint: String?
    @Option(name: .joined("h", "hostname"), help: "Its host name.")
    var hostname: String?
    @Option(name: .long, help: "Its domain name.")
    var domainname: String?
    @Flag(name: [.short, .long], help: "Give it a terminal.")
    var tty = false
    @Flag(name: [.short, .long], help: "Keep its standard input open.")
    var interactive = false
    @Flag(name: .customLong("init"), help: "Run a tiny process 1 that reaps orphans and passes signals on.")
    var initProcess = false
    @Option(name: .customLong("stop-signal"), help: "The signal that asks it to end.")
    var stopSignal: String?
    @Option(
        name: .customLong("stop-timeout"), parsing: .unconditional,
        help: "Seconds from that signal to SIGKILL; -1 waits for ever.")
    var stopTimeout: String?
    @Option(name: .long, help: "A limit of its processes, as in nofile=1024:2048.")
    var ulimit: [String] = []
    @Option(
        name: .customLong("oom-score-adj"), parsing: .unconditional,
        help: "-1000 to 1000: who goes first without memory.")
    var oomScore: String?
    @Option(name: .long, help: "A kernel parameter of its namespaces, as in net.ipv4.ip_forward=1.")
    var sysctl: [String] = []

    func apply(to new: inout NewContainer) throws {
        new.environment = try variables(environment, environmentFiles)
        new.workdir = workdir.given
        new.user = user.given
        new.supplementaryGroups = groups
        new.entrypoint = entrypoint.map { $0.isEmpty ? [] : [$0] }
        new.hostname = hostname.given
        new.domainname = domainname.given
        new.terminal = tty
        new.openInput = interactive
        new.initProcess = initProcess
        new.stopSignal = try stopSignal.given.map { try FlagValue("--stop-signal", $0).parsed(by: Parse.signal) }
        new.stopTimeout = try stopTimeout.map { try FlagValue("--stop-timeout", $0).grace() }
        new.ulimits = try ulimit.map { try FlagValue("--ulimit", $0).parsed(by: Parse.ulimit) }
        new.oomScoreAdjustment = try oomScore.map {
            Int(try FlagValue("--oom-score-adj", $0).number(in: -1000...1000))
        }
        for text in sysctl {
            let pair = try FlagValue("--sysctl", text).parsed(by: Parse.label)
            new.sysctls[pair.key] = pair.value
        }
    }
}

/// The variables of `-e` and `--env-file`; those of `-e` come last, so that they win.
func variables(_ texts: [String], _ files: [String]) throws -> [String] {
    var variables: [String] = []
    for path in files {
        let file = FlagValue("--env-file", path)
        guard let contents = String(validating: try Files.read(path, limit: 1 << 20), as: UTF8.self) else {
            throw file.refused("is not UTF-8")
        }
        variables += try file.variables(of: contents)
    }
    return try variables + texts.map { try FlagValue("--env", $0).variable() }
}
