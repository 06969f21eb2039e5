import Glibc
import Linux
import Records

/// What `network repair` has found, a line each.
package struct RepairLine: Hashable, Sendable {
    package enum Outcome: String, Hashable, Sendable {
        case fine
        /// It was not as it should be, and is again.
        case repaired
        /// It is not as it should be, and is not boxtop's to change, or could not be.
        case broken
    }

    package var subject: String
    package var outcome: Outcome
    package var detail: String

    package init(_ subject: String, _ outcome: Outcome, _ detail: String) {
        self.subject = subject
        self.outcome = outcome
        self.detail = detail
    }
}

extension Networks {
    /// Compares what should be with what is, and makes it so.
    package func repair() throws(NetworkError) -> [RepairLine] {
        try Self.requireRoot()
        let lock = try lock()
        defer { withExtendedLifetime(lock) {} }
        var lines: [RepairLine] = []
        let (living, gone) = splitSurely(members())
        if !gone.isEmpty {
            try write(living)
            lines.append(.init("members", .repaired, "\(gone.count) of containers that are no more taken away"))
        }
        let netlink = try Netlink()
        lines += try repairBridges(living, netlink)
        lines += try repairCables(living, netlink)
        lines.append(try repairRules(living))
        if let closed = RulesNote.read(layout)?.closed, !closed.isEmpty {
            let versions = closed.map(\.rawValue).sorted().joined(separator: ", ")
            lines.append(.init("forwarding", .fine, "on by boxtop, for containers alone (\(versions))"))
        }
        let networks = list { lines.append(RepairLine("networks", .broken, "\($0)")) }
        for network in networks { AddressPool(network, layout).sweep() }
        HostNames(layout).refresh(living, networks: Set(living.map(\.network)), own: nil)
        lines += obstacles().map { RepairLine("firewall", .broken, $0.sentence) }
        return lines
    }

    /// The members whose process is the container's still, by the state that its supervisor has written; and the rest.
    private func splitSurely(_ members: [Member]) -> (living: [Member], gone: [Member]) {
        let files = StateFiles(layout)
        var (living, gone): ([Member], [Member]) = ([], [])
        for member in members {
            // One that is being started has no state yet.
            let isSame = files.state(of: member.id).status.running.map { $0.process.pid == member.process } ?? true
            if member.isAlive && isSame && Files.exists(layout.container(member.id)) {
                living.append(member)
            } else {
                gone.append(member)
            }
        }
        return (living, gone)
    }

    private func repairBridges(
        _ members: [Member], _ netlink: borrowing Netlink
    ) throws(NetworkError) -> [RepairLine] {
        var lines: [RepairLine] = []
        for network in list() where members.contains(where: { $0.network == network.name }) {
            let plan = try NetworkPlan(network)
            let isThere = netlink.index(of: network.bridge) != nil
            let forwards = Files.text("/proc/sys/net/ipv4/ip_forward")?.first == "1"
            let index = try bridge(plan, netlink, members: members)
            var lack = network.subnet6 != nil && plan.subnet6 == nil ? "; IPv4 alone: \(plan.absence6)" : ""
            var found = isThere ? [] : ["the bridge \(network.bridge) was gone"]
            if !network.isInternal, !forwards { found.append("the kernel passed no packets on (net.ipv4.ip_forward)") }
            let addresses = try netlink.addresses().filter { $0.index == index }.map(\.address)
            for (gateway, subnet) in [
                (plan.gateway4 as IPAddress?, plan.subnet4 as Subnet?), (plan.gateway6, plan.subnet6),
            ] {
                guard let gateway, let subnet, !addresses.contains(gateway) else { continue }
                let isGiven = try unlessOff6(network.bridge) { () throws(NetworkError) in
                    try netlink.add(gateway, prefix: subnet.prefix, to: index)
                }
                if isGiven {
                    found.append("\(network.bridge) had lost its address \(gateway)")
                } else {
                    lack = "; IPv4 alone: IPv6 is off for it (net.ipv6.conf.\(network.bridge).disable_ipv6)"
                }
            }
            if !(try netlink.links().contains { $0.index == index && $0.isUp }) {
                try netlink.setUp(index)
                found.append("\(network.bridge) was off")
            }
            lines.append(
                found.isEmpty
                    ? .init("network \(network.name)", .fine, "\(network.bridge), \(network.subnet4)" + lack)
                    : .init("network \(network.name)", .repaired, found.joined(separator: ", ") + lack))
        }
        return lines
    }

    private func repairCables(
        _ members: [Member], _ netlink: borrowing Netlink
    ) throws(NetworkError) -> [RepairLine] {
        var lines: [RepairLine] = []
        let links = try netlink.links()
        for member in members {
            let network = try find(member.network)
            let subject = "container \(member.names.first ?? member.id)"
            guard let bridge = netlink.index(of: network.bridge) else { continue }
            guard let link = links.first(where: { $0.name == member.cable }) else {
                let outcome = Result { () throws(NetworkError) in
                    try connect(
                        [member], [try NetworkPlan(network)], among: members, replacing: [], process: member.process,
                        limits: try? StateFiles(layout).record(of: member.id).limits,
                        keepsRoutes: member.interface != "eth0")
                }
                switch outcome {
                case .success: lines.append(.init(subject, .repaired, "its interface in \(network.name) was gone"))
                case .failure(let error): lines.append(.init(subject, .broken, "\(error)"))
                }
                continue
            }
            if link.master != bridge {
                try netlink.setMaster(link.index, bridge)
                lines.append(.init(subject, .repaired, "its interface was not in \(network.bridge)"))
            } else if !link.isUp {
                try netlink.setUp(link.index)
                lines.append(.init(subject, .repaired, "its interface was off"))
            }
        }
        let known = Set(members.map(\.cable))
        for link in links
        where link.kind == "veth" && link.name.hasPrefix(names.cablePrefix) && !known.contains(link.name) {
            try? netlink.delete(link.index)
            lines.append(.init("interface \(link.name)", .repaired, "nobody's: removed"))
        }
        return lines
    }

    /// Makes all rules anew, and says whether that has changed anything.
    private func repairRules(_ members: [Member]) throws(NetworkError) -> RepairLine {
        let before = rulesAsTheyAre()
        try rebuild(members)
        return before == rulesAsTheyAre()
            ? .init("rules", .fine, "as they should be, in tables \(names.table)")
            : .init("rules", .repaired, "they were not as they should be: made anew, in tables \(names.table)")
    }

    /// The parts of the listing, sorted, since the kernel gives the elements of a set in any order.
    private func rulesAsTheyAre() -> [String] {
        ["inet", "bridge"].map { (try? Nftables.output("list table \($0) \(names.table)")) ?? "" }.joined()
            .split { $0.isNewline || $0 == "," || $0 == "{" || $0 == "}" }
            .map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }.sorted()
    }
}
