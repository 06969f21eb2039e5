import Linux
import Records
import Testing

@Suite(.serialized, .enabled(if: NetworkHost.obstacle == nil, Comment(rawValue: NetworkHost.obstacle ?? "")))
struct NetworkScaleTests {
    private let host: NetworkHost

    init() throws { host = try NetworkHost() }

    @Test func `two hundred containers on one bridge have addresses of their own, and find each other`() {
        let script =
            "for n in $(seq 200); do \(CommandLinePlace.program) run -d --name c$n --network boxtop "
            + "--rootfs \(host.folder)/rootfs sleep 600 || exit 1; done >/dev/null"
        let started = host.host(script, seconds: 240)
        #expect(started.code == 0, "\(started.error)")
        let lines = (Files.text(host.layout.networkMembers) ?? "").split(separator: "\n").map {
            $0.split(separator: " ")
        }
        #expect(lines.count == 200)
        #expect(Set(lines.map { $0[5] }).count == 200)
        #expect(Set(lines.map { $0[6] }).count == 200)
        #expect(Set(lines.map { $0[3] }).count == 200)
        #expect(host.canPing("c1", host.address(of: "c200")))
        #expect(host.exec("c1", "cat /etc/hosts").contains("\tc200 "))
        #expect(host.canPing("c200", host.address(of: "c1")))
        host.host(
            "\(CommandLinePlace.program) ps -q --no-trunc | xargs -n 50 \(CommandLinePlace.program) rm -f >/dev/null",
            seconds: 240)
        #expect(host.eventually(within: 30) { host.leftovers == [] }, "\(host.leftovers.count) left")
    }

    @Test func `a rate holds in both directions, and can be changed while it runs`() throws {
        try Files.replace(
            "\(host.folder)/rootfs/www/big", with: [UInt8](repeating: 120, count: 4_000_000), durable: false)
        host.serve("web", "--network boxtop --network-rate 2m/1m -p 8080:80")
        host.serve("other", "--network boxtop")
        #expect(host.getSoon("127.0.0.1", 8080) == "hello\n")
        func seconds(_ fetch: () -> String) -> Double {
            let begin = MonotonicTime.now
            let text = fetch()
            #expect(text.contains("4000000"), "\(text)")
            return MonotonicTime.now.seconds(since: begin)
        }
        // What is allowed at once comes off: 4 MB take near 4 s out of it, and near 2 s into it.
        let fetch = "timeout 20 wget -qO- http://web/big | wc -c"
        #expect(seconds { host.exec("other", fetch) } > 2.5)
        #expect(seconds { host.exec("web", "timeout 20 wget -qO- http://other/big | wc -c") } > 1.2)
        #expect(host.boxtop("update", "--network-rate", "unlimited", "web").code == 0)
        #expect(seconds { host.exec("other", fetch) } < 2.5)
    }

    @Test func `packets between containers are large, those on the way out of the usual size`() {
        host.serve("web", "--network boxtop")
        host.serve("other", "--network boxtop")
        host.boxtop("network", "create", "--mtu", "1400", "small")
        host.serve("asked", "--network small")
        // The route's MTU, of a socket that is connected: see ip(7).
        func mtu(from name: String, to address: String) -> String {
            let ask =
                "use Socket; socket(S, PF_INET, SOCK_DGRAM, 0); setsockopt(S, 0, 10, pack(q(i), 2)); "
                + "connect(S, sockaddr_in(9, inet_aton(q(\(address))))) or die; print unpack(q(i), getsockopt(S, 0, 14))"
            return host.intrude(name, "exec perl -e '\(ask)'").output
        }
        #expect(mtu(from: "web", to: host.address(of: "other")) == "9000")
        #expect(mtu(from: "web", to: "203.0.113.9") == "1500")
        #expect(mtu(from: "asked", to: "203.0.113.9") == "1400")
        #expect(mtu(from: "asked", to: host.state(of: "asked")?.interfaces.first?.gateway4 ?? "") == "1400")

        // What TCP hands down at once is counted as one packet.
        let receiver =
            "use Socket; alarm 30; socket(S, PF_INET, SOCK_STREAM, 0); bind(S, sockaddr_in(7000, INADDR_ANY)) or die; "
            + "listen(S, 1); accept(C, S); 1 while sysread(C, $text, 1 << 20)"
        let sender =
            "use Socket; alarm 30; $at = sockaddr_in(7000, inet_aton(q(\(host.address(of: "other"))))); do { "
            + "socket(S, PF_INET, SOCK_STREAM, 0) } until connect(S, $at); syswrite(S, q(x) x (1 << 20)) for 1..400"
        host.intrude("other", "perl -e '\(receiver)' </dev/null >/dev/null 2>&1 &")
        #expect(host.intrude("web", "exec perl -e '\(sender)'").code == 0)
        func count(_ name: String) -> Double {
            Double(host.exec("other", "cat /sys/class/net/eth0/statistics/\(name)").filter(\.isNumber)) ?? 0
        }
        #expect(count("rx_bytes") > 4e8)
        // Before Linux 6.3 no more than 64 KiB, of IPv4.
        let kernel = host.host("uname -r").output.split(separator: ".").prefix(2).compactMap { Int($0) }
        if !kernel.lexicographicallyPrecedes([6, 3]) { #expect(count("rx_bytes") / count("rx_packets") > 65_536) }
    }

    @Test func `a container in another's network has its interfaces, addresses and names`() {
        host.serve("web", "--network boxtop")
        let ended = host.run("--rm --network container:web", "timeout 3 wget -qO- http://127.0.0.1/; cat /etc/hosts")
        #expect(ended.output.hasPrefix("hello\n"), "\(ended)")
        #expect(ended.output.contains("\tweb "))
        host.boxtop("stop", "-t", "0", "web")
        let late = host.run("--rm --network container:web", "true")
        #expect(late.error.contains("is to be in the network of web, which does not run"), "\(late)")
    }
}
