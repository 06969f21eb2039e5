import ArgumentParser
import Containers
import Networking

struct NetworkRm: Verb {
    static let configuration = CommandConfiguration.networkVerb(
        "rm", "Remove networks that no container belongs to.", example: "boxtop network rm back",
        usage: "[-f] NETWORK ...", aliases: ["remove"])

    @Flag(name: [.short, .long], help: "One that is not there is fine.")
    var force = false
    @Argument(help: "Names.", completion: .networks) var networks: [String]

    func run(in context: Context) throws -> Int32 {
        try context.each(networks, force: force) { containers, name in try containers.removeNetwork(name) }
    }
}

struct NetworkPrune: Verb {
    static let configuration = CommandConfiguration.networkVerb(
        "prune", "Remove all networks that no container belongs to, but for the usual one.",
        example: "boxtop network prune -f")

    @Option(name: .long, help: PruneFilter.help)
    var filter: [String] = []
    @OptionGroup var prune: PruneOptions

    func run(in context: Context) throws -> Int32 {
        let wanted = try PruneFilter(filter)
        let which = filter.isEmpty ? "all networks" : "the networks of \(filter.joined(separator: ", "))"
        guard try prune.allows("\(which) that no container belongs to") else { return 1 }
        try Self.prune(wanted, in: context)
        return 0
    }

    static func prune(_ filter: PruneFilter, in context: Context) throws {
        let containers = try context.containers()
        for network in context.networks.list()
        where network.name != BridgeNetwork.defaultName && containers.containers(in: network.name).isEmpty
            && filter.matches(created: network.created, labels: network.labels)
        {
            try containers.removeNetwork(network.name)
            Stream.output.say(network.name)
        }
    }
}
