import ArgumentParser
import Glibc

/// The whole program: without a verb, the dashboard.
struct Boxtop: Verb {
    static let configuration = CommandConfiguration(
        commandName: "boxtop",
        abstract: "top for containers, and their runtime in one: alone, it opens the dashboard.",
        discussion: """
            Containers are named by name, id or the beginning of an id. \(Places.help)
            """,
        version: Version.sentence,
        groupedSubcommands: [
            CommandGroup(name: "Start and stop", subcommands: starting),
            CommandGroup(name: "Look", subcommands: looking),
            CommandGroup(name: "Change and clear up", subcommands: changing),
            CommandGroup(name: "Images and host", subcommands: surroundings),
        ])

    /// The verbs under their headings, for the manual.
    static let groups: [(title: String, verbs: [any ParsableCommand.Type])] = [
        ("Start and stop", starting), ("Look", looking), ("Change and clear up", changing),
        ("Images and host", surroundings),
    ]

    @OptionGroup var batch: BatchOptions
    @Flag(help: ArgumentHelp("The dashboard on containers that are made up.", visibility: .hidden))
    var demo = false
    @Option(help: ArgumentHelp("How many of those.", visibility: .hidden))
    var demoCount = 9
    @Option(help: ArgumentHelp("Measure this many frames instead of showing them.", visibility: .hidden))
    var demoFrames: Int?

    func run(in context: Context) throws -> Int32 {
        if let demoFrames {
            measureFrames(demoFrames, count: demoCount, rows: 60, columns: 200)
            return 0
        }
        if demo {
            try runDemo(count: demoCount, environment: context.environment)
            return 0
        }
        if batch.isWanted { return try batch.run(in: context) }
        guard Stream.output.isTerminal, isatty(0) == 1 else { return try batch.once(in: context) }
        return try openDashboard(in: context)
    }

    private static let starting: [any ParsableCommand.Type] = [
        Run.self, Create.self, Start.self, Stop.self, Restart.self, Kill.self, Pause.self, Unpause.self, Exec.self,
        Attach.self, Wait.self,
    ]
    private static let looking: [any ParsableCommand.Type] = [
        Ps.self, Stats.self, Top.self, Logs.self, Events.self, Inspect.self, Diff.self, Port.self,
    ]
    private static let changing: [any ParsableCommand.Type] = [
        Update.self, Rename.self, Cp.self, Export.self, Commit.self, Rm.self, Prune.self,
    ]
    private static let surroundings: [any ParsableCommand.Type] = [
        ImageCommand.self, VolumeCommand.self, Login.self, Logout.self, NetworkCommand.self, Info.self,
        SystemCommand.self, Version.self,
    ]

    /// The verb that is typed as `name`.
    ///
    /// Written out, since looking a name up in the verbs' configurations builds those of all of them: 0.3 ms a start.
    static func verb(called name: String) -> (any ParsableCommand.Type)? {
        switch name {
        case "ps", "ls", "list": Ps.self
        case "run": Run.self
        case "create": Create.self
        case "start": Start.self
        case "stop": Stop.self
        case "restart": Restart.self
        case "kill": Kill.self
        case "pause": Pause.self
        case "unpause": Unpause.self
        case "exec": Exec.self
        case "attach": Attach.self
        case "wait": Wait.self
        case "stats": Stats.self
        case "top": Top.self
        case "logs": Logs.self
        case "events": Events.self
        case "inspect": Inspect.self
        case "diff": Diff.self
        case "cp": Cp.self
        case "export": Export.self
        case "commit": Commit.self
        case "update": Update.self
        case "rename": Rename.self
        case "rm", "remove": Rm.self
        case "prune": Prune.self
        case "image": ImageCommand.self
        case "network": NetworkCommand.self
        case "port": Port.self
        case "images": ImageLs.self
        case "build": ImageBuild.self
        case "builder", "buildx": BuilderCommand.self
        case "pull": ImagePull.self
        case "push": ImagePush.self
        case "tag": ImageTag.self
        case "rmi": ImageRm.self
        case "load": ImageLoad.self
        case "save": ImageSave.self
        case "import": ImageImport.self
        case "history": ImageHistory.self
        case "volume": VolumeCommand.self
        case "login": Login.self
        case "logout": Logout.self
        case "manifest": ManifestCommand.self
        case "info": Info.self
        case "system": SystemCommand.self
        case "version": Version.self
        case "manual": Manual.self
        default: nil
        }
    }
}
