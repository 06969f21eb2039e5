import Glibc
import Linux
import Records
import Testing

/// What a container must not reach or pretend, tried with all the rights that root has in the container's own network.
@Suite(.serialized, .enabled(if: NetworkHost.obstacle == nil, Comment(rawValue: NetworkHost.obstacle ?? "")))
struct NetworkIsolationTests {
    private let host: NetworkHost

    init() throws { host = try NetworkHost() }

    @Test func `the way out is masqueraded, and nobody outside gets in but by a published port`() {
        host.makeNeighbour()
        host.serve("web", "-p 8080:80")
        let address = host.address(of: "web")
        #expect(host.canPing("web", "192.0.2.2"))
        #expect(host.getSoon("127.0.0.1", 8080) == "hello\n")
        #expect(host.fromNeighbour(NetworkHost.request("192.0.2.1", 8080)).output.hasSuffix("hello\n"))
        // Even one that knows where the containers are.
        host.fromNeighbour("busybox ip route add 10.180.0.0/14 via 192.0.2.1")
        let before = host.pings(of: "web")
        #expect(host.fromNeighbour("timeout -s KILL 3 busybox ping -c 1 -W 1 \(address)").code != 0)
        #expect(host.pings(of: "web") == before)
    }

    @Test func `containers of two networks do not reach each other`() {
        host.boxtop("network", "create", "front")
        host.boxtop("network", "create", "back")
        host.serve("a", "--network front")
        host.serve("b", "--network back")
        let address = host.address(of: "b")
        #expect(!host.canPing("a", "\(address)"))
        #expect(host.pings(of: "b") == 0)
        #expect(host.exec("a", "timeout 2 wget -qO- http://b/") != "hello\n")
        // Until one is in both.
        host.boxtop("network", "connect", "back", "a")
        #expect(host.canPing("a", "\(address)"))
        #expect(host.exec("a", "timeout 2 wget -qO- http://b/") == "hello\n")
        host.boxtop("network", "disconnect", "-f", "back", "a")
        #expect(!host.canPing("a", "\(address)"))
    }

