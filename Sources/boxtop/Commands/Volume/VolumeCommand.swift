import ArgumentParser
import Containers
import Flags
import Images
import JSON
import Linux
import Rendering

/// `boxtop volume …`: folders that outlive containers.
struct VolumeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "volume", _superCommandName: "boxtop",
        abstract: "Make, list, look at and remove volumes: folders that outlive the containers that use them.",
        discussion: "EXAMPLE: boxtop volume create data && boxtop run -v data:/var/lib/data tools",
        subcommands: [VolumeCreate.self, VolumeLs.self, VolumeInspect.self, VolumeRm.self, VolumePrune.self])
}

extension CommandConfiguration {
    /// A verb's of `boxtop volume`.
    static func volumeVerb(
        _ name: String, _ abstract: String, example: String, aliases: [String] = []
    ) -> CommandConfiguration {
        .verb(name, abstract, example: example, aliases: aliases, group: "boxtop volume")
    }
}

extension CompletionKind {
    static var volumes: CompletionKind { .shellCommand("boxtop volume ls -q 2>/dev/null") }
}

struct VolumeCreate: Verb {
    static let configuration = CommandConfiguration.volumeVerb(
        "create", "Make an empty volume, or one that is a folder of this host or memory, and print its name.",
        example: "boxtop volume create -o type=none -o o=bind -o device=/srv/data data")

    @Option(name: .joined("d", "driver"), help: "local: there is no other.")
    var driver = "local"
    @Option(name: .joined("l", "label"), help: "KEY=VALUE, for filters.")
    var labels: [String] = []
    @Option(
        name: .joined("o", "opt"),
        help: "type=none, o=bind and device=/DIR for a folder of this host; type=tmpfs, o=size=64m for memory.")
    var options: [String] = []
    @Argument(help: "Its name; else one is made up.") var name: String?

    func run(in context: Context) throws -> Int32 {
        guard driver == "local" else {
            throw FlagValue("--driver", driver).refused("is not there: volumes are folders of this host")
        }
        var parsed: [String: String] = [:]
        for text in labels {
            let pair = try FlagValue("--label", text).parsed(by: Parse.label)
            parsed[pair.key] = pair.value
        }
        let made = try context.containers().createVolume(name, labels: parsed, options: try readOptions())
        Stream.output.say(made)
        return 0
    }

    private func readOptions() throws -> [String: String] {
        var read: [String: String] = [:]
        for text in options {
            let sides = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard sides.count == 2 else { throw FlagValue("--opt", text).refused("is no option: write KEY=VALUE") }
            read[sides[0]] = sides[1]
        }
        return read
    }
}

struct VolumeRm: Verb {
    static let configuration = CommandConfiguration.volumeVerb(
        "rm", "Remove volumes with all in them; those of containers are refused.", example: "boxtop volume rm data",
        aliases: ["remove"])

    @Flag(name: [.short, .long], help: "One that is not there is fine.")
    var force = false
    @Argument(help: "Names.", completion: .volumes) var names: [String]

    func run(in context: Context) throws -> Int32 {
        try context.each(names) { containers, name in
            do { try containers.removeVolume(name) } catch let error as ContainerError {
                if force, error.kind == .notFound { return }
                throw error
            }
        }
    }
}

struct VolumePrune: Verb {
    static let configuration = CommandConfiguration.volumeVerb(
        "prune", "Remove volumes that nobody named and no container has; with -a named ones too.",
        example: "boxtop volume prune")

    @Flag(name: [.short, .long], help: "Those with a name as well.")
    var all = false
    @Option(name: .long, help: "Only those: label=KEY[=VALUE], label!=KEY[=VALUE].")
    var filter: [String] = []
    @OptionGroup var prune: PruneOptions

    func run(in context: Context) throws -> Int32 {
        let wanted = try ListFilter(filter, keys: ["label", "label!"])
        let which = all ? "all volumes" : "the volumes that nobody named and"
        let limit = filter.isEmpty ? "" : ", of \(filter.joined(separator: ", "))"
        guard try prune.allows("\(which) that no container has\(limit)") else { return 1 }
        try Self.prune(all: all, wanted, in: context)
        return 0
    }

    static func prune(all: Bool, _ filter: ListFilter, in context: Context) throws {
        let (names, bytes) = try context.containers().pruneVolumes(all: all) { volume in
            filter.matches { $0.isMet(by: volume.labels) }
        }
        for name in names { Stream.output.say("removed \(name)") }
        Stream.output.say("freed \(byteCount(bytes)): \(names.count) \(names.count == 1 ? "volume" : "volumes")")
    }
}
