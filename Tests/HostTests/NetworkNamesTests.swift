import Glibc
import JSON
import Linux
import Records
import Testing

/// Names, published ports of an image, and what a container's interfaces have counted.
@Suite(.serialized, .enabled(if: NetworkHost.obstacle == nil, Comment(rawValue: NetworkHost.obstacle ?? "")))
struct NetworkNamesTests {
    private let host: NetworkHost

    init() throws { host = try NetworkHost() }

    @Test func `-P publishes each port of the image at a free one, and it stays the same`() throws {
        try Files.makeDirectories("\(host.folder)/build")
        let text = "FROM base\nEXPOSE 80 8000-8001/tcp 53/udp\nCMD [\"httpd\",\"-f\",\"-p\",\"80\",\"-h\",\"/www\"]\n"
        try Files.replace("\(host.folder)/build/Containerfile", with: Array(text.utf8))
        #expect(host.boxtop("image", "import", "-q", "-e", "PATH=/bin", "\(host.folder)/rootfs", "base").code == 0)
        let built = host.boxtop("build", "-q", "-t", "web", "\(host.folder)/build")
        #expect(built.code == 0, "\(built.error)")
        let started = host.boxtop("run", "-d", "--name", "web", "-P", "-p", "127.0.0.1:8080:80", "web")
        #expect(started.code == 0, "\(started.error)")
        let ports = host.boxtop("port", "web").output
        for line in ["80/tcp -> 127.0.0.1:8080\n", "80/tcp -> 0.0.0.0:", "8000/tcp ->", "8001/tcp ->", "53/udp ->"] {
            #expect(ports.contains(line), "\(ports)")
        }
        #expect(host.getSoon("127.0.0.1", 8080) == "hello\n")
        let free = host.boxtop("port", "web", "80").output.split(separator: "\n").first { $0.hasPrefix("0.0.0.0:") }
        let number = try #require(free.flatMap { Int($0.split(separator: ":")[1]) })
        #expect(host.get("127.0.0.1", number) == "hello\n")
        host.boxtop("restart", "-t", "0", "web")
        #expect(host.boxtop("port", "web").output == ports)
    }

    @Test func `the file of names goes with who comes and leaves, and keeps what was asked for`() {
        host.run(
            "-d --name watcher --hostname here --domainname lan.test --add-host db:10.1.2.3 --add-host six:fd00::3 "
                + "--add-host outside:host-gateway --dns 192.0.2.53 --dns-search lan.test --network boxtop", "sleep 600"
        )
        func names() -> String { host.exec("watcher", "cat /etc/hosts") }
        let own = host.address(of: "watcher")
        for line in [
            "127.0.0.1\tlocalhost\n", "10.1.2.3\tdb\n", "fd00::3\tsix\n", "10.180.0.1\toutside\n",
            "\(own)\there.lan.test here\n", "\(own)\twatcher ",
        ] {
            #expect(names().contains(line), "\(names())")
        }
        #expect(host.exec("watcher", "hostname").hasPrefix("here"))
        let asked = host.exec("watcher", "grep -v ^# /etc/resolv.conf")
        #expect(asked == "nameserver 192.0.2.53\nsearch lan.test\n", "\(asked)")
        host.serve("web", "--network boxtop --network-alias www")
        #expect(names().contains("\(host.address(of: "web"))\tweb www "), "\(names())")
        host.boxtop("rename", "web", "site")
        host.boxtop("restart", "-t", "0", "site")
        #expect(names().contains("\tsite www "), "\(names())")
        host.boxtop("stop", "-t", "0", "site")
        #expect(!names().contains("www"), "\(names())")
        #expect(names().contains("10.1.2.3\tdb\n"))
        #expect(host.run("--rm --dns nowhere", "true").error.contains("is no address of a name server"))
    }

    @Test(arguments: ["boxtop", "host"])
    func `the host's name servers of now are asked from each start on, unless the file was changed`(network: String)
        throws
    {
        func servers(_ name: String) -> String { host.exec(name, "grep -v ^# /etc/resolv.conf") }
        let (first, second) = ("nameserver 192.0.2.1\n", "nameserver 192.0.2.2\noptions rotate\n")
        for (name, flags) in [("plain", ""), ("asked", "--dns-search lan.test"), ("edited", "")] {
            let flags = "-d --name \(name) --network \(network) \(flags) --rootfs \(host.folder)/rootfs"
            #expect(try host.boxtop("run \(flags) sleep 600", resolver: first).code == 0)
        }
        #expect(servers("plain") == first)
        host.boxtop("exec", "edited", "sh", "-c", "echo nameserver 192.0.2.7 >>/etc/resolv.conf")
        for verb in ["stop -t 0", "start"] {
            #expect(try host.boxtop("\(verb) plain asked edited", resolver: second).code == 0)
        }
        #expect(servers("plain") == second)
        #expect(servers("asked") == "nameserver 192.0.2.2\noptions rotate\nsearch lan.test\n")
        #expect(servers("edited") == "nameserver 192.0.2.1\nnameserver 192.0.2.7\n")
    }

