import ArgumentParser
import Cgroups
import Containers
import Flags
import Records

struct Update: Verb {
    static let configuration = CommandConfiguration.verb(
        "update", "Change containers' limits, at once and for later starts.",
        example: "boxtop update --memory 1g --cpus 2 web", usage: "[<options>] CONTAINER ...",
        discussion: "'unlimited', or 0, lifts a limit.")

    @OptionGroup(title: "Limits") var limits: LimitOptions
    @Option(name: .long, help: "no, on-failure[:N], always or unless-stopped.")
    var restart: String?
    @Argument(help: "Names or ids.", completion: .containers) var containers: [String]

    func run(in context: Context) throws -> Int32 {
        let restart = try restart.map { try FlagValue("--restart", $0).parsed(by: Parse.restart) }
        guard restart != nil || limits.areGiven else {
            throw Failure("nothing to change: give a limit, as in --memory 1g, or --restart", code: 64)
        }
        return try context.each(containers) { containers, reference in
            let record = try containers.find(reference)
            var update = try limits.update(memory: record.limits.memory)
            update.restart = restart
            try containers.update(record.id, update)
        }
    }
}
