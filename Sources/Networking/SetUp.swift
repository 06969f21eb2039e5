import Cgroups
import Glibc
import Linux
import Records

extension Networks {
    /// Gives a container that is being started its interfaces, addresses, routes, names and ports. Throws with nothing of
    /// it left.
    ///
    /// - Parameter process: its first process, in the network namespace that all of it is for.
    package func setUp(_ container: ContainerRecord, process: Int32) throws(NetworkError) {
        guard let request = container.network else { return }
        if request.mode == .user {
            let own = environment("PATH").map { "\($0):" } ?? ""
            let pasta = try Pasta(["PATH": "\(own)/usr/local/bin:/usr/bin:/bin"])
            try explaining { () throws(SystemCallError) in try Files.makePrivate(layout.pastas) }
            let reachesHost = Files.exists("\(layout.container(container.id))/\(Layout.gatewayNames)")
            return try pasta.connect(
                process: process, ports: request.ports, reachesHost: reachesHost, pidFile: layout.pasta(container.id))
        }
        guard request.mode == .bridges else { return }
        let lock = try lock()
        defer { withExtendedLifetime(lock) {} }
        var plans: [NetworkPlan] = []
        for attachment in request.attachments { plans.append(try NetworkPlan(try find(attachment.network))) }
        let (all, gone) = split(members(), without: container.id)
        try PortUse(all).check(request.ports)

        var new: [Member] = []
        let way = plans.map(\.network).wayIn
        for (number, (attachment, plan)) in zip(request.attachments, plans).enumerated() {
            new.append(
                try member(
                    container, attachment, plan, process: process, number: number,
                    ports: number == way ? request.ports : []))
        }
        // First of all, so that a crash leaves nothing that nobody knows of.
        try write(all + gone + new)
        do throws(NetworkError) {
            for (member, plan) in zip(new, plans) { try checkMAC(of: member, plan, among: all) }
            try connect(new, plans, among: all, replacing: gone, process: process, limits: container.limits)
        } catch {
            undo(new, remaining: all)
            // The container goes with its first start, and nobody else is asked to give its addresses back.
            if container.autoRemove { releaseAddresses(of: container.id) }
            throw error
        }
        if !gone.isEmpty { try? write(all + new) }
        note(new, plans, of: container, ports: request.ports)
        HostNames(layout).refresh(all + new, networks: Set(new.map(\.network)), own: container.id)
    }

    /// The members that live, and those that a crash has left, with all of `id`'s.
    func split(_ members: [Member], without id: String) -> (living: [Member], gone: [Member]) {
        var (living, gone): ([Member], [Member]) = ([], [])
        for member in members {
            if member.id != id && member.isAlive { living.append(member) } else { gone.append(member) }
        }
        return (living, gone)
    }

    /// The line of a container that is to be in a network: with an address of its own.
    func member(
        _ container: ContainerRecord, _ attachment: NetworkAttachment, _ plan: NetworkPlan, process: Int32,
        number: Int, ports: [PublishedPort]
    ) throws(NetworkError) -> Member {
        let pool = AddressPool(plan.network, layout)
        let address4 = try pool.claim(
            attachment.address4.flatMap { IPAddress($0) }, in: plan.subnet4, range: plan.range4,
            beside: plan.gateway4, for: container.id)
        var address6: IPAddress?
        if let subnet6 = plan.subnet6, let gateway6 = plan.gateway6 {
            // The same number in both, which a person can remember.
            let number =
                address4.bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                - plan.subnet4.base.bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            address6 = try pool.claim(
                attachment.address6.flatMap { IPAddress($0) }, in: subnet6, range: plan.range6, beside: gateway6,
                for: container.id, suggested: subnet6.address(number))
        }
        return Member(
            network: plan.network.name, id: container.id, process: process,
            cable: names.cable(of: container.id, process: process, number: number), interface: "eth\(number)",
            address4: address4, address6: address6, mac: attachment.mac.flatMap { MACAddress($0) },
            names: [container.name] + attachment.aliases + [String(container.id.prefix(12))], ports: ports)
    }

    /// The kernel's part: rules, cables, addresses, routes.
    func connect(
        _ new: [Member], _ plans: [NetworkPlan], among all: [Member], replacing gone: [Member], process: Int32,
        limits: Limits?, keepsRoutes: Bool = false
    ) throws(NetworkError) {
        let netlink = try Netlink()
        let netns = try explaining("cannot find the container's network") { () throws(SystemCallError) in
            try FileDescriptor.open("/proc/\(process)/ns/net")
        }
        try apply(gone: gone, new: new, among: all)
        let bridgesFilter = Files.text("/proc/sys/net/bridge/bridge-nf-call-iptables")?.first == "1"
        for (member, plan) in zip(new, plans) {
            let bridge = try bridge(plan, netlink, members: all + new)
            // Left by a crash, with the same process id: not this container's.
            if let old = netlink.index(of: member.cable) { try? netlink.delete(old) }
            try netlink.addCable(
                member.cable, bridge: bridge, inner: member.interface, mac: member.mac, netns: netns.number,
                mtu: plan.sizes.interface)
            if let cable = netlink.index(of: member.cable) {
                try netlink.pin(member.mac, to: cable)
                plan.sizes.set(cable, netlink)
                // Where the bridge applies the rules for routed packets itself, a container that asks for its own
                // published port is answered through the bridge.
                if bridgesFilter { try? netlink.setHairpin(cable) }
                if let rate = limits?.networkReceived { try netlink.setRate(cable, rate) }
            }
        }
        try inside(netns) { (netlink) throws(NetworkError) in
            for (number, (member, plan)) in zip(new, plans).enumerated() {
                try configure(member, plan, netlink, hasRoute: number == 0 && !keepsRoutes, limits: limits)
            }
        }
    }

