import ArgumentParser
import Flags
import JSON
import OCI
import Rendering

/// The one builder there is, which docker's `buildx create` would make another of: what scripts make and choose is it
/// under another name.
struct BuilderCreate: Verb {
    static let configuration = CommandConfiguration.builderVerb(
        "create", "Make nothing, since there is one builder, and print the name: for scripts that make one first.",
        example: "boxtop buildx create --use --name ci")

    @Option(name: .long, help: "What it is to be called; any name means the same builder.")
    var name: String?
    @Option(name: .long, help: "Nothing: RUN works in containers of this host.")
    var driver: String?
    @Option(name: .customLong("driver-opt"), help: "Nothing, as --driver.")
    var driverOptions: [String] = []
    @Option(
        name: [
            .customLong("buildkitd-flags"), .customLong("buildkitd-config"), .customLong("config"), .customLong("node"),
            .customLong("platform"),
        ], help: "Nothing: no BuildKit is started.")
    var settings: [String] = []
    @Flag(
        name: [.customLong("use"), .customLong("bootstrap"), .customLong("append"), .customLong("leave")],
        help: "Nothing: it is in use, and there is nothing to start.")
    var flags: Int
    @Argument(help: "Where docker's would be: nothing.") var endpoint: String?

    func run(in context: Context) throws -> Int32 {
        let name = name.given ?? BuilderInspect.usual
        BuilderInspect.tellOf(name)
        Stream.output.say(name)
        return 0
    }
}

struct BuilderUse: Verb {
    static let configuration = CommandConfiguration.builderVerb(
        "use", "Choose the builder, of which there is one: for scripts that do.", example: "boxtop buildx use default")

    @Flag(name: [.customLong("default"), .customLong("global")], help: "Nothing: it is chosen for all.")
    var flags: Int
    @Argument(help: "Any name.") var name: String

    func run(in context: Context) throws -> Int32 {
        BuilderInspect.tellOf(name)
        return 0
    }
}

struct BuilderRm: Verb {
    static let configuration = CommandConfiguration.builderVerb(
        "rm", "Remove nothing: the builder stays, and what it keeps goes with prune.", example: "boxtop buildx rm ci",
        aliases: ["stop"])

    @Flag(
        name: [
            .customShort("f"), .customLong("force"), .customLong("all-inactive"), .customLong("keep-daemon"),
            .customLong("keep-state"),
        ], help: "Nothing. For scripts that say it.")
    var flags: Int
    @Argument(help: "Any names.") var names: [String] = []

    func run(in context: Context) throws -> Int32 { 0 }
}

struct BuilderInspect: Verb {
    static let configuration = CommandConfiguration.builderVerb(
        "inspect", "Say what builds here, in docker's form.", example: "boxtop buildx inspect")

    @Flag(name: .long, help: "Nothing: there is nothing to start.")
    var bootstrap = false
    @Argument(help: "Any name.") var name: String?

    func run(in context: Context) throws -> Int32 {
        let name = name.given ?? Self.usual
        Self.tellOf(name)
        Stream.output.say(
            """
            Name:          \(name)
            Driver:        \(Self.driver)

            Nodes:
            Name:          \(name)
            Endpoint:      \(Self.usual)
            Status:        running
            Platforms:     \(Platform.host)
            """)
        return 0
    }

    static let usual = "default"
    static let driver = "boxtop"

    /// Says that `name` is the same builder as any other.
    static func tellOf(_ name: String) {
        guard name != usual else { return }
        Stream.error.say("boxtop: there is one builder here, \(usual): \(name) is another name of it")
    }
}

struct BuilderLs: Verb {
    static let configuration = CommandConfiguration.builderVerb(
        "ls", "List the builder, of which there is one.", example: "boxtop buildx ls --format '{{.Name}}'")

    @OptionGroup var list: ListOptions

    func run(in context: Context) throws -> Int32 {
        try Stream.output.list([BuilderRow()], try list.style())
        return 0
    }
}

/// The one line of `buildx ls`.
private struct BuilderRow: Listable {
    static let columns = [
        Column("name", "NAME"), Column("driver", "DRIVER", alias: "DriverEndpoint"), Column("status", "STATUS"),
        Column("platforms", "PLATFORMS"), Column("current"),
    ]

    var cells: [Cell] {
        [
            Cell(BuilderInspect.usual), Cell(BuilderInspect.driver), Cell("running"), Cell("\(Platform.host)"),
            Cell("true", .bool(true)),
        ]
    }

    var quiet: String { BuilderInspect.usual }
}

struct BuilderVersion: Verb {
    static let configuration = CommandConfiguration.builderVerb(
        "version", "Say which version builds.", example: "boxtop buildx version")

    func run(in context: Context) throws -> Int32 {
        Stream.output.say(Version.sentence)
        return 0
    }
}
