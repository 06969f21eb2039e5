import Glibc
import Linux
import Records
import Testing

/// What is said of networks that could not be as somebody might expect.
@Suite(.serialized, .enabled(if: NetworkHost.obstacle == nil, Comment(rawValue: NetworkHost.obstacle ?? "")))
struct NetworkWarningTests {
    private let host: NetworkHost
    private static let hasNft = access("/usr/sbin/nft", X_OK) == 0

    private var bridge: String {
        host.boxtop("network", "inspect", "--format", "{{.Bridge}}", "boxtop").output.filter { !$0.isNewline }
    }

    init() throws { host = try NetworkHost() }

    @Test(.enabled(if: hasNft, "needs Debian's nftables (nft), to have a firewall as another program would"))
    func `a firewall that lets a bridge through is in nobody's way, and one that does not is named by run -p`() {
        host.host(
            "/usr/sbin/nft 'add table inet wall; add chain inet wall users; "
                + "add chain inet wall pass { type filter hook forward priority 0; policy drop; }'")
        let published = host.serve("web", "-p 8080:80")
        let sentence = "web publishes is out of reach from other hosts: inet wall"
        #expect(published.code == 0 && published.error.contains(sentence), "\(published)")
        #expect(host.serve("quiet", "--network boxtop").error == "")
        let broken = host.boxtop("network", "repair", "--format", "{{.Detail}}")
        let remedy = "nft insert rule inet wall pass iifname \(bridge) accept"
        #expect(broken.code == 1 && broken.output.contains(remedy), "\(broken)")
        host.host("/usr/sbin/\(remedy)")
        #expect(host.boxtop("network", "repair").code == 1, "half of it is not enough")
        host.host("/usr/sbin/\(remedy.replacing("iifname", with: "oifname"))")
        #expect(host.boxtop("network", "repair").code == 0)
        // In a chain that it jumps to, counted, with other interfaces beside.
        host.host(
            "/usr/sbin/nft 'flush chain inet wall pass; add rule inet wall pass jump users; "
                + "add rule inet wall users iifname { \"eth0\", \"\(bridge)\" } counter accept; "
                + "add rule inet wall users oifname \"btn-*\" accept'")
        #expect(host.boxtop("network", "repair").code == 0)
        #expect(host.boxtop("restart", "-t", "0", "web").error == "")
    }

    @Test(.enabled(if: hasNft, "needs Debian's nftables (nft), to have a firewall as another program would"))
    func `a firewall that lets everything through but by its last rule is named too, and firewalld by its own words`() {
        func repair() -> String { host.boxtop("network", "repair", "--format", "{{.Detail}}").output }
        host.host(
            "/usr/sbin/nft 'add table inet wall; "
                + "add chain inet wall pass { type filter hook forward priority 0; policy accept; }; "
                + "add rule inet wall pass ct state invalid drop; add rule inet wall pass counter drop'")
        let published = host.serve("web", "-p 8080:80")
        #expect(published.error.contains("web publishes is out of reach from other hosts: inet wall"), "\(published)")
        host.host("/usr/sbin/nft delete table inet wall")
        #expect(host.boxtop("network", "repair").code == 0)
        // What is published passes this one, as answers do; what containers begin does not.
        host.host(
            "/usr/sbin/nft 'add table inet firewalld; add chain inet firewalld trusted; add chain inet firewalld zones; "
                + "add chain inet firewalld pass { type filter hook forward priority filter + 10; policy accept; }; "
                + "add rule inet firewalld trusted accept; add rule inet firewalld pass jump zones; "
                + "add rule inet firewalld pass ct state { established, related } accept; "
                + "add rule inet firewalld pass ct status dnat accept; "
                + "add rule inet firewalld pass reject with icmpx admin-prohibited'")
        let other = host.serve("other", "-p 8081:80")
        #expect(other.error.contains("other hosts are out of reach from container other: inet firewalld"), "\(other)")
        #expect(repair().contains("firewall-cmd --zone=trusted --add-interface=\(bridge)"))
        // What that does.
        host.host("/usr/sbin/nft 'add rule inet firewalld zones iifname \"\(bridge)\" goto trusted'")
        #expect(host.boxtop("network", "repair").code == 0)
    }

    /// Whether a network of its own can have such rules.
    private static let hasLegacyTables =
        system("unshare -n sh -c '/usr/sbin/iptables-legacy -L && /usr/sbin/ip6tables-legacy -L' >/dev/null 2>&1") == 0

