import Glibc
import Linux
import Records
import Testing

/// Ports of the host that lead into containers: where they are reached, who has them, and until when.
@Suite(.serialized, .enabled(if: NetworkHost.obstacle == nil, Comment(rawValue: NetworkHost.obstacle ?? "")))
struct NetworkPortTests {
    private let host: NetworkHost
    private static let hasNft = access("/usr/sbin/nft", X_OK) == 0

    init() throws { host = try NetworkHost() }

    @Test func `what bridges show to ip6tables may change: the next start sees it, and nobody is kept waiting at ::1`()
    {
        let setting = "/proc/sys/net/bridge/bridge-nf-call-ip6tables"
        host.host("echo 0 > \(setting)")
        guard host.host("cat \(setting)").output == "0\n" else { return }
        host.serve("web", "-p 8080:80")
        host.serve("one", "-p [::1]:8081:80")
        #expect(host.getSoon("::1", 8080) == "hello\n" && host.getSoon("::1", 8081) == "hello\n")
        host.host("echo 1 > \(setting)")
        host.run("--rm --network boxtop", "true")
        for port in [8080, 8081] {
            let client = host.host("timeout -s KILL 3 bash -c 'exec 3<>/dev/tcp/::1/\(port)'")
            #expect(client.code == 1 && client.error.contains("refused"), "\(client)")
        }
        #expect(host.get("127.0.0.1", 8080) == "hello\n")
        host.boxtop("stop", "-t", "0", "one")
        let refused = host.boxtop("start", "one")
        #expect(refused.error.contains("[::1]:8081->80/tcp leads nowhere"), "\(refused)")
        host.host("echo 0 > \(setting)")
        #expect(host.boxtop("start", "one").code == 0)
        #expect(host.getSoon("::1", 8080) == "hello\n" && host.getSoon("::1", 8081) == "hello\n")
    }

    @Test func `a port at all addresses of one family is none of the other's`() {
        host.host("echo 0 > /proc/sys/net/bridge/bridge-nf-call-ip6tables")
        host.serve("four", "-p 0.0.0.0:8400:80")
        #expect(host.getSoon("127.0.0.1", 8400) == "hello\n")
        #expect(host.get("::1", 8400) == "")
        // So the other one has it still.
        #expect(host.serve("six", "-p [::]:8400:80").code == 0)
        host.serve("only", "-p [::]:8401:80")
        #expect(host.getSoon("::1", 8400) == "hello\n" && host.getSoon("::1", 8401) == "hello\n")
        #expect(host.get("127.0.0.1", 8401) == "")
        #expect(host.run("--rm -p 8400:80", "true").error.contains("is container four's (0.0.0.0:8400->80/tcp)"))
    }

    @Test func `one port of a range is the first that nobody has`() {
        func ports() -> String { host.boxtop("ps", "--format", "{{.Ports}}").output }
        host.serve("a", "-p 7100-7102:80")
        host.serve("b", "-p 127.0.0.1:7100-7102:80")
        host.host("timeout 30 busybox nc -l -p 7102 </dev/null >/dev/null 2>&1 &")
        #expect(ports() == "127.0.0.1:7101->80/tcp\n0.0.0.0:7100->80/tcp\n")
        #expect(host.eventually { host.run("--rm -p 7102:80", "true").code == 125 })
        let none = host.run("--rm -p 7100-7102:80", "true")
        #expect(none.error.contains("ports 7100-7102/tcp of this host are all in use"), "\(none)")
    }

    @Test func `ports of the host are shown of what runs`() {
        host.serve("web", "-p 8080:80")
        #expect(host.boxtop("port", "web").output == "80/tcp -> 0.0.0.0:8080\n")
        host.boxtop("stop", "-t", "0", "web")
        #expect(host.boxtop("port", "web").output == "")
        #expect(host.boxtop("port", "web", "80").error.contains("publishes no port 80: it does not run"))
        #expect(host.boxtop("ps", "-a", "--format", "{{.Names}}{{.Ports}}").output == "web\n")
    }

    @Test func `one at a loopback address is reached there alone`() {
        host.serve("web", "-p 127.0.0.1:8080:80")
        #expect(host.getSoon("127.0.0.1", 8080) == "hello\n")
        let gateway = host.state(of: "web")?.interfaces.first?.gateway4 ?? ""
        #expect(host.get(gateway, 8080) == "")
    }

