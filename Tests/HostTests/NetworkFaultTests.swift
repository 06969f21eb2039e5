import Glibc
import Linux
import Records
import Testing

/// What goes wrong around networks: one sentence, nothing leaked, and the next start repairs.
@Suite(.serialized, .enabled(if: NetworkHost.obstacle == nil, Comment(rawValue: NetworkHost.obstacle ?? "")))
struct NetworkFaultTests {
    private let host: NetworkHost
    private static let hasNft = access("/usr/sbin/nft", X_OK) == 0

    init() throws { host = try NetworkHost() }

    private var bridge: String {
        host.boxtop("network", "inspect", "--format", "{{.Bridge}}", "boxtop").output.filter { !$0.isNewline }
    }

    @Test func `a bridge that somebody has deleted is back with the next start, and all containers with it`() {
        host.serve("web", "-p 8080:80")
        #expect(host.getSoon("127.0.0.1", 8080) == "hello\n")
        host.host("busybox ip link del \(bridge)")
        #expect(host.get("127.0.0.1", 8080) == "")
        #expect(host.run("--rm --network boxtop", "timeout 3 wget -qO- http://web/").output == "hello\n")
        #expect(host.get("127.0.0.1", 8080) == "hello\n")
    }

    @Test(.enabled(if: hasNft, "needs Debian's nftables (nft), to flush rules as another program would"))
    func `rules that somebody has flushed are back with the next start`() {
        // Else those that keep strangers from passing would stay when the last network goes.
        host.host("echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding")
        host.serve("web", "-p 8080:80")
        #expect(host.getSoon("127.0.0.1", 8080) == "hello\n")
        host.host("/usr/sbin/nft flush ruleset")
        #expect(host.get("127.0.0.1", 8080) == "")
        #expect(host.run("--rm --network boxtop", "timeout 3 wget -qO- http://web/").output == "hello\n")
        #expect(host.get("127.0.0.1", 8080) == "hello\n")
        // Others' rules stay as they are.
        host.host("/usr/sbin/nft 'add table inet theirs; add chain inet theirs c'")
        host.boxtop("network", "repair")
        host.boxtop("rm", "-f", "web")
        host.boxtop("network", "rm", "boxtop")
        #expect(host.host("/usr/sbin/nft list tables").output == "table inet theirs\n")
    }

    @Test(.enabled(if: hasNft, "needs Debian's nftables (nft), to change rules as another program would"))
    func `repair finds what is not as it should be, mends it, and names a firewall that is in the way`() {
        host.serve("web", "-p 8080:80")
        let fine = host.boxtop("network", "repair", "--format", "{{.Subject}} {{.Outcome}}")
        #expect(fine.code == 0 && !fine.output.contains("repaired"), "\(fine)")
        let cable = host.state(of: "web")?.interfaces.first?.hostName ?? ""
        host.host(
            "/usr/sbin/nft delete table bridge $(/usr/sbin/nft list tables | grep bridge | cut -d' ' -f3); "
                + "busybox ip link set \(cable) nomaster; echo 0 >/proc/sys/net/ipv4/ip_forward; "
                + "/usr/sbin/nft 'add table inet wall; "
                + "add chain inet wall pass { type filter hook forward priority 0; policy drop; }'")
        let ended = host.boxtop("network", "repair")
        #expect(ended.code == 1)
        for part in ["rules", "container web", "network boxtop", "inet wall pass drops what it has no rule for"] {
            #expect(ended.output.contains(part), "\(ended.output)")
        }
        host.host("/usr/sbin/nft delete table inet wall")
        #expect(host.boxtop("network", "repair").code == 0)
        #expect(host.getSoon("127.0.0.1", 8080) == "hello\n")
    }

    @Test func `forwarding that is off is switched on by the next start`() {
        host.run("--rm --network boxtop", "true")
        host.host("echo 0 >/proc/sys/net/ipv4/ip_forward")
        host.run("--rm --network boxtop", "true")
        #expect(host.host("cat /proc/sys/net/ipv4/ip_forward").output == "1\n")
    }

