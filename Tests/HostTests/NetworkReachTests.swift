import Glibc
import Linux
import Records
import Testing

/// Where packets get to when networks, addresses and settings of the host change under containers.
@Suite(.serialized, .enabled(if: NetworkHost.obstacle == nil, Comment(rawValue: NetworkHost.obstacle ?? "")))
struct NetworkReachTests {
    private let host: NetworkHost

    init() throws { host = try NetworkHost() }

    @Test func `UDP goes to who has the port now, though its client never stops sending`() {
        host.makeNeighbour()
        // From one port, as syslog does; it begins when nobody is there yet.
        let client =
            "use Socket; alarm 60; $| = 1; socket(S, PF_INET, SOCK_DGRAM, 0); bind(S, sockaddr_in(4000, INADDR_ANY)); "
            + "while (1) { for $p (5300, 5301) { send(S, 1, 0, sockaddr_in($p, inet_aton(\"192.0.2.1\"))) } "
            + "while (1) { $r = \"\"; vec($r, fileno(S), 1) = 1; last unless select($r, undef, undef, 0.1); "
            + "recv(S, $m, 9, 0); print $m } }"
        host.fromNeighbour("perl -e '\(client)' </dev/null >\(host.folder)/answers 2>&1 &")
        func server(_ port: Int, _ word: String) -> String {
            "perl -e 'use Socket; alarm 60; socket(S, PF_INET, SOCK_DGRAM, 0); bind(S, sockaddr_in(\(port), INADDR_ANY)) "
                + "or die; while (1) { $a = recv(S, $m, 9, 0); send(S, \"\(word)\\n\", 0, $a) }' "
                + "</dev/null >/dev/null 2>&1 &"
        }
        func isAnswered(by word: String) -> Bool {
            host.eventually { (Files.text("\(host.folder)/answers") ?? "").contains("\(word)\n") }
        }
        usleep(300_000)
        for (name, ports) in [
            ("one", "-p 5300:53/udp"), ("two", "-p 5300-5301:53-54/udp"), ("all", "-p 5300-5330:53-83/udp"),
        ] {
            // Each at an address of its own.
            host.boxtop("network", "create", name)
            host.run("-d --name \(name) --network \(name) \(ports)", "exec sleep 60")
            host.intrude(name, server(53, name) + server(54, "\(name)54"))
            #expect(isAnswered(by: name), "\(name)")
            if name != "one" { #expect(isAnswered(by: "\(name)54")) }
            host.boxtop("rm", "-f", name)
        }
        host.host(server(5300, "host"))
        #expect(isAnswered(by: "host"))
    }

    @Test func `routes by which all or much is reached are in no network's way`() {
        host.makeNeighbour()
        for subnet in ["0.0.0.0/1", "128.0.0.0/1", "10.0.0.0/8"] {
            #expect(host.host("busybox ip route add \(subnet) via 192.0.2.2").code == 0)
        }
        #expect(host.boxtop("network", "create", "--subnet", "10.9.0.0/24", "back").code == 0)
        #expect(host.boxtop("network", "create", "--subnet", "192.0.2.128/25", "x").error.contains("an address in"))
        #expect(host.serve("web", "-p 8080:80").code == 0)
        #expect(host.address(of: "web").hasPrefix("172.16."))
        #expect(host.getSoon("127.0.0.1", 8080) == "hello\n")
    }

    @Test func `a host that has IPv6 no more goes on with IPv4, and repair says so`() {
        host.boxtop("network", "create", "--ipv6", "--subnet", "10.9.0.0/24", "back")
        // As after the host's next start.
        host.host("echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6")
        let served = host.serve("web", "--network back -p 8080:80")
        #expect(served.code == 0, "\(served)")
        #expect(host.getSoon("127.0.0.1", 8080) == "hello\n")
        let repaired = host.boxtop("network", "repair")
        #expect(repaired.code == 0 && repaired.output.contains("IPv4 alone: IPv6 is off on this host"), "\(repaired)")
        let asked = host.run("--rm --network back --ip6 fd00::7", "true")
        #expect(asked.error.contains("IPv6 is off on this host"), "\(asked)")
        #expect(host.run("--rm --network back -p [::]:8081:80", "true").error.contains("IPv6 is off on this host"))
        // Back again with it.
        host.boxtop("rm", "-f", "web")
        host.host("echo 0 >/proc/sys/net/ipv6/conf/all/disable_ipv6")
        host.serve("web", "--network back")
        #expect(host.state(of: "web")?.interfaces.first?.address6 != nil)
        let mended = host.boxtop("network", "repair").output
        #expect(mended.contains("had lost its address fd") && !mended.contains("IPv4 alone"), "\(mended)")
        // Off for what comes, the bridge with it.
        host.boxtop("network", "create", "--ipv6", "late")
        host.host("echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6")
        #expect(host.serve("late", "--network late -p 8082:80").code == 0)
        #expect(host.getSoon("127.0.0.1", 8082) == "hello\n")
        #expect(host.boxtop("network", "repair").output.contains("IPv4 alone: IPv6 is off for it"))
    }

    @Test func `a container that has switched IPv6 off itself is connected with IPv4, now and at each start`() {
        host.boxtop("network", "create", "--ipv6", "front")
        host.boxtop("network", "create", "--ipv6", "back")
        host.serve("web", "--network front --sysctl net.ipv6.conf.all.disable_ipv6=1")
        let connected = host.boxtop("network", "connect", "back", "web")
        #expect(connected.code == 0, "\(connected)")
        for turn in 0..<4 {
            let addresses = host.exec("web", "ip addr")
            #expect(addresses.contains("eth0") && addresses.contains("eth1"), "\(addresses)")
            #expect(!addresses.contains("inet6"))
            let address = host.state(of: "web")?.interfaces.last?.address4 ?? ""
            let fetch = "timeout 3 wget -qO- http://\(address)/"
            #expect(host.run("--rm --network back", fetch).output == "hello\n", "turn \(turn)")
            #expect(host.boxtop("restart", "-t", "0", "web").code == 0)
        }
    }

    @Test func `what is published leads in by a network that other hosts come in by`() {
        host.makeNeighbour()
        host.boxtop("network", "create", "--internal", "back")
        host.boxtop("network", "create", "front")
        func isReached() -> Bool {
            host.eventually(within: 3) {
                host.fromNeighbour(NetworkHost.briefly("192.0.2.1", 8700)).output.hasSuffix("hello\n")
            }
        }
        host.serve("web", "--network back --network front -p 8700:80")
        #expect(isReached())
        host.boxtop("network", "disconnect", "front", "web")
        #expect(host.getSoon("127.0.0.1", 8700) == "hello\n", "this host has its way in")
        host.boxtop("network", "connect", "front", "web")
        #expect(isReached())
        #expect(host.getSoon("127.0.0.1", 8700) == "hello\n")
        host.boxtop("restart", "-t", "0", "web")
        #expect(isReached())
        // It stays where it leads in, whatever comes or goes beside.
        host.boxtop("network", "create", "other")
        host.boxtop("network", "connect", "other", "web")
        host.boxtop("network", "disconnect", "back", "web")
        #expect(isReached())
        host.boxtop("network", "disconnect", "front", "web")
        #expect(isReached())
        #expect(host.boxtop("network", "repair").output.contains("they were not as they should be") == false)
        host.boxtop("rm", "-f", "web")
        host.host("busybox ip link del out")
        #expect(host.eventually { host.leftovers == [] }, "\(host.leftovers)")
    }
}