    private func configure(
        _ member: Member, _ plan: NetworkPlan, _ netlink: borrowing Netlink, hasRoute: Bool,
        limits: Limits?
    ) throws(NetworkError) {
        guard let index = netlink.index(of: member.interface) else {
            throw NetworkError(.failed, "the container's interface \(member.interface) is gone")
        }
        plan.sizes.set(index, netlink)
        try netlink.setUp(index)
        try netlink.add(member.address4, prefix: plan.subnet4.prefix, to: index)
        if let address6 = member.address6, let subnet6 = plan.subnet6 {
            try unlessOff6(member.interface) { () throws(NetworkError) in
                try netlink.add(address6, prefix: subnet6.prefix, to: index)
            }
        }
        if let rate = limits?.networkSent { try netlink.setRate(index, rate) }
        if plan.network.isInternal { return }
        // Further networks are a way out as well, should the first one be taken away.
        let metric: UInt32 = hasRoute ? 0 : 512 + UInt32(index)
        let mtu = plan.sizes.wayOut
        try netlink.addDefaultRoute(by: plan.gateway4, over: index, metric: metric, mtu: mtu)
        if member.address6 != nil, let gateway6 = plan.gateway6 {
            try unlessOff6(member.interface) { () throws(NetworkError) in
                try netlink.addDefaultRoute(
                    by: gateway6, over: index, metric: hasRoute ? 0 : 2_048 + UInt32(index), mtu: mtu)
            }
        }
    }

    /// Runs `body`, which gives an interface something of IPv6; where that has failed since IPv6 is switched off for it, by
    /// the host's settings or the container's own, it goes on without, and returns `false`.
    @discardableResult
    func unlessOff6(_ interface: String, _ body: () throws(NetworkError) -> Void) throws(NetworkError) -> Bool {
        do throws(NetworkError) {
            try body()
            return true
        } catch {
            guard Files.text("/proc/sys/net/ipv6/conf/\(interface)/disable_ipv6")?.first == "1" else { throw error }
            return false
        }
    }

    /// Runs `body` in the network namespace `netns`, and comes back.
    func inside(
        _ netns: borrowing FileDescriptor, _ body: (borrowing Netlink) throws(NetworkError) -> Void
    ) throws(NetworkError) {
        let own = try explaining { () throws(SystemCallError) in try FileDescriptor.open("/proc/self/ns/net") }
        try explaining("cannot enter the container's network") { () throws(SystemCallError) in
            try Namespaces.network.join(netns)
        }
        let outcome = Result { () throws(NetworkError) in try body(try Netlink()) }
        try explaining("cannot leave the container's network") { () throws(SystemCallError) in
            try Namespaces.network.join(own)
        }
        try outcome.get()
    }

    /// Takes away what a start that failed has made. Its namespace, and the cables with it, go with its process.
    private func undo(_ new: [Member], remaining: [Member]) {
        _ = try? change(adding: [], removing: new)
        if let netlink = try? Netlink() {
            for member in new { if let index = netlink.index(of: member.cable) { try? netlink.delete(index) } }
        }
        try? write(remaining)
    }

    /// Writes how it is for everybody to read.
    func note(
        _ members: [Member], _ plans: [NetworkPlan], of container: ContainerRecord, ports: [PublishedPort]
    ) {
        let interfaces = zip(members, plans).map { member, plan in
            var interface = NetworkInterface(
                network: member.network, name: member.interface, hostName: member.cable, mac: "\(member.mac)",
                address4: "\(member.address4)", prefix4: plan.subnet4.prefix)
            if !plan.network.isInternal { interface.gateway4 = plan.network.gateway4 }
            if let address6 = member.address6 {
                interface.address6 = "\(address6)"
                interface.prefix6 = plan.subnet6?.prefix
                if !plan.network.isInternal { interface.gateway6 = plan.network.gateway6 }
            }
            return interface
        }
        let state = NetworkState(interfaces: interfaces, ports: ports)
        // What a full disk does not take is shown as absent, and harms nothing else.
        try? Files.replace(
            layout.networkState(container.id), with: state.text + [UInt8(ascii: "\n")], durable: false)
    }
}
