import ArgumentParser
import Containers
import Flags
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
    @Option(name: .customLong("log-opt"), help: "max-size=10m or max-file=3.")
    var log: [String] = []
    @Option(name: .long, help: "Fetch the image from its registry: missing, always or never.")
    var pull: PullPolicy = .missing
    @OptionGroup(title: "Program") var program: ProgramOptions
    @OptionGroup(title: "Limits") var limits: LimitOptions
    @OptionGroup(title: "Health") var health: HealthOptions
    @OptionGroup(title: "Networks") var network: NetworkOptions
    @OptionGroup(title: "Isolation") var isolation: IsolationOptions

    // One list of positionals, since the image is not one with --rootfs, and whatever follows it is the program's.
    @Argument(
        parsing: .captureForPassthrough,
        help: ArgumentHelp("The image, and the command in place of its own.", valueName: "image"))
    var words: [String] = []

    static let usage = "[<options>] IMAGE [COMMAND [ARGUMENT ...]]"

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
        new.name = name
        new.autoRemove = remove
        if let restart { new.restart = try FlagValue("--restart", restart).parsed(by: Parse.restart) }
        if remove, new.restart != .no {
            throw Failure("--rm and --restart exclude each other: what is started again cannot be removed when it ends")
        }
        for text in labels {
            let pair = try FlagValue("--label", text).parsed(by: Parse.label)
            new.labels[pair.key] = pair.value
        }
        for text in log { try FlagValue("--log-opt", text).logOption(&new.log) }
        try program.apply(to: &new)
        try limits.apply(to: &new)
        try isolation.apply(to: &new)
        try network.apply(to: &new, in: context)
        new.health = try health.read()
        return new
    }
}