    @Test func `a pool that is used up, names that are taken and wrong addresses are refused in one sentence`() {
        host.boxtop("network", "create", "--subnet", "10.9.0.0/30", "tiny")
        host.serve("only", "--network tiny")
        let cases: [([String], String)] = [
            (["run", "--network", "tiny"], "all addresses of network tiny (10.9.0.0/30) are in use"),
            (["run", "--network", "tiny,ip=10.9.0.2"], "10.9.0.2 is taken by container only: choose another"),
            (["run", "--network", "tiny,ip=10.9.0.1"], "10.9.0.1 is the gateway of network tiny"),
            (["run", "--network", "tiny,ip=10.8.0.1"], "10.8.0.1 is no host's address in 10.9.0.0/30"),
            (["run", "--network", "nowhere"], "there is no network “nowhere”"),
            (
                ["run", "--network", "none", "-p", "80:80"],
                "ports are published of a container in a network of its own"
            ),
            (["run", "-p", "80:80", "-p", "80:81"], "is published twice"),
            (["run", "--network", "host", "--network", "tiny"], "stand alone"),
        ]
        for (arguments, sentence) in cases {
            let ended = host.boxtop(arguments + ["--rm", "--rootfs", "\(host.folder)/rootfs", "true"])
            #expect(ended.code == 125 && ended.error.contains(sentence), "\(arguments): \(ended)")
            #expect(ended.error.split(separator: "\n").count == 1, "\(ended.error)")
            #expect(!ended.error.contains("hook"), "\(ended.error)")
        }
        // Said by create already, not by a hook of its first start.
        let stray = host.boxtop(["create", "--network", "tiny", "--ip", "1.2.3.4", "--rootfs", "\(host.folder)/rootfs"])
        #expect(stray.code == 125 && stray.error.hasPrefix("boxtop: 1.2.3.4 is no host's address"), "\(stray)")
        let creations: [([String], String)] = [
            (["tiny"], "there is a network tiny already"), (["host"], "“host” has a meaning of its own"),
            (["a b"], "is no name of a network"),
            (["--subnet", "10.9.0.0/24", "x"], "10.9.0.0/24 overlaps network tiny"),
            (["--subnet", "127.0.0.0/8", "x"], "overlaps 127.0.0.0/8"), (["--subnet", "10.7/16", "x"], "is no subnet"),
            (["--gateway", "10.1.1.1", "x"], "10.1.1.1 cannot be the gateway"),
            (["--mtu", "100", "x"], "an MTU of 100 is not possible"),
            (["--subnet", "10.8.0.0/24", "--ip-range", "10.7.0.0/25", "x"], "10.7.0.0/25 cannot be the range"),
            (["--subnet", "10.8.0.0/24", "--ip-range", "10.8.0.0/16", "x"], "10.8.0.0/16 cannot be the range"),
            (["-o", "com.docker.network.bridge.name=x", "x"], "is not there"),
        ]
        for (arguments, sentence) in creations {
            let ended = host.boxtop(["network", "create"] + arguments)
            #expect(ended.code != 0 && ended.error.contains(sentence), "\(arguments): \(ended)")
        }
        #expect(host.boxtop("network", "rm", "tiny").error.contains("container only belongs to network tiny"))
        host.boxtop("create", "--name", "more", "--network", "tiny", "--rootfs", "\(host.folder)/rootfs", "true")
        #expect(host.boxtop("network", "rm", "tiny").error.contains(" and 1 more belong to network tiny"))
        host.boxtop("rm", "more")
        host.boxtop("rm", "-f", "only")
        #expect(host.run("--rm --network tiny", "true").code == 0)
        #expect(host.boxtop("network", "rm", "tiny").code == 0)
        #expect(host.eventually { host.leftovers == [] }, "\(host.leftovers)")
    }