    @Test func `another's address or MAC gets no packet out`() {
        for name in ["victim", "attacker", "server"] { host.serve(name, "--network boxtop") }
        let (victim, server) = (host.address(of: "victim"), host.address(of: "server"))
        #expect(host.canPing("attacker", "\(server)"))
        let before = host.pings(of: "server")
        host.intrude(
            "attacker",
            "busybox ip addr add \(victim)/32 dev eth0; timeout -s KILL 3 busybox ping -c 2 -W 1 -I \(victim) \(server)"
        )
        #expect(host.pings(of: "server") == before)
        host.intrude("attacker", "busybox ip addr del \(victim)/32 dev eth0")
        let mac = host.state(of: "attacker")?.interfaces.first?.mac ?? ""
        let other = host.state(of: "victim")?.interfaces.first?.mac ?? ""
        host.intrude(
            "attacker", "busybox ip link set eth0 address \(other); timeout -s KILL 3 busybox ping -c 2 -W 1 \(server)")
        #expect(host.pings(of: "server") == before)
        host.intrude("attacker", "busybox ip link set eth0 address \(mac)")
        // A claim to the victim's address on the cable does not reach anybody's table either.
        host.intrude("attacker", "busybox arping -c 2 -U -I eth0 -s \(victim) \(victim)")
        #expect(
            !host.exec("server", "cat /proc/net/arp").contains(mac)
                || !host.exec("server", "cat /proc/net/arp")
                    .split(separator: "\n").contains { $0.hasPrefix("\(victim) ") && $0.contains(mac) }
        )
        #expect(host.canPing("attacker", "\(server)"))
    }

    @Test func `services at the host's loopback are out of reach`() {
        host.serve("web", "-p 8080:80")
        host.listen("127.0.0.1", 9999)
        let gateway = host.state(of: "web")?.interfaces.first?.gateway4 ?? ""
        usleep(300_000)
        #expect(host.host("timeout -s KILL 2 bash -c 'cat </dev/tcp/127.0.0.1/9999'").output == "secret\n")
        let script =
            "echo 1 >/proc/sys/net/ipv4/conf/all/route_localnet; busybox ip addr del 127.0.0.1/8 dev lo; "
            + "busybox ip route add 127.0.0.1/32 via \(gateway); timeout -s KILL 2 bash -c 'cat </dev/tcp/127.0.0.1/9999'"
        #expect(host.intrude("web", script).output == "")
        #expect(host.intrude("web", "timeout -s KILL 2 bash -c 'cat </dev/tcp/\(gateway)/9999'").output == "")
    }

    @Test func `a port published at 127.0.0.1 is for this host alone, not for a neighbour with a route to there`() {
        host.makeNeighbour()
        host.serve("web", "-p 127.0.0.1:8080:80")
        #expect(host.getSoon("127.0.0.1", 8080) == "hello\n")
        host.fromNeighbour(
            "echo 1 >/proc/sys/net/ipv4/conf/all/route_localnet; busybox ip addr del 127.0.0.1/8 dev lo; "
                + "busybox ip route add 127.0.0.1/32 via 192.0.2.1")
        #expect(host.fromNeighbour(NetworkHost.briefly("127.0.0.1", 8080)).output == "")
        #expect(host.get("127.0.0.1", 8080) == "hello\n")
    }

    @Test func `an internal network reaches no port that another network publishes`() {
        host.makeNeighbour()
        host.boxtop("network", "create", "--internal", "inner")
        host.serve("web", "--network boxtop -p 8080:80")
        host.serve("in", "--network inner -p 8081:80")
        host.serve("out", "--network boxtop")
        let gateway = host.state(of: "out")?.interfaces.first?.gateway4 ?? ""
        #expect(host.getSoon("127.0.0.1", 8080) == "hello\n")
        // From a network with a way out.
        #expect(host.intrude("out", NetworkHost.briefly("192.0.2.1", 8080)).output.hasSuffix("hello\n"))
        let inner = host.boxtop("network", "inspect", "--format", "{{.Gateway}}", "inner").output
        host.intrude("in", "busybox ip route add default via \(inner.filter { !$0.isNewline })")
        for address in ["192.0.2.1", gateway, inner.filter { !$0.isNewline }] {
            #expect(host.intrude("in", NetworkHost.briefly(address, 8080)).output == "", "\(address)")
        }
        #expect(host.get("127.0.0.1", 8081) == "hello\n", "what it publishes itself is reached")
    }

    @Test func `an internal network has no way out, not even with a route that was added`() {
        host.makeNeighbour()
        host.boxtop("network", "create", "--internal", "--ipv6", "inner")
        host.serve("web", "--network inner")
        host.listen("0.0.0.0", 7777)
        #expect(host.run("--rm --network inner", "timeout 3 wget -qO- http://web/").output == "hello\n")
        #expect(host.exec("web", "ip route").contains("default") == false)
        let gateway = host.boxtop("network", "inspect", "--format", "{{.Gateway}}", "inner").output
            .filter { !$0.isNewline }
        host.intrude("web", "busybox ip route add default via \(gateway)")
        #expect(host.intrude("web", "timeout -s KILL 3 busybox ping -c 1 -W 1 192.0.2.2").code != 0)
        #expect(host.intrude("web", "timeout -s KILL 2 bash -c 'cat </dev/tcp/\(gateway)/7777'").output == "")
        #expect(host.get(host.address(of: "web"), 80) == "hello\n", "the host itself gets in")
    }

    @Test func `all of it holds for IPv6 as well`() throws {
        host.makeNeighbour()
        host.host("/usr/sbin/ip -6 addr add 2001:db8::1/64 dev out nodad")
        host.fromNeighbour("/usr/sbin/ip -6 addr add 2001:db8::2/64 dev in nodad")
        host.boxtop("network", "create", "--ipv6", "front")
        host.boxtop("network", "create", "--ipv6", "back")
        host.boxtop("network", "create", "--ipv6", "--internal", "inner")
        for (name, network) in [("a", "front"), ("c", "front"), ("b", "back"), ("i", "inner"), ("j", "inner")] {
            host.serve(name, "--network \(network)")
        }
        func address(_ name: String) -> String { host.state(of: name)?.interfaces.first?.address6 ?? "none" }
        let gateway = try #require(host.state(of: "a")?.interfaces.first?.gateway6)
        // Neighbours reach each other and the way out, once duplicate addresses have been looked for.
        #expect(host.eventually { host.canPing("a", address("c")) && host.canPing("i", address("j")) })
        #expect(host.eventually { host.canPing("a", "2001:db8::2") }, "the way out is masqueraded")
        // Two networks do not, nor does an internal one get out, whatever routes are added.
        let inner = host.boxtop("network", "inspect", "--format", "{{.Gateway6}}", "inner").output
        host.intrude("i", "/usr/sbin/ip -6 route add default via \(inner.filter { !$0.isNewline })")
        for (from, to) in [("a", address("b")), ("b", address("a")), ("i", address("a")), ("i", "2001:db8::2")] {
            #expect(!host.canPing(from, to), "\(from) reaches \(to)")
        }
        host.fromNeighbour("/usr/sbin/ip -6 route add fd00::/8 via 2001:db8::1")
        #expect(host.fromNeighbour("timeout -s KILL 3 busybox ping -c 1 -W 1 \(address("a"))").code != 0)
        // Another's address gets no packet out.
        host.intrude(
            "a",
            "/usr/sbin/ip -6 addr add \(address("j")) dev eth0 nodad; /usr/sbin/ip -6 addr del \(address("a"))/64 dev eth0"
        )
        #expect(!host.canPing("a", address("c")))
        // What listens at the host's ::1 is out of reach.
        host.host("timeout 20 busybox nc -l -s ::1 -p 9999 </dev/null >/dev/null 2>&1 &")
        let script =
            "/usr/sbin/ip -6 addr del ::1/128 dev lo; /usr/sbin/ip -6 route add ::1/128 via \(gateway); "
            + "timeout -s KILL 2 bash -c 'exec 3<>/dev/tcp/::1/9999 && echo reached'"
        #expect(host.intrude("c", script).output == "")
    }
}
