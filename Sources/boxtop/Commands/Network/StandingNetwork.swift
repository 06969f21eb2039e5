import JSON
import Networking
import Records

/// What docker lists as a network too, and needs no making: what a container has in place of a network of its own.
enum StandingNetwork: String, CaseIterable {
    /// The host's own.
    case host
    /// A loopback interface alone.
    case none

    /// Docker's word for what makes it.
    var driver: String { self == .host ? "host" : "null" }

    /// The containers that run in it.
    func members(of all: [(record: ContainerRecord, state: ContainerState)]) -> [ContainerRecord] {
        all.filter { $0.record.network?.word == rawValue && $0.state.status.running != nil }.map(\.record)
    }

    /// What `inspect` says of it, with the keys of all networks.
    func document(of members: [ContainerRecord]) -> InspectedDocument {
        let containers = members.sorted { $0.id < $1.id }
        let nothing = ["created", "bridge", "subnet", "gateway", "subnet6", "gateway6", "range", "range6", "mtu"]
        let own = JSONValue.of(
            [("name", .string(rawValue))] + nothing.map { ($0, .null) } + [
                ("internal", .bool(false)), ("labels", .map([])),
                (
                    "containers",
                    .array(containers.map { .of([("id", .string($0.id)), ("names", .of([$0.name]))]) })
                ),
            ])
        let docker = JSONValue.of([
            ("Id", .string(rawValue)), ("Scope", .string("local")), ("Driver", .string(driver)),
            ("EnableIPv6", .bool(false)),
            ("IPAM", .of([("Driver", .string("default")), ("Config", .array([]))])),
            ("Containers", .map(containers.map { .init(key: $0.id, value: .of([("Name", .string($0.name))])) })),
            ("Options", .map([])),
        ])
        return InspectedDocument(own: own, docker: docker)
    }
}

extension Context {
    /// What `inspect` says of the network `name`.
    func networkDocument(of name: String) throws -> InspectedDocument {
        guard let standing = StandingNetwork(rawValue: name) else { return try networks.document(of: name) }
        return standing.document(of: standing.members(of: list()))
    }
}
