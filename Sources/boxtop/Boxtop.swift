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
        groupedSubcommands: [
            CommandGroup(name: "Start and stop", subcommands: starting),
            CommandGroup(name: "Look", subcommands: looking),
            CommandGroup(name: "Change and clear up", subcommands: changing),
            CommandGroup(name: "Images and host", subcommands: surroundings),
        ])

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
        Ps.self, Stats.self, Top.self, Logs.self, Events.self, Inspect.self,
    ]
    private static let changing: [any ParsableCommand.Type] = [
        Update.self, Rename.self, Rm.self, Prune.self,
    ]
    private static let surroundings: [any ParsableCommand.Type] = [ImageCommand.self, Info.self, Version.self]

    /// The verb that is typed as `name`.
    static func verb(called name: String) -> (any ParsableCommand.Type)? {
        for group in [starting, looking, changing, surroundings] {
            if let verb = group.first(where: { $0.configuration.answers(to: name) }) { return verb }
        }
        return nil
    }
}

extension CommandConfiguration {
    fileprivate func answers(to name: String) -> Bool { commandName == name || aliases.contains(name) }
}
