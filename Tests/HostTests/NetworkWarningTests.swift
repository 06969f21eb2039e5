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
        try Files.replace("\(host.folder)/resolv.conf", with: Array("nameserver 127.0.0.1\n".utf8))
        let mount = "unshare -m sh -c 'mount --bind \(host.folder)/resolv.conf /etc/resolv.conf; "
        func run(_ flags: String) -> CommandLinePlace.Ended {
            let words = "run --rm \(flags) --rootfs \(host.folder)/rootfs cat /etc/resolv.conf"
            return host.host("\(mount)\(CommandLinePlace.program) \(words)'")
        }
        let lost = run("--network boxtop")
        #expect(lost.error.contains("names no name server that a container can reach"), "\(lost)")
        #expect(lost.error.split(separator: "\n").count == 1 && lost.error.contains("--dns"))
        for flags in ["--network boxtop --dns 192.0.2.53", "--network none", "--network host"] {
            #expect(run(flags).error == "", "\(flags)")
        }
    }

    @Test func `a build says once that nobody can be asked for names`() throws {
        try Files.makeDirectories("\(host.folder)/build")
        let text = "FROM base\nRUN true\nRUN echo 2\n"
        try Files.replace("\(host.folder)/build/Containerfile", with: Array(text.utf8))
        try Files.replace("\(host.folder)/resolv.conf", with: Array("nameserver 127.0.0.1\n".utf8))
        host.boxtop("image", "import", "-q", "-e", "PATH=/bin", "\(host.folder)/rootfs", "base")
        let built = host.host(
            "unshare -m sh -c 'mount --bind \(host.folder)/resolv.conf /etc/resolv.conf; "
                + "\(CommandLinePlace.program) build -q -t web \(host.folder)/build'")
        #expect(built.code == 0 && built.error.split(separator: "names no name server").count == 2, "\(built)")
    }
}