    @Test func `one at ::1 alone works where it can, and is refused where nothing could come in by it`() {
        host.host("echo 0 > /proc/sys/net/bridge/bridge-nf-call-ip6tables")
        #expect(host.serve("web", "-p [::1]:8080:80").code == 0)
        #expect(host.getSoon("::1", 8080) == "hello\n")
        #expect(host.get("127.0.0.1", 8080) == "")
        host.host("echo 1 > /proc/sys/net/bridge/bridge-nf-call-ip6tables")
        guard host.host("cat /proc/sys/net/bridge/bridge-nf-call-ip6tables").output == "1\n" else { return }
        let refused = host.serve("late", "-p [::1]:8081:80")
        #expect(refused.code == 125 && refused.error.contains("[::1]:8081->80/tcp leads nowhere"), "\(refused)")
    }

    @Test func `UDP is published, and a range of ports`() {
        host.run("-d --name echo -p 5300-5302:53-55/udp", "exec sleep 60")
        let server =
            "use Socket; alarm 30; socket(S, PF_INET, SOCK_DGRAM, 0); bind(S, sockaddr_in(54, INADDR_ANY)) or die; "
            + "while (1) { $a = recv(S, $m, 99, 0); send(S, \"pong\\n\", 0, $a) }"
        host.intrude("echo", "perl -e '\(server)' </dev/null >/dev/null 2>&1 &")
        #expect(
            host.eventually {
                host.host("exec 3<>/dev/udp/127.0.0.1/5301; echo ping >&3; timeout 1 head -n 1 <&3").output == "pong\n"
            })
    }

    @Test func `a port that is taken is refused before anything starts, with who has it`() {
        host.serve("web", "-p 8080:80")
        let second = host.run("-d --name late -p 8080:80", "sleep 100")
        #expect(second.code == 125)
        #expect(
            second.error
                == "boxtop: port 8080/tcp of this host is container web's (0.0.0.0:8080->80/tcp): stop that one, or "
                + "publish another port\n")
        host.host("timeout 20 busybox nc -l -p 9090 </dev/null >/dev/null 2>&1 &")
        #expect(
            host.eventually {
                host.run("--rm -p 9090:80", "true").error.contains("port 9090/tcp of this host is in use by process")
            })
        #expect(host.boxtop("ps", "-a", "--format", "{{.Names}}").output == "web\n")
        // A port of one that has ended is anybody's.
        host.boxtop("stop", "-t", "0", "web")
        #expect(host.run("--rm -p 8080:80", "true").code == 0)
    }

    @Test func `a port that nobody has asked for by number is another one where somebody has it by now`() {
        func port(_ name: String) -> String {
            String(host.boxtop("port", name, "80").output.split(separator: ":").last?.filter { !$0.isNewline } ?? "")
        }
        host.serve("any", "-p 80")
        host.serve("range", "-p 7200-7201:80")
        let (any, range) = (port("any"), port("range"))
        #expect(range == "7200")
        host.boxtop("stop", "-t", "0", "any", "range")
        host.serve("other", "-p \(any):80 -p 7200:80")
        let started = host.boxtop("start", "any", "range")
        #expect(started.code == 0, "\(started)")
        #expect(port("any") != any && port("range") == "7201")
        #expect(host.getSoon("127.0.0.1", Int(port("any")) ?? 0) == "hello\n")
        #expect(host.getSoon("127.0.0.1", 7201) == "hello\n")
        // Written down, and kept while it is free; what was asked for is refused as ever.
        let second = port("any")
        host.boxtop("rm", "-f", "other")
        host.boxtop("restart", "-t", "0", "any")
        #expect(port("any") == second)
        host.boxtop("create", "--name", "asked", "-p", "\(second):80", "--rootfs", "\(host.folder)/rootfs", "true")
        #expect(host.boxtop("start", "asked").error.contains("of this host is container any's"))
    }

    @Test func `so it is where the restart policy starts the container, and every list says so`() {
        host.run("-d --name any --restart always -p 80", "exec httpd -f -p 80 -h /www")
        func port() -> Int {
            Int(host.boxtop("port", "any", "80").output.split(separator: ":").last?.dropLast() ?? "") ?? 0
        }
        let first = port()
        #expect(host.getSoon("127.0.0.1", first) == "hello\n")
        // Whoever waits for the port gets it as soon as the container has ended.
        let other =
            "use Socket; alarm 30; socket(S, PF_INET, SOCK_STREAM, 0); "
            + "select(undef, undef, undef, 0.001) until bind(S, sockaddr_in(\(first), INADDR_ANY)); listen(S, 5); sleep 30"
        host.host("/usr/bin/perl -e '\(other)' </dev/null >/dev/null 2>&1 &")
        kill(host.process(of: "any"), SIGKILL)
        #expect(host.eventually { port() != first && port() > 0 })
        let second = port()
        #expect(host.getSoon("127.0.0.1", second) == "hello\n")
        #expect(host.boxtop("ps", "--format", "{{.Ports}}").output == "0.0.0.0:\(second)->80/tcp\n")
        #expect(host.boxtop("inspect", "any").output.contains("\(second)"))
        #expect(host.state(of: "any")?.ports.first?.hostPort == UInt16(second))
    }

    /// A container that fails until `/www/NAME` is there, as soon as its restart policy waits for long.
    private func waits(_ name: String, _ flags: String) -> Bool {
        host.run("-d --name \(name) --restart always \(flags)", "[ -e /www/\(name) ] && exec sleep 60; exit 1")
        let id = host.id(of: name)
        return host.eventually(within: 30) {
            guard case .restarting(_, let attempt, _) = StateFiles(host.layout).state(of: id).status else {
                return false
            }
            return attempt >= 6
        }
    }

    @Test func `who is started while its restart policy waits gets another port too`() {
        #expect(waits("web", "-p 8360-8361:80"))
        host.listen("0.0.0.0", 8360)
        #expect(host.eventually { host.host(": </dev/tcp/127.0.0.1/8360").code == 0 })
        try? Files.replace("\(host.folder)/rootfs/www/web", with: [], durable: false)
        let started = host.boxtop("start", "web")
        #expect(started.code == 0, "\(started)")
        #expect(host.boxtop("port", "web").output == "80/tcp -> 0.0.0.0:8361\n")
    }

    @Test func `who is refused while its restart policy waits is told so in the words of any other start`() {
        #expect(waits("fixed", "-p 8362:80"))
        host.listen("0.0.0.0", 8362)
        #expect(host.eventually { host.host(": </dev/tcp/127.0.0.1/8362").code == 0 })
        let refused = host.boxtop("start", "fixed")
        #expect(
            refused.code == 1 && refused.error.hasPrefix("boxtop: port 8362/tcp of this host is in use"), "\(refused)")
        let mac = "02:00:00:00:00:42"
        #expect(waits("twin", "--network boxtop --mac-address \(mac)"))
        #expect(host.serve("first", "--network boxtop --mac-address \(mac)").code == 0)
        let hook = host.boxtop("start", "twin")
        #expect(hook.code == 1 && hook.error.contains(mac) && !hook.error.contains("hook"), "\(hook)")
    }

    @Test func `a port at an address where nothing can arrive is refused`() {
        host.makeNeighbour()
        host.boxtop("network", "create", "four")
        let cases = [
            ("--network four -p [::]:8202:80", "[::]:8202->80/tcp leads nowhere, since network four has no IPv6"),
            ("-p 203.0.113.9:8081:80", "since this host has no address 203.0.113.9"),
            ("-p [2001:db8::9]::80/udp", "since this host has no address 2001:db8::9"),
        ]
        for (flags, sentence) in cases {
            let ended = host.run("--rm \(flags)", "true")
            #expect(ended.code == 125 && ended.error.contains(sentence), "\(ended)")
        }
        // This host's own, a bridge's that comes with its first container among them.
        let gateway = host.boxtop("network", "inspect", "-f", "{{.Gateway}}", "four").output.filter { !$0.isNewline }
        #expect(host.run("--rm --network four -p 192.0.2.1:8081:80 -p \(gateway):8081:80", "true").code == 0)
        host.host("echo 1 >/proc/sys/net/ipv4/ip_nonlocal_bind")
        #expect(host.run("--rm -p 203.0.113.9:8081:80", "true").code == 0)
    }

    @Test func `who ends together with its supervisor gives its ports back when ps has seen it`() {
        host.serve("web", "-p 8080:80")
        host.serve("watcher", "--network boxtop")
        let id = host.boxtop("ps", "-q", "--no-trunc", "--filter", "name=web").output.filter { !$0.isNewline }
        let supervisor = StateFiles(host.layout).state(of: id).supervisor?.pid ?? 0
        #expect(supervisor > 0)
        kill(supervisor, SIGKILL)
        kill(host.process(of: "web"), SIGKILL)
        #expect(host.eventually { !host.boxtop("ps", "--format", "{{.Names}}").output.contains("web") })
        #expect(host.eventually { !(Files.text(host.layout.networkMembers) ?? "").contains(id) })
        if Self.hasNft { #expect(!host.host("/usr/sbin/nft list ruleset").output.contains("8080")) }
        #expect(!host.exec("watcher", "cat /etc/hosts").contains("\tweb "))
    }
}
