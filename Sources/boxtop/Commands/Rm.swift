import ArgumentParser
import Containers

struct Rm: Verb {
    static let configuration = CommandConfiguration.verb(
        "rm", "Remove containers.", example: "boxtop rm -f web worker", usage: "[-f] [-v] CONTAINER ...",
        aliases: ["remove"])

    @Flag(name: [.short, .long], help: "Kill those that run; one that is not there is fine.")
    var force = false
    @Flag(name: [.short, .long], help: "Remove their anonymous volumes too, where no other container has them.")
    var volumes = false
    @Argument(help: "Names or ids.", completion: .containers) var containers: [String]

    func run(in context: Context) throws -> Int32 {
        try Self.remove(containers, force: force, volumes: volumes, in: context)
    }

    static func remove(_ names: [String], force: Bool, volumes: Bool, in context: Context) throws -> Int32 {
        try context.each(names, force: force) { containers, reference in
            try containers.beginRemove(reference, force: force)
        } end: { containers, pending in
            try containers.finishRemove(pending, force: force, volumes: volumes)
        }
    }
}