    @Test func `a network whose creation was cut short is made anew or removed, and one that cannot be read says so`()
        throws
    {
        let networks = host.layout.networks
        try Files.makeDirectories("\(networks)/half/addresses")
        #expect(host.boxtop("network", "ls", "-q") == .init(code: 0, output: "host\nnone\n", error: ""))
        #expect(host.boxtop("network", "create", "half").code == 0)
        #expect(host.boxtop("network", "rm", "half").code == 0)
        try Files.makeDirectories("\(networks)/half/addresses")
        #expect(host.boxtop("network", "rm", "half").error.contains("had no record that can be read"))
        #expect(host.boxtop("network", "rm", "half").error.contains("there is no network “half”"))

        host.boxtop("network", "create", "torn")
        try Files.replace("\(networks)/torn/network.json", with: Array("{".utf8), durable: false)
        for words in ["ls", "create torn", "inspect torn", "repair"] {
            let ended = host.boxtop(["network"] + words.split(separator: " ").map(String.init))
            #expect(
                (ended.output + ended.error).contains("boxtop network rm torn takes it away"), "\(words): \(ended)")
        }
        #expect(host.boxtop("network", "rm", "torn").code == 0)
        #expect(host.boxtop("network", "create", "torn").code == 0)
    }

    @Test func `a network that cannot be written leaves nothing`() throws {
        let networks = host.layout.networks
        try Files.makeDirectories(networks, mode: 0o700)
        try systemCall("mount a small disk") { mount("none", networks, "tmpfs", 0, "size=16k,mode=0700") }
        defer { umount2(networks, Int32(MNT_DETACH)) }
        var count = 0
        while (try? Files.replace("\(networks)/.ballast\(count)", with: [0], durable: false)) != nil { count += 1 }
        #expect(host.boxtop("network", "create", "x").error.contains("no space left on device"))
        #expect(!Files.exists("\(networks)/x"))
    }

    @Test func `a start that fails before it comes to its network leaves no hook that waits for it`() {
        // Some fail in the launching process, others in the container's.
        for flag in ["--sysctl net.nothing.here=1", "--sysctl kernel.nothing=1", "--tmpfs /x:nothing=1"] {
            let ended = host.run("--rm --network boxtop \(flag)", "true")
            #expect(ended.code == 125 && ended.error.contains("nothing"), "\(ended)")
            #expect(host.eventually { hooks() == [] })
            // Nor what a hook that was told early has made before the mounts failed.
            #expect(host.eventually { host.leftovers == [] }, "\(host.leftovers)")
        }
        #expect(host.run("--rm --network boxtop", "true").code == 0)
        #expect(host.eventually { host.leftovers == [] }, "\(host.leftovers)")
    }

    @Test
    func `boxtop killed at any point of set-up or take-down leaks nothing, and the next start is as if nothing was`() {
        host.run("--rm --network boxtop", "true")
        for turn in 0..<24 {
            let arguments = ["run", "-d", "--name", "t\(turn)", "-p", "8080:80", "--rootfs", "\(host.folder)/rootfs"]
            let process = NetworkHost.start(
                host.inside + [CommandLinePlace.program] + arguments + ["sleep", turn % 2 == 0 ? "0.05" : "60"],
                environment: host.environment)
            let begin = MonotonicTime.now
            var isKilled = false
            while MonotonicTime.now.seconds(since: begin) < 0.4 {
                for hook in hooks() {
                    usleep(UInt32(turn) * 700)
                    kill(hook, SIGKILL)
                    isKilled = true
                }
                if isKilled { break }
            }
            _ = process.map { CommandLinePlace.wait(for: $0) }
            host.boxtop("rm", "-f", "t\(turn)")
        }
        #expect(host.serve("web", "-p 8080:80").code == 0)
        #expect(host.getSoon("127.0.0.1", 8080) == "hello\n")
        host.boxtop("rm", "-f", "web")
        host.boxtop("network", "repair")
        #expect(host.eventually(within: 60) { host.leftovers == [] }, "\(host.leftovers)")
    }

    /// The hooks of this test's own containers that run now.
    private func hooks() -> [pid_t] {
        ((try? Files.names(in: "/proc")) ?? []).compactMap { pid_t($0) }.filter { pid in
            let words = (try? Files.read("/proc/\(pid)/cmdline", limit: 1 << 16)) ?? []
            let text = String(decoding: words, as: UTF8.self)
            return text.contains("network-hook") && text.contains(host.layout.state)
        }
    }
}
