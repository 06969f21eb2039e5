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
        host.boxtop("network", "disconnect", "back", "a")
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
}
