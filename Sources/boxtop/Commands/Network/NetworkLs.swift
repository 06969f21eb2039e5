import ArgumentParser
import Containers
import Flags
import JSON
import Linux
import Networking
import Rendering

struct NetworkLs: Verb {
    static let configuration = CommandConfiguration.networkVerb(
        "ls", "List networks.", example: "boxtop network ls --format json", aliases: ["list"])

    @Flag(name: [.short, .long], help: "Names alone.")
    var quiet = false
    @OptionGroup var list: ListOptions
    @OptionGroup var filters: FilterOptions

    func run(in context: Context) throws -> Int32 {
        let networks = context.networks
        let filter = try filters.read(keys: "name", "id", "label", "driver", "dangling")
        let counts = Dictionary(grouping: networks.places(), by: \.network).mapValues(\.count)
        let all = networks.list { Stream.error.say("boxtop: \($0)") }
        try Stream.output.list(
            all.filter { network in try filter.matches { try meets($0, network, in: context) } }.map {
                NetworkRow(network: $0, containers: counts[$0.name] ?? 0)
            },
            try list.style(quiet: quiet))
        return 0
    }

    private func meets(_ wish: ListFilter.Wish, _ network: BridgeNetwork, in context: Context) throws -> Bool {
        switch wish.key {
        case "name": return network.name.contains(wish.value)
        case "id": return network.name.hasPrefix(wish.value)
        case "driver": return wish.value == "bridge"
        case "dangling":
            // The usual one is there for all, as docker's is.
            let isUsual = network.name == BridgeNetwork.defaultName
            return try wish.isMet(by: !isUsual && context.containers().containers(in: network.name).isEmpty)
        default: return wish.isMet(by: network.labels)
        }
    }
}

/// One line of `network ls`.
private struct NetworkRow: Listable {
    let network: BridgeNetwork
    let containers: Int

    static let columns = [
        Column("name", "NAME"), Column("subnet", "SUBNET"), Column("subnet6", "SUBNET OF IPV6"),
        Column("bridge", "BRIDGE"), Column("containers", "CONTAINERS", .right), Column("internal", "INTERNAL"),
        Column("gateway"), Column("gateway6"), Column("mtu"), Column("created"), Column("labels"),
        Column("id"), Column("driver"), Column("scope"),
    ]

    var cells: [Cell] {
        [
            Cell(network.name), Cell(network.subnet4), Cell(network.subnet6 ?? "–", .string(network.subnet6)),
            Cell(network.bridge), Cell("\(containers)", .integer(containers)),
            Cell(network.isInternal ? "yes" : "no", .bool(network.isInternal)), Cell(network.gateway4),
            Cell(network.gateway6 ?? "", .string(network.gateway6)),
            Cell(network.mtu.map { "\($0)" } ?? "", .integer(network.mtu)), Cell(network.created.description),
            Cell(
                network.labels.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(separator: ","),
                .of(network.labels)),
            // A network's name is all that it is called by.
            Cell(network.name), Cell("bridge"), Cell("local"),
        ]
    }

    var quiet: String { network.name }
}
