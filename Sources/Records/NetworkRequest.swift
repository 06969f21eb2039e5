/// What a container is to have of networks: the part `network` of container.json. Ports and addresses that were made up
/// are in it as well, so that a container keeps them.
package struct NetworkRequest: Hashable, Sendable, Codable {
    package var mode: Mode
    /// The first with a way out gives the default route, and is where published ports lead in.
    package var attachments: [NetworkAttachment] = []
    package var ports: [PublishedPort] = []

    package enum Mode: Hashable, Sendable, Codable {
        /// A loopback interface alone.
        case none
        /// The host's.
        case host
        /// That of another container, by its id.
        case container(String)
        /// The attachments.
        case bridges
        /// What `pasta` offers to a user who may make no interfaces.
        case user
    }

    package init(_ mode: Mode) { self.mode = mode }

    /// The networks that it is in; else what it has in their place, in one word.
    package var names: [String] { mode == .bridges ? attachments.map(\.network) : [word] }

    /// As `--network` takes it; `bridges` for networks of its own.
    package var word: String {
        switch mode {
        case .none: "none"
        case .host: "host"
        case .container(let id): "container:\(id)"
        case .bridges: "bridges"
        case .user: "pasta"
        }
    }

    /// Whether something is to be done on the host before each start and after each end.
    package var needsHooks: Bool {
        switch mode {
        case .bridges, .user: true
        case .none, .host, .container: false
        }
    }
}

/// One network that a container is in.
package struct NetworkAttachment: Hashable, Sendable, Codable {
    package var network: String
    /// Names beside the container's own that others of the network find it by.
    package var aliases: [String] = []
    /// Asked for with `--ip` and `--ip6`; absent: any that is free.
    package var address4: String?
    package var address6: String?
    /// Asked for with `--mac-address`; absent: one that is made of the IPv4 address.
    package var mac: String?

    package init(_ network: String) { self.network = network }
}

/// A port of the host, or several in a row, that leads into a container.
package struct PublishedPort: Hashable, Sendable, Codable {
    package enum Transport: String, Hashable, Sendable, Codable, CaseIterable { case tcp, udp }

    package var transport: Transport
    /// The host's address, 0.0.0.0 and :: for all of one version of the protocol; absent: every one.
    package var address: String?
    package var hostPort: UInt16
    package var port: UInt16
    /// How many in a row.
    package var count: UInt16 = 1
    /// How many ports of the host it may have, `hostPort` the first of them; in a record one is chosen.
    package var choices: UInt16 = 1
    /// What `hostPort` was chosen out of; absent where a person has named it, and in records of older versions.
    package var chosen: PortChoice?

    private enum CodingKeys: String, CodingKey { case transport, address, hostPort, port, count, chosen }

    package init(_ transport: Transport, address: String? = nil, hostPort: UInt16, port: UInt16, count: UInt16 = 1) {
        self.transport = transport
        self.address = address
        self.hostPort = hostPort
        self.port = port
        self.count = count
    }

    /// `0.0.0.0:8080->80/tcp`, `127.0.0.1:8000-8009->8000-8009/udp`, as docker shows them.
    package var text: String {
        let host = address.map { $0.contains(":") ? "[\($0)]" : $0 } ?? "0.0.0.0"
        return "\(host):\(Self.range(hostPort, count))->\(Self.range(port, count))/\(transport.rawValue)"
    }

    /// The same in as few letters as can be, for a narrow column: `8080→80`, `127.0.0.1:53→53/udp`.
    package var brief: String {
        let host = address.map { ($0.contains(":") ? "[\($0)]" : $0) + ":" } ?? ""
        let end = transport == .tcp ? "" : "/\(transport.rawValue)"
        return "\(host)\(Self.range(hostPort, count))→\(Self.range(port, count))\(end)"
    }

    private static func range(_ first: UInt16, _ count: UInt16) -> String {
        count < 2 ? "\(first)" : "\(first)-\(first &+ (count - 1))"
    }
}

/// Ports of the host that one was chosen out of: which one nobody has asked for, so it may be another at the next start.
package struct PortChoice: Hashable, Sendable, Codable {
    /// 0: all that programs get when they ask for any.
    package var first: UInt16
    package var count: UInt16

    package init(first: UInt16, count: UInt16) {
        self.first = first
        self.count = count
    }
}

/// How a container's networks are while it runs: `network.json` in its run folder.
package struct NetworkState: Hashable, Sendable, Codable {
    package var interfaces: [NetworkInterface]
    package var ports: [PublishedPort]

    package init(interfaces: [NetworkInterface] = [], ports: [PublishedPort] = []) {
        self.interfaces = interfaces
        self.ports = ports
    }
}

package struct NetworkInterface: Hashable, Sendable, Codable {
    package var network: String
    /// Inside: `eth0`.
    package var name: String
    /// The other end of the cable, on the host.
    package var hostName: String
    package var mac: String
    package var address4: String
    package var prefix4: Int
    package var gateway4: String?
    package var address6: String?
    package var prefix6: Int?
    package var gateway6: String?

    package init(
        network: String, name: String, hostName: String, mac: String, address4: String, prefix4: Int
    ) {
        self.network = network
        self.name = name
        self.hostName = hostName
        self.mac = mac
        self.address4 = address4
        self.prefix4 = prefix4
    }
}
