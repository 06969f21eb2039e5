import Glibc
import Linux

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

    enum Kind: UInt16 {
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
