import Glibc
import Linux
import Records

extension Networks {
    /// Brings the rules up to date: without `gone`, with `new`. Where they are not as they were left (somebody has
    /// flushed them, or they were never made), or were made for a kernel with other settings, all of them are made anew,
    /// `all` included.
    func apply(gone: [Member], new: [Member], among all: [Member]) throws(NetworkError) {
        if RulesNote.read(layout)?.hasBridgeFilter6 == Ruleset.filtersBridges6 {
            do {
                try change(adding: new, removing: gone)
                return
            } catch { if error.kind == .unsupported { throw error } }
        }
        try rebuild(all + new)
    }

    /// The rules anew for what there is: none at all where there is no network left, and nothing to be kept from passing.
    func rebuild(_ members: [Member]) throws(NetworkError) {
        var note = RulesNote.read(layout) ?? RulesNote()
        note.hasBridgeFilter6 = Ruleset.filtersBridges6
        let ruleset = Ruleset(names: names, networks: list(), note: note)
        try Nftables.run(ruleset.networks.isEmpty && note.closed.isEmpty ? ruleset.nothing : ruleset.whole(members))
        try note.write(layout)
        // Most of them are led there as they were.
        StaleFlows(arriving: members, leaving: [], areNew: false).end()
    }

    /// Adds and takes away what `members` have in the sets, in one transaction; throws where the tables are not there.
    ///
    /// - Returns: the connection, as `NetfilterBatch.commit` does.
    @discardableResult
    func change(adding new: [Member], removing gone: [Member]) throws(NetworkError) -> FileDescriptor? {
        var batch = NetfilterBatch(table: names.table)
        for element in gone.flatMap(\.elements) { batch.remove(element) }
        for element in new.flatMap(\.elements) { batch.add(element) }
        let connection = batch.isEmpty ? nil : try batch.commit()
        StaleFlows(arriving: new, leaving: gone).end()
        return connection
    }

    /// Makes a network's bridge, where it is not there: so that what keeps this host from having one is said before a
    /// container is made.
    package func makeReady(_ network: BridgeNetwork) throws(NetworkError) {
        if if_nametoindex(network.bridge) != 0 { return }
        let lock = try lock()
        defer { withExtendedLifetime(lock) {} }
        let plan = try NetworkPlan(network)
        let members = members().filter(\.isAlive)
        try apply(gone: [], new: [], among: members)
        _ = try bridge(plan, try Netlink(), members: members)
    }

    /// The number of a network's bridge, which is made where it is not there, with what belongs to it.
    func bridge(
        _ plan: NetworkPlan, _ netlink: borrowing Netlink, members: [Member]
    ) throws(NetworkError) -> Int32 {
        let name = plan.network.bridge
        if let index = netlink.index(of: name) {
            try forward(plan, members: members)
            return index
        }
        try netlink.addBridge(name, mac: MACAddress(for: plan.gateway4), mtu: plan.sizes.interface)
        guard let index = netlink.index(of: name) else { throw NetworkError(.failed, "the bridge \(name) is gone") }
        do throws(NetworkError) {
            try netlink.add(plan.gateway4, prefix: plan.subnet4.prefix, to: index)
            if let gateway6 = plan.gateway6, let subnet6 = plan.subnet6 {
                try unlessOff6(name) { () throws(NetworkError) in
                    try netlink.add(gateway6, prefix: subnet6.prefix, to: index)
                }
                // Without it, what is published is not reached at ::1; all else works.
                try? netlink.addLocalLoopback6(over: index)
            }
            // For the same at 127.0.0.1; what arrives for such an address from elsewhere is dropped by the guard.
            try? Files.write("1".utf8, to: "/proc/sys/net/ipv4/conf/\(name)/route_localnet")
            // There may be no rules at all yet, or no more.
            do { try Nftables.run(Ruleset(names: names, networks: []).elements(plan.network)) } catch {
                try rebuild(members)
            }
        } catch {
            // A bridge without addresses or rules would be taken for whole by the next start.
            try? netlink.delete(index)
            throw error
        }
        try forward(plan, members: members)
        // A bridge that somebody has deleted had these in it.
        for member in members where member.network == plan.network.name {
            if let cable = netlink.index(of: member.cable) { try? netlink.setMaster(cable, index) }
        }
        return index
    }

    /// Lets the kernel pass packets on, where that is off; those of containers alone, so that this does not make a router
    /// of a host with several networks.
    private func forward(_ plan: NetworkPlan, members: [Member]) throws(NetworkError) {
        if plan.network.isInternal { return }
        let versions: [ProtocolVersion] = plan.subnet6 == nil ? [.ipv4] : [.ipv4, .ipv6]
        let off = versions.filter(\.isOff)
        if off.isEmpty { return }
        try close(off, members: members)
        if off.contains(.ipv6) { keepRouters() }
        for version in off { version.forward() }
    }

    /// Has the rules drop what is strangers'. Written down first, so that no rules are made without it any more.
    private func close(_ versions: [ProtocolVersion], members: [Member]) throws(NetworkError) {
        var note = RulesNote.read(layout) ?? RulesNote()
        note.closed.formUnion(versions)
        note.routers.formUnion(versions.flatMap(\.forwardingInterfaces))
        try note.write(layout)
        do { try Nftables.run(Ruleset(names: names, networks: [], note: note).closing) } catch { try rebuild(members) }
    }

    /// A host that forwards no longer takes its own addresses and routes from a router's advertisements, unless it is
    /// told to: 2 is "even so".
    private func keepRouters() {
        for interface in (try? Files.names(in: "/proc/sys/net/ipv6/conf")) ?? [] where interface != "all" {
            let setting = "/proc/sys/net/ipv6/conf/\(interface)/accept_ra"
            if Files.text(setting)?.first == "1" { try? Files.write("2".utf8, to: setting) }
        }
    }
}
