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

    /// Forgets them. The kernel goes through all its flows for that, some milliseconds on a large host: so only where
    /// ports of UDP are published.
    func end() {
        let ports = Set((arriving + leaving).flatMap(\.ports).filter { $0.transport == .udp }.flatMap(\.hostPorts))
        guard let first = ports.first else { return }
        var stale: [UInt8] = []
        var own: Set<IPAddress>?
        func isOwn(_ address: IPAddress) -> Bool {
            if address.isLoopback { return true }
            let known = own ?? Self.addresses()
            own = known
            return known.contains(address)
        }
        let hasIPv6 = (arriving + leaving).contains { $0.address6 != nil }
        for family in hasIPv6 ? [AF_INET, AF_INET6] : [AF_INET] {
            try? Flow.each(of: family, to: ports.count == 1 ? first : nil) { flow in
                if ports.contains(flow.port), isStale(flow, isOwn) { stale += flow.deletion }
            }
        }
        if stale.isEmpty { return }
        guard let connection = try? NetfilterBatch.connection() else { return }
        // As many at once as the kernel takes for sure. One that has ended meanwhile is as it should be.
        _ = Flow.parts(of: stale).allSatisfy { send(connection.number, Array($0), $0.count, 0) == $0.count }
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

/// One flow of UDP as the kernel has it: see linux/netfilter/nfnetlink_conntrack.h.
struct Flow {
    /// Where its packets are sent to.
    let destination: IPAddress
    let port: UInt16
    /// Who answers them: where they are led to.
    let target: Target
    /// The message that has the kernel forget it.
    let deletion: [UInt8]

    struct Target: Hashable {
        var address: IPAddress
        var port: UInt16
    }

    private enum Kind: UInt16 {
        case new = 0x0100
        case get = 0x0101
        case delete = 0x0102
    }

    /// All of a version of the protocol that are sent to `port`, or to any. Kernels before 5.8 list those that are no UDP as
    /// well, which are left out here.
    static func each(of family: Int32, to port: UInt16?, _ body: (Flow) -> Void) throws(SystemCallError) {
        var asked = NetlinkAttributes()
        asked.nest(1) { tuple in
            tuple.nest(2) { transport in
                transport.attribute(1, [UInt8(IPPROTO_UDP)])
                if let port { transport.attribute(3, port.bigEndian.nativeBytes) }
            }
        }
        // What of it counts: the protocol, and the port that it is sent to.
        asked.nest(25) { $0.attribute(1, UInt32(port == nil ? 0x08 : 0x28).nativeBytes) }
        try NetlinkMessages.dump(Kind.get.rawValue, family: UInt8(family), asked) { kind, content in
            if kind == Kind.new.rawValue, let flow = Flow(content) { body(flow) }
        }
    }

    /// - Parameter content: `struct nfgenmsg` and the attributes `CTA_…`. `nil` for what is not UDP.
    init?(_ content: ArraySlice<UInt8>) {
        guard let family = content.first else { return nil }
        let values = NetlinkMessages.attributes(content.dropFirst(4))
        guard let original = values[1], let reply = values[2], let sent = Self.tuple(original),
            let answered = Self.tuple(reply)
        else { return nil }
        destination = sent.destination.address
        port = sent.destination.port
        target = answered.source
        var named = NetlinkAttributes()
        named.attribute(1 | 0x8000, original)
        if let zone = values[18] { named.attribute(18, zone) }
        deletion = NetlinkMessages.request(Kind.delete.rawValue, family: family, named)
    }

    private static func tuple(_ bytes: ArraySlice<UInt8>) -> (source: Target, destination: Target)? {
        let parts = NetlinkMessages.attributes(bytes)
        guard let addresses = parts[1].map(NetlinkMessages.attributes),
            let transport = parts[2].map(NetlinkMessages.attributes),
            transport[1]?.first == UInt8(IPPROTO_UDP), let source = addresses[1] ?? addresses[3],
            let destination = addresses[2] ?? addresses[4],
            let from: UInt16 = transport[2].flatMap({ NetlinkMessages.number($0, at: 0) }),
            let to: UInt16 = transport[3].flatMap({ NetlinkMessages.number($0, at: 0) })
        else { return nil }
        return (
            Target(address: IPAddress(bytes: Array(source)), port: UInt16(bigEndian: from)),
            Target(address: IPAddress(bytes: Array(destination)), port: UInt16(bigEndian: to))
        )
    }

    /// `messages`, cut between two of them into pieces of at most 64 KiB.
    static func parts(of messages: [UInt8]) -> [ArraySlice<UInt8>] {
        var (parts, start, end) = ([ArraySlice<UInt8>](), 0, 0)
        while let length: UInt32 = NetlinkMessages.number(messages[end...], at: 0), length > 0 {
            if end + Int(length) - start > 64 << 10 {
                parts.append(messages[start..<end])
                start = end
            }
            end += Int(length)
        }
        return parts + (start < end ? [messages[start..<end]] : [])
    }
}

extension Member {
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
