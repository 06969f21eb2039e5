import ArgumentParser

/// `boxtop builder …` and `boxtop buildx …`: docker's words for what `build` does, and for what builds have kept.
struct BuilderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "builder", _superCommandName: "boxtop",
        abstract: "Build images, look at what builds have kept, and remove it.",
        discussion: "EXAMPLE: boxtop builder prune -f --filter until=48h",
        subcommands: [
            ImageBuild.self, BuilderPrune.self, BuilderUsage.self, BuilderLs.self, BuilderInspect.self,
            BuilderVersion.self, BuilderCreate.self, BuilderUse.self, BuilderRm.self, ImageToolsCommand.self,
        ], aliases: ["buildx"])

    @Option(name: .long, help: "default: any other name means the same builder.")
    var builder: String?
}

extension CommandConfiguration {
    /// A verb's of `boxtop builder`.
    static func builderVerb(
        _ name: String, _ abstract: String, example: String, aliases: [String] = []
    ) -> CommandConfiguration {
        .verb(name, abstract, example: example, aliases: aliases, group: "boxtop builder")
    }
}
