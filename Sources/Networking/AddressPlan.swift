import Linux

/// Chooses the subnets of a new network: those asked for, or such that nothing else on this host has.
struct AddressPlan {
    /// Where subnets are taken from, 1,022 addresses each, as many as a bridge has ports for: the first has 256 of them.
    static let pools = ["10.180.0.0/14", "172.16.0.0/12", "192.168.0.0/16"]
    static let poolPrefix = 22

    let others: [BridgeNetwork]
    /// What the host has addresses in.
    let near: [Subnet]
    /// What it has routes to.
    let routes: [Subnet]

    /// For this host as it is now.
    static func now(beside others: [BridgeNetwork]) throws(NetworkError) -> AddressPlan {
        let netlink = try Netlink()
        return AddressPlan(
            others: others, near: try netlink.addresses().map { Subnet($0.address, prefix: $0.prefix) },
            routes: try netlink.routes())
    }

    /// Throws what keeps a network from having `wanted`. A route to more than that does not: the bridge's goes before it.
    /// So a way out by a virtual private network, 10.0.0.0/8 or half of all there is, is in nobody's way.
    private func check(_ wanted: Subnet) throws(NetworkError) {
        if let there = near.first(where: { $0.overlaps(wanted) }) {
            throw NetworkError(
                .conflict, "\(wanted) overlaps \(there), which this host has an address in: choose another --subnet")
        }
        if let there = routes.first(where: { $0.overlaps(wanted) && $0.prefix >= wanted.prefix }) {
            throw NetworkError(
                .conflict, "\(wanted) overlaps \(there), which this host has a route to: choose another --subnet")
        }
    }

    func network(_ new: NewNetwork, bridge: String) throws(NetworkError) -> BridgeNetwork {
        for subnet in new.subnets {
            if let other = others.first(where: { network in
                [network.subnet4, network.subnet6 ?? ""].compactMap { Subnet($0) }.contains { $0.overlaps(subnet) }
            }) {
                throw NetworkError(.conflict, "\(subnet) overlaps network \(other.name): choose another --subnet")
            }
            try check(subnet)
        }
        let wanted4 = new.subnets.filter { !$0.base.isIPv6 }
        let wanted6 = new.subnets.filter(\.base.isIPv6)
        guard wanted4.count <= 1, wanted6.count <= 1 else {
            throw NetworkError(.invalid, "one --subnet of IPv4 and one of IPv6 are the most")
        }
        let subnet4: Subnet
        if let wanted = wanted4.first { subnet4 = wanted } else { subnet4 = try free4(for: new.name) }
        let subnet6 = wanted6.first ?? (new.ipv6 ? Self.random6() : nil)
        guard subnet4.prefix <= 30, subnet6?.prefix ?? 64 <= 126 else {
            throw NetworkError(.invalid, "a subnet with room for less than two hosts: give one of at most /30 or /126")
        }
        if subnet6 != nil, !Networks.hasIPv6 {
            throw NetworkError(.unsupported, Networks.absence6)
        }
        var network = BridgeNetwork(
            name: new.name, created: .now, bridge: bridge, subnet4: "\(subnet4)",
            gateway4: "\(try gateway(in: subnet4, of: new))", isInternal: new.isInternal)
        if let subnet6 {
            network.subnet6 = "\(subnet6)"
            network.gateway6 = "\(try gateway(in: subnet6, of: new))"
        }
        if let stray = new.gateways.first(where: { "\($0)" != network.gateway4 && "\($0)" != network.gateway6 }) {
            throw NetworkError(.invalid, "the gateway \(stray) lies in no subnet of the network")
        }
        network.range4 = try range(in: subnet4, of: new)
        if let subnet6 { network.range6 = try range(in: subnet6, of: new) }
        if let stray = new.ranges.first(where: { "\($0)" != network.range4 && "\($0)" != network.range6 }) {
            throw NetworkError(
                .invalid, "\(stray) cannot be the range of addresses: it lies in no --subnet of the network")
        }
        if let mtu = new.mtu, !(subnet6 == nil ? 576...65_535 : 1_280...65_535).contains(mtu) {
            throw NetworkError(
                .invalid, "an MTU of \(mtu) is not possible: \(subnet6 == nil ? "576" : "1280, for IPv6,") to 65535")
        }
        network.mtu = new.mtu
        network.labels = new.labels
        return network
    }

    private func range(in subnet: Subnet, of new: NewNetwork) throws(NetworkError) -> String? {
        let ranges = new.ranges.filter { $0.overlaps(subnet) && $0.prefix >= subnet.prefix }
        guard ranges.count <= 1 else { throw NetworkError(.invalid, "one --ip-range for each --subnet is the most") }
        return ranges.first.map { "\($0)" }
    }

    private func gateway(in subnet: Subnet, of new: NewNetwork) throws(NetworkError) -> IPAddress {
        let gateway = new.gateways.first { $0.isIPv6 == subnet.base.isIPv6 } ?? subnet.address(1)
        guard subnet.isUsable(gateway) else {
            throw NetworkError(.invalid, "\(gateway) cannot be the gateway: it is no host's address in \(subnet)")
        }
        return gateway
    }

    /// A subnet that nothing leads to but what leads everywhere: a default route, or the two halves of one. Where there is
    /// none, a route to as much as 10.0.0.0/8 counts no more either.
    private func free4(for name: String) throws(NetworkError) -> Subnet {
        let size = UInt64(1) << UInt64(32 - Self.poolPrefix)
        let taken = near + others.compactMap { Subnet($0.subnet4) }
        for broadest in [1, 8] {
            let taken = taken + routes.filter { $0.prefix > broadest }
            for pool in Self.pools.compactMap({ Subnet($0) }) {
                for index in 0..<(pool.size / size) {
                    let subnet = Subnet(pool.address(index * size), prefix: Self.poolPrefix)
                    if !taken.contains(where: { $0.overlaps(subnet) }) { return subnet }
                }
            }
        }
        throw NetworkError(
            .conflict,
            "all subnets of \(Self.pools.joined(separator: ", ")) are in use, or this host has routes to them: "
                + "boxtop network create --subnet 10.9.0.0/24 \(name), with one that is free, makes it")
    }

    /// A subnet of a unique local prefix. See RFC 4193: 40 random bits make a clash unlikely for good.
    private static func random6() -> Subnet {
        var bytes: [UInt8] = [0xFD] + (0..<5).map { _ in UInt8.random(in: 0...255) }
        bytes += [UInt8](repeating: 0, count: 10)
        return Subnet(IPAddress(bytes: bytes), prefix: 64)
    }
}
