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
        let filter = try filters.read(keys: "name", "id", "label", "driver", "dangling", "type")
        let counts = Dictionary(grouping: networks.places(), by: \.network).mapValues(\.count)
        let all = networks.list { Stream.error.say("boxtop: \($0)") }
        let made = try all.filter { network in try filter.matches { try meets($0, network, in: context) } }.map {
            NetworkRow($0, containers: counts[$0.name] ?? 0)
        }
        let standing = StandingNetwork.allCases.filter { network in filter.matches { Self.meets($0, network) } }
        let containers = standing.isEmpty || quiet ? [] : context.list()
        let rows = made + standing.map { NetworkRow($0, containers: $0.members(of: containers).count) }
        try Stream.output.list(rows.sorted { $0.quiet < $1.quiet }, try list.style(quiet: quiet))
        return 0
    }

    private static func meets(_ wish: ListFilter.Wish, _ network: StandingNetwork) -> Bool {
        switch wish.key {
        case "name": network.rawValue.contains(wish.value)
        case "id": network.rawValue.hasPrefix(wish.value)
        case "driver": wish.value == network.driver
        case "type": wish.value == "builtin"
        // They are there for all.
        case "dangling": wish.isMet(by: false)
        default: wish.isMet(by: [:])
        }
    }

    private func meets(_ wish: ListFilter.Wish, _ network: BridgeNetwork, in context: Context) throws -> Bool {
        // There for all, as docker's is, and called by docker's name as well.
        let isUsual = network.name == BridgeNetwork.defaultName
        switch wish.key {
        case "name": return network.name.contains(wish.value) || isUsual && wish.value == "bridge"
        case "id": return network.name.hasPrefix(wish.value)
        case "driver": return wish.value == "bridge"
        case "type": return wish.value == (isUsual ? "builtin" : "custom")
        case "dangling":
            return try wish.isMet(by: !isUsual && context.containers().containers(in: network.name).isEmpty)
        default: return wish.isMet(by: network.labels)
        }
    }
}

/// One line of `network ls`.
private struct NetworkRow: Listable {
    let quiet: String
    let cells: [Cell]

    static let columns = [
        Column("name", "NAME"), Column("subnet", "SUBNET"), Column("subnet6", "SUBNET OF IPV6"),
        Column("bridge", "BRIDGE"), Column("containers", "CONTAINERS", .right), Column("internal", "INTERNAL"),
        Column("gateway"), Column("gateway6"), Column("mtu"), Column("created"), Column("labels"),
        Column("id"), Column("driver"), Column("scope"),
    ]

    init(_ network: BridgeNetwork, containers: Int) {
        quiet = network.name
        cells = [
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

    init(_ network: StandingNetwork, containers: Int) {
        let (name, nothing) = (network.rawValue, Cell("–", .null))
        quiet = name
        cells = [
            Cell(name), nothing, nothing, nothing, Cell("\(containers)", .integer(containers)),
            Cell("no", .bool(false)), Cell("", .null), Cell("", .null), Cell("", .null), Cell("", .null),
            Cell("", .map([])), Cell(name), Cell(network.driver), Cell("local"),
        ]
    }
}