    @Test(.enabled(if: hasLegacyTables, "needs Debian's iptables, and a kernel with its older tables"))
    func `rules of iptables-legacy that drop what is passed on are named`() {
        func repair() -> CommandLinePlace.Ended { host.boxtop("network", "repair", "--format", "{{.Detail}}") }
        let set = host.host(
            "cd /usr/sbin; ./iptables-legacy -N own; ./iptables-legacy -A own -s 198.51.100.0/24 -j DROP; "
                + "./iptables-legacy -A FORWARD -j own; ./iptables-legacy -A FORWARD; ./ip6tables-legacy -L FORWARD")
        #expect(set.code == 0, "\(set)")
        host.serve("web", "-p 8080:80")
        #expect(repair().code == 0, "\(repair())")
        for program in ["iptables-legacy", "ip6tables-legacy"] {
            host.host("/usr/sbin/\(program) -P FORWARD DROP")
            let remedy = "\(program) -I FORWARD -i \(bridge) -j ACCEPT"
            #expect(repair().code == 1 && repair().output.contains(remedy), "\(repair())")
            host.host("/usr/sbin/\(remedy)")
            #expect(repair().code == 1)
            host.host("/usr/sbin/\(remedy.replacing("-i \(bridge)", with: "-o \(bridge.prefix(5))+"))")
            #expect(repair().code == 0, "\(repair())")
        }
        host.host("/usr/sbin/iptables-legacy -F FORWARD; /usr/sbin/iptables-legacy -P FORWARD ACCEPT")
        #expect(repair().code == 0)
        host.host("/usr/sbin/iptables-legacy -A FORWARD -j REJECT")
        let other = host.serve("other", "-p 8081:80")
        #expect(other.error.contains("out of reach from other hosts: the chain FORWARD"), "\(other)")
    }

    @Test func `what cannot be together with another's network, or goes without a word, is said`() throws {
        host.serve("web", "--network boxtop")
        for flag in [
            "--hostname x", "--add-host a:10.1.1.1", "--dns 192.0.2.53", "--dns-search x", "-p 80:80", "-P",
            "--expose 80",
        ] {
            let ended = host.run("--rm --network container:web \(flag)", "true")
            let sentence = "and --network container:web exclude"
            #expect(ended.code == 125 && ended.error.contains(sentence), "\(flag): \(ended)")
        }
        let open = host.run("--rm --network host -p 8080:80", "echo runs")
        #expect(open.code == 0 && open.output == "runs\n" && open.error.contains("no port is published"), "\(open)")
        for network in ["host", "none", "container:web"] {
            let rated = host.run("--rm --network \(network) --network-rate 1m", "true")
            #expect(
                rated.code == 125 && rated.error.contains("hold it with --network \(network.prefix(4))"), "\(rated)")
        }
        host.run("-d --name bare --network host", "sleep 600")
        let rated = host.boxtop("update", "--network-rate", "1m", "bare")
        #expect(rated.code == 1 && rated.error.contains("nothing would hold it"), "\(rated)")
        #expect(host.boxtop("update", "--restart", "always", "bare").code == 0)
        let pasta = host.run("--rm --network pasta", "true")
        #expect(pasta.code == 125 && pasta.error.contains("--network pasta is for users without root"), "\(pasta)")
        // A host whose only name server listens at its own loopback.
        func run(_ flags: String) throws -> CommandLinePlace.Ended {
            let words = "run --rm \(flags) --rootfs \(host.folder)/rootfs cat /etc/resolv.conf"
            return try host.boxtop(words, resolver: "nameserver 127.0.0.1\n")
        }
        let lost = try run("--network boxtop")
        #expect(lost.error.contains("names no name server that a container can reach"), "\(lost)")
        #expect(lost.error.split(separator: "\n").count == 1 && lost.error.contains("--dns"))
        for flags in ["--network boxtop --dns 192.0.2.53", "--network none", "--network host"] {
            #expect(try run(flags).error == "", "\(flags)")
        }
    }

    @Test func `a build says once that nobody can be asked for names`() throws {
        try Files.makeDirectories("\(host.folder)/build")
        let text = "FROM base\nRUN true\nRUN echo 2\n"
        try Files.replace("\(host.folder)/build/Containerfile", with: Array(text.utf8))
        host.boxtop("image", "import", "-q", "-e", "PATH=/bin", "\(host.folder)/rootfs", "base")
        let built = try host.boxtop("build -q -t web \(host.folder)/build", resolver: "nameserver 127.0.0.1\n")
        #expect(built.code == 0 && built.error.split(separator: "names no name server").count == 2, "\(built)")
    }
}
