import Glibc
import Linux
import Records

/// What the kernel remembers of UDP. A flow has no end there as long as a client sends, and its packets go where the
/// first one went, whatever the rules say by now: to a container that is no more, or to no container at all. So who comes
/// or goes has the flows of its ports forgotten that lead elsewhere: the next packet is looked up anew.
struct StaleFlows {
    /// Whose ports lead to them now.
    let arriving: [Member]
    /// Whose did.
    let leaving: [Member]
    /// Whether nothing led to those that arrive before.
    var areNew = true

    /// Forgets them. The kernel finds the flows of a port in 0.2 ms and more; to list all there are, it takes a hundred
    /// times as long: that is for many ports, and for kernels that cannot look for a port by themselves.
    func end() {
        let ports = Set((arriving + leaving).flatMap(\.ports).filter { $0.transport == .udp }.flatMap(\.hostPorts))
        if ports.isEmpty || areNew && ports.count <= 16 && endByFilter() { return }
        var stale: [UInt8] = []
        lazy var own = Self.addresses()
        let hasIPv6 = (arriving + leaving).contains { $0.address6 != nil }
        for family in hasIPv6 ? [AF_INET, AF_INET6] : [AF_INET] {
            try? Flow.each(of: family, to: ports.count == 1 ? ports.first : nil) { flow in
                guard ports.contains(flow.port) else { return }
                if isStale(flow, { $0.isLoopback || own.contains($0) }) { stale += flow.deletion }
            }
        }
        if stale.isEmpty { return }
        // As many at once as the kernel takes for sure. One that has ended meanwhile is as it should be.
        for part in Flow.parts(of: stale) { _ = try? NetlinkMessages.send(Array(part)) }
    }

    /// Has the kernel look for them; `false` where it cannot, before Linux 6.10. Who arrives has no flows that lead there
    /// yet, so all that are sent to its ports go, whoever answers, but those that this host masquerades: these are others'.
    private func endByFilter() -> Bool {
        var messages: [UInt8] = []
        for filter in leaving.flatMap(\.flowsThere) + arriving.flatMap(\.flowsElsewhere) {
            messages += filter.deletion
        }
        return (try? NetlinkMessages.send(messages)) != nil
    }

    func isStale(_ flow: Flow, _ isOwn: (IPAddress) -> Bool) -> Bool {
        let aims = arriving.flatMap { $0.targets(of: flow) }
        if aims.isEmpty { return leaving.contains { $0.targets(of: flow).contains(flow.target) } }
        return !aims.contains(flow.target) && isOwn(flow.destination)
    }

    private static func addresses() -> Set<IPAddress> {
        guard let netlink = try? Netlink(), let addresses = try? netlink.addresses() else { return [] }
        return Set(addresses.map(\.address))
    }
}

/// Which flows of UDP are meant: see `Flow`.
private struct FlowFilter {
    var port: UInt16
    /// Where they are sent to; absent: anywhere.
    var destination: IPAddress?
    var family: Int32
    /// Who answers.
    var target: IPAddress?
    var state: State?

    /// What of their addresses the host has changed: bits of `enum ip_conntrack_status`, and which of them count.
    struct State {
        var bits: UInt32
        var mask: UInt32

        static let unchanged = State(bits: 0, mask: 0x30)
        static let rewritten = State(bits: 0x20, mask: 0x20)
    }

    var deletion: [UInt8] {
        var asked = NetlinkAttributes()
        let ip: UInt16 = family == AF_INET6 ? 2 : 0
        asked.nest(1) { tuple in
            if let destination { tuple.nest(1) { $0.attribute(2 + ip, destination.bytes) } }
            tuple.nest(2) { transport in
                transport.attribute(1, [UInt8(IPPROTO_UDP)])
                transport.attribute(3, port.bigEndian.nativeBytes)
            }
        }
        if let target { asked.nest(2) { $0.nest(1) { $0.attribute(1 + ip, target.bytes) } } }
        if let state {
            asked.attribute(3, state.bits.bigEndian.nativeBytes)
            asked.attribute(26, state.mask.bigEndian.nativeBytes)
        }
        asked.nest(25) { counts in
            counts.attribute(1, UInt32(destination == nil ? 0x28 : 0x2A).nativeBytes)
            if target != nil { counts.attribute(2, UInt32(0x01).nativeBytes) }
        }
        return NetlinkMessages.request(Flow.Kind.delete.rawValue, family: UInt8(family), asked)
    }
}

extension Member {
    /// Those to its ports, wherever they lead.
    fileprivate var flowsElsewhere: [FlowFilter] {
        flowsThere.flatMap { flow in
            [FlowFilter.State.unchanged, .rewritten].map { state in
                var filter = flow
                (filter.target, filter.state) = (nil, state)
                return filter
            }
        }
    }

    /// Those to its ports that lead to it.
    fileprivate var flowsThere: [FlowFilter] {
        ports.filter { $0.transport == .udp }.flatMap { port in
            let at = port.address.flatMap { IPAddress($0) }
            return [address4, address6].compactMap { $0 }.filter { at.map(\.isIPv6) ?? $0.isIPv6 == $0.isIPv6 }
                .flatMap { target in
                    port.hostPorts.map { number in
                        FlowFilter(
                            port: number, destination: at.flatMap { $0.isUnspecified ? nil : $0 },
                            family: target.family, target: target)
                    }
                }
        }
    }

    /// Where `flow` is led to, as one of this one's published ports.
    fileprivate func targets(of flow: Flow) -> [Flow.Target] {
        guard let address = flow.destination.isIPv6 ? address6 : address4 else { return [] }
        return ports.compactMap { port in
            let at = port.address.flatMap { IPAddress($0) }
            guard port.transport == .udp, port.hostPorts.contains(flow.port),
                at.map({ $0 == flow.destination || $0.isUnspecified && $0.isIPv6 == flow.destination.isIPv6 }) ?? true
            else { return nil }
            return Flow.Target(address: address, port: port.port &+ (flow.port &- port.hostPort))
        }
    }
}

extension PublishedPort {
    /// Those of the host.
    fileprivate var hostPorts: [UInt16] { (0..<max(1, count)).map { hostPort &+ $0 } }
}
