import Linux
import Records

extension Networks {
    /// Gives a running container a further interface, in `attachment`'s network, which its record names already.
    package func connect(
        _ container: ContainerRecord, to attachment: NetworkAttachment, process: Int32
    ) throws(NetworkError) {
        let lock = try lock()
        defer { withExtendedLifetime(lock) {} }
        let plan = try NetworkPlan(try find(attachment.network))
        let members = members()
        let own = members.filter { $0.id == container.id }
        let number = (0...).first { number in !own.contains { $0.interface == "eth\(number)" } } ?? own.count
        let ports = own.isEmpty ? container.network?.ports ?? [] : []
        let others = members.filter { $0.id != container.id && $0.isAlive }
        try PortUse(others).check(ports)
        let new = try member(container, attachment, plan, process: process, number: number, ports: ports)
        try write(members + [new])
        let settled: [Member]
        do throws(NetworkError) {
            try checkMAC(of: new, plan, among: others)
            try connect(
                [new], [plan], among: members, replacing: [], process: process, limits: container.limits,
                keepsRoutes: !own.isEmpty)
            settled = try lead(own.flatMap(\.ports), of: container.id, among: members + [new])
        } catch {
            try? takeAway([new], remaining: members)
            AddressPool(plan.network, layout).releaseAll(of: container.id)
            throw error
        }
        try settle(container, settled, changed: [new.network])
    }

    /// Takes a running container out of a network. What it publishes then leads through another that it is in.
    package func disconnect(_ container: ContainerRecord, from network: String) throws(NetworkError) {
        let lock = try lock()
        defer { withExtendedLifetime(lock) {} }
        let members = members()
        let leaving = members.filter { $0.id == container.id && $0.network == network }
        var remaining = members.filter { !($0.id == container.id && $0.network == network) }
        try takeAway(leaving, remaining: remaining)
        remaining = try lead(leaving.flatMap(\.ports), of: container.id, among: remaining)
        if let plan = try? find(network) { AddressPool(plan, layout).releaseAll(of: container.id) }
        try settle(container, remaining, changed: [network])
    }

    /// Leads what a running container publishes in by the first of its networks that is not internal, where it does not
    /// lead in by such a one already: see `wayIn`. Returns the members.
    private func lead(
        _ ports: [PublishedPort], of id: String, among members: [Member]
    ) throws(NetworkError) -> [Member] {
        if ports.isEmpty { return members }
        let own = members.filter { $0.id == id }
        let closed = Set(list().filter(\.isInternal).map(\.name))
        guard let way = own.first(where: { !closed.contains($0.network) }) ?? own.first else {
            return members
        }
        if !way.ports.isEmpty || own.contains(where: { !$0.ports.isEmpty && !closed.contains($0.network) }) {
            return members
        }
        var led = members
        for index in led.indices where led[index].id == id {
            led[index].ports = led[index].network == way.network ? ports : []
        }
        try write(led)
        try apply(gone: own, new: led.filter { $0.id == id }, among: members.filter { $0.id != id })
        return led
    }

    /// Rules and cables of `members`, whose namespace stays.
    private func takeAway(_ members: [Member], remaining: [Member]) throws(NetworkError) {
        _ = try? change(adding: [], removing: members)
        let netlink = try Netlink()
        for member in members { if let index = netlink.index(of: member.cable) { try? netlink.delete(index) } }
        try write(remaining)
    }

    /// Names and notes after a change to a running container's networks.
    private func settle(
        _ container: ContainerRecord, _ members: [Member], changed: Set<String>
    ) throws(NetworkError) {
        let own = members.filter { $0.id == container.id }
        HostNames(layout).refresh(members, networks: changed.union(own.map(\.network)), own: container.id)
        HostNames(layout).leave(container.id, members)
        var plans: [NetworkPlan] = []
        for member in own { plans.append(try NetworkPlan(try find(member.network))) }
        note(own, plans, of: container, ports: own.flatMap(\.ports))
    }

    // MARK: Removing

    /// Takes away a network that nobody is in: its rules, its bridge, its record. One whose record cannot be read goes too.
    package func remove(_ name: String) throws(NetworkError) {
        let network = try findForRemoval(name)
        let lock = try lock()
        defer { withExtendedLifetime(lock) {} }
        let members = members()
        if let member = members.first(where: { $0.network == network.name && $0.isAlive }) {
            throw NetworkError(
                .conflict,
                "container \(member.names.first ?? member.id) is in network \(network.name): stop it, or "
                    + "boxtop network disconnect \(network.name) \(member.names.first ?? member.id)")
        }
        try explaining { () throws(SystemCallError) in try Files.removeTree(folder(network.name)) }
        let netlink = try Netlink()
        if let index = netlink.index(of: network.bridge) { try netlink.delete(index) }
        try rebuild(members.filter { $0.network != network.name })
    }
}