    @Test func `the name of the host goes with the container's first network`() {
        host.boxtop("network", "create", "--subnet", "10.77.0.0/24", "front")
        host.run("-d --name web --network boxtop --add-host tower:host-gateway", "sleep 600")
        func tower() -> String { host.exec("web", "grep tower /etc/hosts") }
        #expect(tower() == "10.180.0.1\ttower\n")
        host.boxtop("network", "connect", "front", "web")
        host.boxtop("network", "disconnect", "boxtop", "web")
        #expect(tower() == "10.77.0.1\ttower\n")
        host.boxtop("restart", "-t", "0", "web")
        #expect(tower() == "10.77.0.1\ttower\n")
    }

    @Test func `what a program writes to its file of names stays, whoever comes and goes`() {
        host.run("-d --name watcher --network boxtop", "sleep 600")
        func names() -> String { host.exec("watcher", "cat /etc/hosts") }
        host.boxtop("exec", "watcher", "sh", "-c", "echo '10.7.7.7 mine' >>/etc/hosts")
        host.serve("web", "--network boxtop")
        #expect(names().contains("10.7.7.7 mine\n") && names().contains("\tweb "), "\(names())")
        let edit = "{ echo '10.7.7.8 first'; cat /etc/hosts; echo '10.7.7.9 last'; } >/tmp/h; cat /tmp/h >/etc/hosts"
        host.boxtop("exec", "watcher", "sh", "-c", edit)
        host.boxtop("rm", "-f", "web")
        #expect(!names().contains("\tweb "), "\(names())")
        for line in ["10.7.7.7 mine\n", "10.7.7.8 first\n", "10.7.7.9 last\n"] {
            #expect(names().split(separator: line, omittingEmptySubsequences: false).count == 2, "\(names())")
        }
        #expect(names().split(separator: "# End").count == 2)
    }

