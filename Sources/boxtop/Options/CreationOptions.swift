import ArgumentParser
import Containers
import Flags
import Linux
import OCI
import Records

/// Everything that `create` and `run` have in common.
struct CreationOptions: ParsableArguments {
    @Option(name: .long, help: "Its name; else one is made up.")
    var name: String?
    @Option(name: .long, help: "Run a plain folder in place of an image; no IMAGE follows.", completion: .directory)
    var rootfs: String?
    @Flag(name: .customLong("rm"), help: "Remove it when it has ended.")
    var remove = false
    @Option(name: .long, help: "no, on-failure[:N], always or unless-stopped.")
    var restart: String?
    @Option(name: .joined("l", "label"), help: "KEY=VALUE, for filters.")
    var labels: [String] = []
    @Option(name: .customLong("label-file"), help: "A file of labels, a line each.", completion: .file())
    var labelFiles: [String] = []
    @Option(name: .long, help: "KEY=VALUE, for whoever reads the bundle.")
    var annotation: [String] = []
    @Option(name: .customLong("log-driver"), help: "json-file or local, which are one here: a file of boxtop's.")
    var logDriver: String?
    @Option(name: .customLong("log-opt"), help: "max-size=10m or max-file=3.")
    var log: [String] = []
    @Option(name: .long, help: "runc, docker's usual one, for which boxtop's own stands here: others are refused.")
    var runtime: String?
    @Option(name: .long, help: "Fetch the image from its registry: missing, always or never.")
    var pull: PullPolicy = .missing
    @Flag(name: [.short, .long], help: "Say nothing of a download.")
    var quiet = false
    @Option(name: .long, help: "This host's, as in linux/amd64: others are refused.")
    var platform: String?
    @Option(name: .customLong("cidfile"), help: "A new file for its id.", completion: .file())
    var idFile: String?
    @OptionGroup(title: "Program") var program: ProgramOptions
    @OptionGroup(title: "Limits") var limits: LimitOptions
    @OptionGroup(title: "Health") var health: HealthOptions
    @OptionGroup(title: "Networks") var network: NetworkOptions
    @OptionGroup(title: "Isolation") var isolation: IsolationOptions
    @OptionGroup(title: "For scripts of docker's") var compatibility: CreationCompatibility

    // One list of positionals, since the image is not one with --rootfs, and whatever follows it is the program's.
    @Argument(
        parsing: .captureForPassthrough,
        help: ArgumentHelp("The image, and the command in place of its own.", valueName: "image"))
    var words: [String] = []

    static let usage = "[<options>] IMAGE [COMMAND [ARGUMENT ...]]"

    func validate() throws { try checkProgramWords(words) }

    func request(of verb: any ParsableCommand.Type, in context: Context) throws -> NewContainer {
        var words = try programWords(words, of: verb)
        var new: NewContainer
        if let rootfs {
            new = NewContainer(.directory(rootfs))
        } else {
            guard let image = words.popFirst() else {
                throw Failure(
                    "an image is missing; 'boxtop image ls' lists those here, and --rootfs DIR takes a folder")
            }
            new = NewContainer(.image(image))
        }
        new.command = Array(words)
        new.name = name.given
        new.autoRemove = remove
        if let restart { new.restart = try FlagValue("--restart", restart).parsed(by: Parse.restart) }
        if remove, new.restart != .no {
            throw Failure("--rm and --restart exclude each other: what is started again cannot be removed when it ends")
        }
        if let platform = platform.given { try Self.check(platform: platform) }
        let files = try labelFiles.flatMap { path in
            try FlagValue("--label-file", path).variables(
                of: String(decoding: try Files.read(path, limit: 1 << 20), as: UTF8.self))
        }
        for text in files + labels {
            let pair = try FlagValue("--label", text).parsed(by: Parse.label)
            new.labels[pair.key] = pair.value
        }
        for text in annotation {
            let pair = try FlagValue("--annotation", text).parsed(by: Parse.label)
            new.annotations[pair.key] = pair.value
        }
        if let logDriver = logDriver.given, !["json-file", "local"].contains(logDriver) {
            throw FlagValue("--log-driver", logDriver).refused(
                "is not there: a log is a file, which boxtop logs -f hands to any other program")
        }
        if let runtime = runtime.given, !["runc", "io.containerd.runc.v2"].contains(runtime) {
            throw FlagValue("--runtime", runtime).refused(
                "is not there: containers run by boxtop's own, which is as runc")
        }
        for text in log { try FlagValue("--log-opt", text).logOption(&new.log) }
        try program.apply(to: &new)
        try limits.apply(to: &new)
        try isolation.apply(to: &new)
        try network.apply(to: &new, in: context)
        new.health = try health.read()
        return new
    }

    var making: Making { Making(pull: pull, namesPlatform: platform.given != nil, quiet: quiet, idFile: idFile.given) }

    /// Docker would emulate another: here programs run on the processor that there is.
    static func check(platform text: String) throws {
        let (wanted, here) = (try ImagePull.platform(text), Platform.host)
        guard (wanted.os, wanted.architecture) == (here.os, here.architecture) else {
            throw Failure("--platform: \(text) is not this host's, which is \(here): only that can be run here")
        }
    }
}
