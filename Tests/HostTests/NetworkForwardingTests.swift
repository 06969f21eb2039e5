import Glibc
import Linux
import Records
import Testing

/// What containers' networks do to a host that has several networks of its own, and to its other engines.
@Suite(.serialized, .enabled(if: NetworkHost.obstacle == nil, Comment(rawValue: NetworkHost.obstacle ?? "")))
struct NetworkForwardingTests {
    private let host: NetworkHost
    private static let hasNft = access("/usr/sbin/nft", X_OK) == 0

    init() throws {
        host = try NetworkHost()
        for number in 0..<2 {
            host.makeNeighbour()
            let out = number == 0 ? "out" : "out1"
            host.host("/usr/sbin/ip -6 addr add fd00:\(number)::1/64 dev \(out) nodad")
            host.fromNeighbour(
                "/usr/sbin/ip -6 addr add fd00:\(number)::2/64 dev in nodad; "
                    + "busybox ip route add default via 192.0.\(2 + number).1; "
                    + "/usr/sbin/ip -6 route add default via fd00:\(number)::1", number)
        }
    }

    /// Whether the first neighbour reaches the second one through the host.
    private func passes(_ address: String) -> Bool {
        host.fromNeighbour("timeout -s KILL 3 busybox ping -c 1 -W 1 \(address)").code == 0
    }

    private static let second = ["192.0.3.2", "fd00:1::2"]

    /// The kernel's own setting, once packets pass with it: else a test that none does would prove nothing.
    private func forward(_ isOn: Bool) {
        if !isOn { forward(true) }
        let digit = isOn ? 1 : 0
        host.host("echo \(digit) >/proc/sys/net/ipv4/ip_forward; echo \(digit) >/proc/sys/net/ipv6/conf/all/forwarding")
        if isOn { for address in Self.second { #expect(host.eventually { passes(address) }, "\(address)") } }
    }

    @Test func `a host that passed nothing on between its networks does not with containers either`() {
        forward(false)
        host.serve("web", "-p 8080:80")
        let settings = host.host("cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/all/forwarding").output
        #expect(settings == "1\n1\n")
        for address in Self.second { #expect(!passes(address), "\(address)") }
        #expect(host.canPing("web", "192.0.3.2"), "containers have their way out")
        #expect(host.fromNeighbour(NetworkHost.request("192.0.2.1", 8080)).output.hasSuffix("hello\n"))
        // As long as the kernel passes on.
        host.serve("other", "--network boxtop")
        let repaired = host.boxtop("network", "repair")
        #expect(repaired.output.contains("on by boxtop, for containers alone (ipv4, ipv6)"), "\(repaired)")
        for address in Self.second { #expect(!passes(address), "\(address) after a repair") }
        host.boxtop("rm", "-f", "web", "other")
        #expect(host.boxtop("network", "rm", "boxtop").code == 0)
        for address in Self.second { #expect(!passes(address), "\(address) without a network") }
    }

    @Test func `a host that is a router stays one`() {
        forward(true)
        host.serve("web", "-p 8080:80")
        for address in Self.second { #expect(host.eventually { passes(address) }, "\(address)") }
        #expect(!host.boxtop("network", "repair").output.contains("forwarding"))
    }

    @Test func `a host that is a router for some of its interfaces stays one for those`() {
        forward(false)
        host.host("cd /proc/sys/net/ipv4/conf; for i in out out1; do echo 1 >$i/forwarding; done")
        #expect(passes("192.0.3.2"))
        host.serve("web")
        #expect(host.host("cat /proc/sys/net/ipv4/ip_forward").output == "1\n")
        #expect(passes("192.0.3.2") && !passes("fd00:1::2"))
        host.boxtop("network", "repair")
        #expect(passes("192.0.3.2"))
    }

    @Test(.enabled(if: hasNft, "needs Debian's nftables (nft), to flush rules as another program would"))
    func `rules that are made anew know who has switched forwarding on`() {
        forward(false)
        host.serve("web")
        host.host("/usr/sbin/nft flush ruleset")
        for address in Self.second { #expect(host.eventually { passes(address) }, "\(address)") }
        host.serve("other")
        for address in Self.second { #expect(!passes(address), "\(address)") }
    }

    @Test func `containers of another root and of other engines have their way out`() {
        forward(false)
        host.serve("web", "-p 8080:80")
        // Another root on the same host, which finds forwarding on.
        let roots = "BOXTOP_STATE=\(host.folder)/state2 BOXTOP_RUN=\(host.folder)/run2"
        let boxtop = "env \(roots) \(CommandLinePlace.program)"
        let second = host.host("\(boxtop) run -d --name b --rootfs \(host.folder)/rootfs sleep 60")
        #expect(second.code == 0, "\(second)")
        let pid = host.host("\(boxtop) inspect -f {{.State.Pid}} b").output.filter { !$0.isNewline }
        let ping = "timeout -s KILL 3 busybox ping -c 1 -W 2 192.0.3.2"
        #expect(host.host("nsenter --net=/proc/\(pid)/ns/net \(ping)").code == 0)
        host.host("\(boxtop) rm -f b")
        // What docker makes: a bridge of its own, and a route back.
        host.host(
            "/usr/sbin/ip link add docker0 type bridge; busybox ip addr add 172.30.0.1/24 dev docker0; "
                + "busybox ip link set docker0 up; "
                + "/usr/sbin/ip link add e0 type veth peer name e1; /usr/sbin/ip link set e0 master docker0 up")
        host.host(
            "unshare -n sleep 60 & p=$!; sleep 0.3; /usr/sbin/ip link set e1 netns $p; "
                + "nsenter --net=/proc/$p/ns/net busybox sh -c 'ip addr add 172.30.0.2/24 dev e1; ip link set e1 up; "
                + "ip route add default via 172.30.0.1'; nsenter --net=/proc/$p/ns/net \(ping); c=$?; kill $p; "
                + "echo $c >\(host.folder)/code")
        #expect(Files.text("\(host.folder)/code") == "0\n")
    }

    @Test func `what a bridge of the host's own networks bridges is nobody's to drop`() {
        forward(false)
        host.host(
            "echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables; /usr/sbin/ip link add br0 type bridge; "
                + "for i in out out1; do /usr/sbin/ip link set $i master br0; done; busybox ip link set br0 up")
        host.fromNeighbour("busybox ip addr add 10.77.0.2/24 dev in")
        host.fromNeighbour("busybox ip addr add 10.77.0.3/24 dev in", 1)
        host.serve("web")
        #expect(passes("10.77.0.3"))
    }
}
