import ArgumentParser
import JSON
import Linux
import Networking
import Records
import Rendering

struct NetworkInspect: Verb {
    static let configuration = CommandConfiguration.networkVerb(
        "inspect", "Show everything about networks, as JSON: who is in them, with which addresses.",
        example: "boxtop network inspect --format '{{.Subnet}}' boxtop", usage: "[-f TEMPLATE] NETWORK ...")

    @Option(name: .joined("f", "format"), help: "json, or a template such as '{{.Subnet}}'.")
    var format = "json"
    @Argument(help: "Names.", completion: .networks) var networks: [String]

    func run(in context: Context) throws -> Int32 {
        let format = try Format(format)
        let documents = try networks.map { try context.networkDocument(of: $0) }
        try Stream.output.show(documents, format)
        return 0
    }
}

extension Networks {
    /// What `inspect` says of the network `name`.
    func document(of name: String) throws(NetworkError) -> InspectedDocument {
        let network = try find(name)
        let members = places().filter { $0.network == network.name }
        return InspectedDocument(own: network.document(of: members), docker: network.dockerDocument(of: members))
    }
}

extension BridgeNetwork {
    fileprivate func document(of places: [NetworkPlace]) -> JSONValue {
        .of([
            ("name", .string(name)), ("created", .string(created.description)), ("bridge", .string(bridge)),
            ("subnet", .string(subnet4)), ("gateway", .string(gateway4)), ("subnet6", .string(subnet6)),
            ("gateway6", .string(gateway6)), ("range", .string(range4)),
            ("range6", .string(range6)), ("internal", .bool(isInternal)), ("mtu", .integer(mtu)),
            ("labels", .of(labels)),
            (
                "containers",
                .array(
                    places.map { place in
                        .of([
                            ("id", .string(place.id)), ("names", .of(place.names)),
                            ("address", .string(place.address4)), ("address6", .string(place.address6)),
                            ("mac", .string(place.mac)), ("interface", .string(place.interface)),
                            ("hostInterface", .string(place.cable)), ("ports", .of(place.ports.map(\.text))),
                        ])
                    })
            ),
        ])
    }

    /// What templates find by docker's names. See NetworkInspect in the Docker Engine API.
    fileprivate func dockerDocument(of places: [NetworkPlace]) -> JSONValue {
        var pools = [pool(subnet4, gateway4, range4)]
        if let subnet6 { pools.append(pool(subnet6, gateway6, range6)) }
        return .of([
            ("Id", .string(name)), ("Scope", .string("local")), ("Driver", .string("bridge")),
            ("EnableIPv6", .bool(subnet6 != nil)),
            ("IPAM", .of([("Driver", .string("default")), ("Config", .array(pools))])),
            (
                "Containers",
                .map(places.sorted { $0.id < $1.id }.map { .init(key: $0.id, value: dockerDocument($0)) })
            ), ("Options", .map([])),
        ])
    }

    private func pool(_ subnet: String, _ gateway: String?, _ range: String?) -> JSONValue {
        .of([("Subnet", .string(subnet)), ("Gateway", .string(gateway)), ("IPRange", .string(range ?? ""))])
    }

    private func dockerDocument(_ place: NetworkPlace) -> JSONValue {
        func within(_ address: String?, _ subnet: String?) -> JSONValue {
            .string(address.map { $0 + (subnet.map { $0[($0.firstIndex(of: "/") ?? $0.endIndex)...] } ?? "") } ?? "")
        }
        return .of([
            ("Name", .string(place.names.first)), ("MacAddress", .string(place.mac)),
            ("IPv4Address", within(place.address4, subnet4)), ("IPv6Address", within(place.address6, subnet6)),
        ])
    }
}
