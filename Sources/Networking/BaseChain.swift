import Glibc
import Linux

/// A chain of the packet filter that the kernel itself calls, for routed packets. libnftables lists them too, but takes
/// five milliseconds for it, which each start of a container that publishes a port would wait.
struct BaseChain: Hashable, Sendable {
    /// `ip`, `ip6` or `inet`.
    var family: String
    var table: String
    var name: String
    var hook: Hook
    /// What none of its rules decides about is dropped.
    var drops: Bool

    /// Where on its way a packet comes to it: `enum nf_inet_hooks` of linux/netfilter.h.
    enum Hook: UInt32, Sendable { case prerouting, input, forward, output, postrouting }

    /// All that there are. Needs the right to change them.
    static func all() throws(SystemCallError) -> [BaseChain] {
        var chains: [BaseChain] = []
        try NetlinkMessages.dump(Kind.get.rawValue, family: 0) { kind, content in
            if let chain = BaseChain(kind: kind, content) { chains.append(chain) }
        }
        return chains
    }

    private enum Kind: UInt16 {
        case new = 0x0A03
        case get = 0x0A04
        case newRule = 0x0A06
        case getRule = 0x0A07
    }

    private static let families: [UInt8: String] = [1: "inet", 2: "ip", 10: "ip6"]

    /// A message of a chain; `nil` for any other, and for a chain that the kernel does not call.
    ///
    /// - Parameter content: `struct nfgenmsg` and the attributes `NFTA_CHAIN_…` of linux/netfilter/nf_tables.h.
    init?(kind: UInt16, _ content: ArraySlice<UInt8>) {
        guard kind == Kind.new.rawValue, let family = content.first.flatMap({ Self.families[$0] }) else { return nil }
        let values = NetlinkMessages.attributes(content.dropFirst(4))
        guard let table = values[1], let name = values[3],
            let place = values[4].map(NetlinkMessages.attributes)?[1],
            let hook = NetlinkMessages.bigEndian(place).flatMap(Hook.init),
            let policy = values[5].flatMap(NetlinkMessages.bigEndian)
        else { return nil }
        self.family = family
        self.table = NetlinkMessages.text(table)
        self.name = NetlinkMessages.text(name)
        self.hook = hook
        drops = policy == 0
    }

    // MARK: Its last rule

    /// Whether its last rule drops or refuses all that comes to it, as firewalld's does: then its policy is never asked.
    func endsInRefusal() -> Bool {
        guard let number = Self.families.first(where: { $0.value == family })?.key else { return false }
        var asked = NetlinkAttributes()
        asked.attribute(1, Array(table.utf8) + [0])
        asked.attribute(2, Array(name.utf8) + [0])
        var last: ArraySlice<UInt8>?
        try? NetlinkMessages.dump(Kind.getRule.rawValue, family: number, asked) { kind, content in
            guard kind == Kind.newRule.rawValue else { return }
            let values = NetlinkMessages.attributes(content.dropFirst(4))
            // Kernels that take no notice of what was asked for list every chain's.
            if values[1].map(NetlinkMessages.text) == table, values[2].map(NetlinkMessages.text) == name {
                last = values[4] ?? []
            }
        }
        return last.map(Self.refusesAll) ?? false
    }

    /// - Parameter expressions: `NFTA_RULE_EXPRESSIONS` of a rule: what it compares, and does.
    static func refusesAll(_ expressions: ArraySlice<UInt8>) -> Bool {
        for expression in NetlinkMessages.list(expressions) {
            let values = NetlinkMessages.attributes(expression.value)
            let data = values[2].map(NetlinkMessages.attributes) ?? [:]
            switch values[1].map(NetlinkMessages.text) {
            case "counter", "log": continue
            case "reject": return true
            // Of iptables-nft.
            case "target": return ["REJECT", "DROP"].contains(data[1].map(NetlinkMessages.text))
            case "immediate":
                // A value for the register 0 is a verdict: NF_DROP is 0.
                let verdict = data[2].map(NetlinkMessages.attributes)?[2].map(NetlinkMessages.attributes)?[1]
                return data[1].flatMap(NetlinkMessages.bigEndian) == 0
                    && verdict.flatMap(NetlinkMessages.bigEndian) == 0
            default: return false
            }
        }
        return false
    }
}
