import JSON
import Linux
import Records

/// A network of containers on this host: a bridge, its addresses, and what it may reach. `network.json` in its folder.
package struct BridgeNetwork: Hashable, Sendable, Codable {
    package var name: String
    package var created: Timestamp
    /// The host's interface.
    package var bridge: String
    package var subnet4: String
    /// The host's own address in it, which is the containers' way out.
    package var gateway4: String
    /// Absent: IPv4 alone.
    package var subnet6: String?
    package var gateway6: String?
    /// The part of the subnet that containers get addresses of; absent: all of it.
    package var range4: String?
    package var range6: String?
    /// No way out, and none to the host's services.
    package var isInternal: Bool
    /// Bytes of a packet at most; absent: see `PacketSizes`.
    package var mtu: UInt32?
    package var labels: [String: String] = [:]

    /// The network that a container is in where nothing else is asked for.
    package static let defaultName = "boxtop"

    var isDefault: Bool { name == Self.defaultName }
}

extension BridgeNetwork {
    /// What `BridgeNetwork(from:)` reads, by hand: each start of a container reads one. See `Node`.
    init(_ node: Node) throws(JSONError) {
        self.init(
            name: try node.text("name"), created: try node.timestamp("created"), bridge: try node.text("bridge"),
            subnet4: try node.text("subnet4"), gateway4: try node.text("gateway4"),
            subnet6: try node.string("subnet6"), gateway6: try node.string("gateway6"),
            range4: try node.string("range4"), range6: try node.string("range6"),
            isInternal: try node.required("isInternal", try node.flag("isInternal")), mtu: try node.uint32("mtu"),
            labels: try node.table("labels"))
    }
}

/// The values of a network, read: those of IPv6 only while this host has it.
struct NetworkPlan {
    let network: BridgeNetwork
    let subnet4: Subnet
    let gateway4: IPAddress
    let subnet6: Subnet?
    let gateway6: IPAddress?
    let range4: Subnet?
    let range6: Subnet?

    var sizes: PacketSizes { PacketSizes(mtu: network.mtu) }

    init(_ network: BridgeNetwork) throws(NetworkError) {
        guard let subnet4 = Subnet(network.subnet4), let gateway4 = IPAddress(network.gateway4), !gateway4.isIPv6 else {
            throw NetworkError(.failed, "network \(network.name) has addresses that cannot be read")
        }
        self.network = network
        self.subnet4 = subnet4
        self.gateway4 = gateway4
        range4 = network.range4.flatMap { Subnet($0) }
        let hasIPv6 = network.subnet6 != nil && Networks.hasIPv6
        subnet6 = hasIPv6 ? network.subnet6.flatMap { Subnet($0) } : nil
        gateway6 = hasIPv6 ? network.gateway6.flatMap { IPAddress($0) } : nil
        range6 = hasIPv6 ? network.range6.flatMap { Subnet($0) } : nil
    }

    /// Why it has no IPv6: the network was made without, or the host is without by now.
    var absence6: String {
        network.subnet6 == nil
            ? "network \(network.name) has no IPv6" : Networks.absence6
    }
}

extension [BridgeNetwork] {
    /// The place of the network by which what a container publishes leads in, and by which it finds this host: by one that
    /// is internal nobody comes in from other hosts, and no program of this one is in reach.
    var wayIn: Int? { firstIndex { !$0.isInternal } ?? indices.first }
}

/// What a person asks for with `network create`.
package struct NewNetwork: Sendable {
    package var name: String
    package var subnets: [Subnet] = []
    /// Where in them containers get their addresses.
    package var ranges: [Subnet] = []
    package var gateways: [IPAddress] = []
    package var isInternal = false
    package var ipv6 = false
    package var mtu: UInt32?
    package var labels: [String: String] = [:]

    package init(_ name: String) { self.name = name }
}

/// The names that this root's networks have in the kernel, so that those of two roots on one host never meet.
struct KernelNames: Hashable, Sendable {
    /// Of the tables of the packet filter.
    let table: String
    /// What the host's ends of all cables begin with.
    let cablePrefix: String
    private let root: String

    init(_ layout: Layout) {
        root = layout.state
        if layout.state == "/var/lib/boxtop" {
            (table, cablePrefix) = ("boxtop", "btv0")
        } else {
            let mark = Self.letters(Self.hash(layout.state), 6)
            (table, cablePrefix) = ("boxtop_\(mark)", "b\(mark.prefix(3))")
        }
    }

    func bridge(of network: String) -> String {
        if network == BridgeNetwork.defaultName, table == "boxtop" { return "boxtop0" }
        return "btn-\(Self.letters(Self.hash("\(root)\n\(network)"), 8))"
    }

    /// The host's end of a cable: one name for each life of a container, since that of the last life may be going still.
    func cable(of id: String, process: Int32, number: Int) -> String {
        // 15 letters are the kernel's most.
        cablePrefix + id.prefix(7) + Self.letters(UInt64(UInt32(bitPattern: process)), 3)
            + Self.letters(UInt64(number), 1)
    }

    /// FNV-1a: the same on every machine and in every version.
    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    private static func letters(_ number: UInt64, _ count: Int) -> String {
        let alphabet = Array("0123456789abcdefghijklmnopqrstuvwxyz")
        var number = number
        var letters = ""
        for _ in 0..<count {
            letters.append(alphabet[Int(number % 36)])
            number /= 36
        }
        return letters
    }
}
