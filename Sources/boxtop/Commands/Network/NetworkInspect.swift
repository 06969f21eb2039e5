import ArgumentParser
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
        let places = context.networks.places()
        var documents: [JSONValue] = []
        for name in networks {
            let network = try context.networks.find(name)
            documents.append(network.document(of: places.filter { $0.network == network.name }))
        }
        switch format {
        case .template(let template), .templateTable(let template):
            for document in documents { Stream.output.say(try template.text(of: document)) }
        case .json, .table, .csv: Stream.output.say(JSONValue.array(documents).pretty)
        }
        return 0
    }
}

extension BridgeNetwork {
    fileprivate func document(of places: [NetworkPlace]) -> JSONValue {
        .of([
            ("name", .string(name)), ("created", .string(created.description)), ("bridge", .string(bridge)),
            ("subnet", .string(subnet4)), ("gateway", .string(gateway4)), ("subnet6", .string(subnet6)),
            ("gateway6", .string(gateway6)), ("internal", .bool(isInternal)), ("mtu", .integer(mtu)),
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
}
