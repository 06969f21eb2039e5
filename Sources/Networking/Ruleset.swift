import Linux
import Records

/// The text of boxtop's own tables of the packet filter: a fixed set of rules that look things up in sets and maps, so
/// that a container that comes or goes is a few elements more or less, and the rules stay as fast with a thousand.
///
/// - `inet`: published ports, the way out, and who may reach whom.
/// - `bridge`: what leaves a container has its own addresses and no other's.
struct Ruleset {
    let names: KernelNames
    let networks: [BridgeNetwork]
    /// What they are made for.
    var note = RulesNote()

    /// Whether the kernel shows bridged packets of IPv6 to the rules for routed ones. Then what is published cannot be
    /// reached at ::1: the address of an answer is changed back too early, and the kernel drops it. Refused at once, a
    /// client tries 127.0.0.1.
    static var filtersBridges6: Bool { Files.text("/proc/sys/net/bridge/bridge-nf-call-ip6tables")?.first == "1" }

    private var table: String { names.table }

    /// No tables, whether there were any or not.
    var nothing: String {
        ["inet", "bridge"].map { "add table \($0) \(table)\ndelete table \($0) \(table)\n" }.joined()
    }

    /// Everything anew, in one transaction, with what `members` have.
    func whole(_ members: [Member]) -> String {
        var text = nothing + "table inet \(table) {\n\(inet)}\ntable bridge \(table) {\n\(bridge)}\n"
        text += networks.map(elements).joined()
        text += closing
        return text + members.flatMap(\.elements).map { $0.adding(to: table) }.joined()
    }

    private var inet: String {
        """
        set bridges { type ifname; }
        set internal { type ifname; }
        set pairs { type ifname . ifname; }
        set closed { type nf_proto; }
        set routers { type ifname; }
        set inside4 { type ipv4_addr; flags interval; }
        set inside6 { type ipv6_addr; flags interval; }
        map ports4 { type inet_proto . inet_service : ipv4_addr . inet_service; }
        map ports6 { type inet_proto . inet_service : ipv6_addr . inet_service; }
        map bound4 { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service; }
        map bound6 { type ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service; }
        chain guard {
            type filter hook prerouting priority raw;
            iifname != "lo" ip daddr 127.0.0.0/8 drop
        }
        chain publish {
            dnat ip to ip daddr . meta l4proto . th dport map @bound4
            dnat ip to meta l4proto . th dport map @ports4
            dnat ip6 to ip6 daddr . meta l4proto . th dport map @bound6
            dnat ip6 to meta l4proto . th dport map @ports6
        }
        chain incoming {
            type nat hook prerouting priority dstnat;
            fib daddr type local jump publish
        }
        chain outgoing {
            type nat hook output priority -100;
            \(note.hasBridgeFilter6 ? "ip6 daddr ::1 return" : "")
            fib daddr type local jump publish
        }
        chain leaving {
            type nat hook postrouting priority srcnat;
            ip saddr @inside4 oifname != @bridges masquerade
            ip6 saddr @inside6 oifname != @bridges masquerade
            ip saddr 127.0.0.0/8 oifname @bridges masquerade
            ip6 saddr ::1 oifname @bridges masquerade
            ct status dnat ip saddr @inside4 oifname @bridges masquerade
            ct status dnat ip6 saddr @inside6 oifname @bridges masquerade
        }
        chain forward {
            type filter hook forward priority filter;
            iifname @internal oifname @bridges iifname . oifname != @pairs ct state new drop
            oifname @bridges jump entering
            iifname @internal ct state established,related accept
            iifname @internal drop
            iifname != @bridges meta nfproto @closed jump strangers
        }
        chain strangers {
            meta nfproto ipv4 iifname @routers return
            meta iifkind "bridge" meta oifkind "bridge" return
        \(Self.engines.map { "iifname \"\($0)\" return\noifname \"\($0)\" return\n" }.joined())
            drop
        }
        chain entering {
            ct state established,related accept
            iifname . oifname @pairs accept
            ct status dnat accept
            drop
        }
        chain input {
            type filter hook input priority filter;
            iifname @internal meta l4proto != { icmp, ipv6-icmp } ct state new drop
        }

        """
    }

    private var bridge: String {
        """
        set macs { type ifname . ether_addr; }
        set address4 { type ifname . ipv4_addr; }
        set address6 { type ifname . ipv6_addr; }
        set target6 { typeof iifname . @th,64,128; }
        chain prerouting {
            type filter hook prerouting priority -300;
            iifname "\(names.cablePrefix)*" goto container
        }
        chain container {
            iifname . ether saddr != @macs drop
            ether type ip iifname . ip saddr @address4 accept
            ether type arp iifname . arp saddr ether @macs iifname . arp saddr ip @address4 accept
            ether type ip6 jump container6
            drop
        }
        chain container6 {
            icmpv6 type { nd-router-advert, nd-redirect } drop
            icmpv6 type nd-neighbor-advert iifname . @th,64,128 != @target6 drop
            iifname . ip6 saddr @address6 accept
            ip6 saddr :: accept
        }

        """
    }

    /// The bridges of other engines, and of other roots of this one: with forwarding switched on they find what they
    /// need, and say nothing. Whatever else passes a bridge by is bridged, and shown to the rules by br_netfilter.
    private static let engines = [
        "boxtop0", "btn-*", "docker0", "br-*", "podman*", "cni*", "virbr*", "lxcbr*", "lxdbr*", "incusbr*",
    ]

    /// Lets nothing of strangers' pass any more.
    var closing: String {
        (note.closed.map { "closed { \($0.rawValue) }" } + note.routers.map { "routers { \"\($0)\" }" }).sorted()
            .map { "add element inet \(table) \($0)\n" }.joined()
    }

    /// What the rules need to know of a network.
    func elements(_ network: BridgeNetwork) -> String {
        let bridge = "\"\(network.bridge)\""
        var text = "add element inet \(table) bridges { \(bridge) }\n"
        text += "add element inet \(table) pairs { \(bridge) . \(bridge) }\n"
        if network.isInternal { return text + "add element inet \(table) internal { \(bridge) }\n" }
        text += "add element inet \(table) inside4 { \(network.subnet4) }\n"
        if let subnet6 = network.subnet6 { text += "add element inet \(table) inside6 { \(subnet6) }\n" }
        return text
    }
}