    @Test func `who holds a lease on its own files keeps nobody waiting, and goes without the names alone`() throws {
        host.serve("greedy", "--network boxtop")
        host.serve("other", "--network boxtop")
        let id = host.boxtop("ps", "-q", "--no-trunc", "--filter", "name=greedy").output.filter { !$0.isNewline }
        signal(SIGIO, SIG_IGN)
        do {
            let hosts = try FileDescriptor.open("\(host.layout.container(id))/hosts")
            let hostname = try FileDescriptor.open("\(host.layout.container(id))/hostname")
            // F_SETLEASE, as a program inside would do it.
            for number in [hosts.number, hostname.number] { try #require(fcntl(number, 1_024, F_WRLCK) == 0) }
            let start = MonotonicTime.now
            #expect(host.serve("web", "--network boxtop").code == 0)
            #expect(MonotonicTime.now.seconds(since: start) < 15, "a lease is broken after 45 seconds")
            #expect(host.exec("other", "cat /etc/hosts").contains("\tweb "))
            // Until here they are held.
            _ = (hosts.number, hostname.number)
        }
        host.boxtop("rename", "web", "site")
        #expect(host.exec("greedy", "cat /etc/hosts").contains("\tsite "))
    }

    @Test func `one in several networks is found in each by its name there, and leaves one without the other`() {
        host.boxtop("network", "create", "--subnet", "10.9.0.0/24", "--subnet", "fd09::/64", "front")
        host.boxtop("network", "create", "--internal", "back")
        host.serve("web", "--network front,alias=shop,ip=10.9.0.5,ip6=fd09::77 --network back,alias=stock -p 8080:80")
        #expect(host.exec("web", "cat /proc/net/dev").contains("eth1:"))
        #expect(host.run("--rm --network front", "timeout 3 wget -qO- http://shop/").output == "hello\n")
        #expect(host.run("--rm --network front", "timeout 3 wget -qO- http://[fd09::77]/").output == "hello\n")
        #expect(host.run("--rm --network back", "timeout 3 wget -qO- http://stock/").output == "hello\n")
        #expect(host.run("--rm --network back", "grep shop /etc/hosts").output == "")
        #expect(host.getSoon("127.0.0.1", 8080) == "hello\n")
        host.boxtop("network", "disconnect", "back", "web")
        #expect(!host.exec("web", "cat /proc/net/dev").contains("eth1:"))
        #expect(host.get("127.0.0.1", 8080) == "hello\n")
        host.boxtop("network", "connect", "--alias", "store", "back", "web")
        #expect(host.run("--rm --network back", "timeout 3 wget -qO- http://store/").output == "hello\n")
        host.boxtop("restart", "-t", "0", "web")
        #expect(host.address(of: "web") == "10.9.0.5")
        #expect(host.getSoon("127.0.0.1", 8080) == "hello\n")
        host.boxtop("network", "create", "third")
        for (arguments, sentence) in [
            (["connect", "back", "web"], "is in network back already"), (["disconnect", "third", "web"], "is not in"),
            (["connect", "nowhere", "web"], "there is no network"), (["connect", "back", "nobody"], "no container"),
        ] {
            let ended = host.boxtop(["network"] + arguments)
            #expect(ended.code == 1 && ended.error.contains(sentence), "\(ended)")
        }
    }

    @Test func `a container has the MAC address that was asked for, also after a restart, and nobody else has it`() {
        let (mac, other) = ("02:42:ac:11:00:07", "02:42:ac:11:00:08")
        host.boxtop("network", "create", "back")
        #expect(host.serve("web", "--network boxtop --network back --mac-address \(mac) -p 8080:80").code == 0)
        for _ in 0..<2 {
            #expect(host.exec("web", "cat /sys/class/net/eth0/address") == "\(mac)\n")
            #expect(host.exec("web", "cat /sys/class/net/eth1/address").hasPrefix("02:bc:"))
            #expect(host.boxtop("inspect", "-f", "{{.NetworkSettings.MacAddress}}", "web").output == "\(mac)\n")
            #expect(host.run("--rm --network boxtop", "timeout 3 wget -qO- http://web/").output == "hello\n")
            #expect(host.getSoon("127.0.0.1", 8080) == "hello\n")
            #expect(host.boxtop("restart", "-t", "0", "web").code == 0)
        }
        #expect(!host.boxtop("network", "repair").output.contains("mended"))
        let taken = host.run("--rm --network boxtop --mac-address \(mac)", "true")
        #expect(taken.code == 125 && taken.error.contains("is container web's in network boxtop"), "\(taken)")
        #expect(host.run("--rm --network back --mac-address \(mac)", "true").code == 0)
        host.boxtop("network", "create", "third")
        #expect(host.boxtop("network", "connect", "--mac-address", other, "third", "web").code == 0)
        #expect(host.exec("web", "cat /sys/class/net/eth2/address") == "\(other)\n")
        for network in ["none", "host", "container:web"] {
            let refused = host.run("--rm --network \(network) --mac-address \(mac)", "true")
            #expect(refused.code == 125 && refused.error.contains("are for containers in a network"), "\(refused)")
        }
    }

    @Test func `what passed all interfaces of a container, and what was dropped, is counted`() throws {
        struct Row: Decodable {
            var receivedBytes, sentBytes, receivedDropped, sentDropped, receivedErrors, sentErrors: Int?
        }
        host.boxtop("network", "create", "second")
        host.serve("web", "--network boxtop --network second")
        #expect(host.run("--rm --network second", "timeout 3 wget -qO- http://web/").output == "hello\n")
        // Frames of a protocol that nobody inside speaks are dropped at the interface.
        host.intrude("web", "busybox ip link set eth1 down; busybox ip link set eth1 up")
        let rows = try JSON.decode([Row].self, from: Array(host.boxtop("stats", "--format", "json", "web").output.utf8))
        let row = try #require(rows.first)
        let lines = host.exec("web", "cat /proc/net/dev").split(separator: "\n").filter { $0.contains("eth") }
        func sum(_ column: Int) -> Int {
            lines.reduce(0) { $0 + (Int($1.split(separator: ":")[1].split(separator: " ")[column]) ?? 0) }
        }
        #expect(lines.count == 2)
        #expect((100...max(100, sum(0))).contains(row.receivedBytes ?? -1), "\(row) \(lines)")
        #expect((100...max(100, sum(8))).contains(row.sentBytes ?? -1), "\(row) \(lines)")
        #expect((0...sum(3)).contains(row.receivedDropped ?? -1) && (0...sum(2)).contains(row.receivedErrors ?? -1))
        #expect((0...sum(11)).contains(row.sentDropped ?? -1) && (0...sum(10)).contains(row.sentErrors ?? -1))
    }
}
