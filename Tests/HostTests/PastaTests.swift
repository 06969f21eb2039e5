import Glibc
import Linux
import Records
import Testing

private enum PastaHost {
    static let obstacle: String? = {
        if let obstacle = NetworkHost.obstacle { return obstacle }
        for program in ["/usr/bin/pasta", "/usr/bin/setpriv"] where access(program, X_OK) != 0 {
            return "needs passt and util-linux (\(program))"
        }
        return access("/dev/net/tun", F_OK) == 0 ? nil : "needs a kernel with TUN (/dev/net/tun)"
    }()
}

/// Networks of an ordinary user: Debian's passt, in a network namespace of the test's own.
@Suite(.serialized, .enabled(if: PastaHost.obstacle == nil, Comment(rawValue: PastaHost.obstacle ?? "")))
struct PastaTests {
    private let host: NetworkHost
    private static let user = 65_432
    private var place: String { "\(host.folder)/user" }

    init() throws {
        host = try NetworkHost()
        try Files.makeDirectories(place)
        chown(place, uid_t(Self.user), gid_t(Self.user))
        // Where each container's own files are mounted; the folder is root's.
        for name in ["hosts", "hostname", "resolv.conf"] {
            try Files.replace("\(host.folder)/rootfs/etc/\(name)", with: [], durable: false)
        }
        // Any user may open it on most hosts, not on all: a node of the test's own.
        mknod("\(host.folder)/tun", S_IFCHR | 0o666, makedev(10, 200))
        chmod("\(host.folder)/tun", 0o666)
    }

    /// The device's number; the macro of <sys/sysmacros.h> is not for Swift.
    private func makedev(_ major: dev_t, _ minor: dev_t) -> dev_t { major << 8 | minor }

    /// `boxtop` as an ordinary user.
    @discardableResult
    private func boxtop(
        _ words: String, path: String = "/usr/bin:/bin", hasTun: Bool = true, mounting mount: String = "true"
    ) -> CommandLinePlace.Ended {
        let tun = hasTun ? "mount --bind \(host.folder)/tun /dev/net/tun" : "mount --bind /dev/null /dev/net/tun"
        let script = """
            \(tun) && \(mount) && exec /usr/bin/setpriv --reuid \(Self.user) --regid \(Self.user) --clear-groups \
            /usr/bin/env -u BOXTOP_CGROUP_PARENT PATH=\(path) HOME=\(place) BOXTOP_STATE=\(place)/state \
            BOXTOP_RUN=\(place)/run \(CommandLinePlace.program) \(words)
            """
        return NetworkHost.spawn(
            host.inside + ["/usr/bin/unshare", "-m", "/bin/sh", "-c", script], environment: host.environment)
    }

    private func serve(_ name: String) -> CommandLinePlace.Ended {
        boxtop("run -d --name \(name) -p 8090:80 --rootfs \(host.folder)/rootfs httpd -f -p 80 -h /www")
    }

    /// Those that this test's containers have left.
    private var pastas: Int {
        ((try? Files.names(in: "/proc")) ?? []).compactMap { pid_t($0) }.count { pid in
            let words = (try? Files.read("/proc/\(pid)/cmdline", limit: 1 << 16)) ?? []
            let text = String(decoding: words, as: UTF8.self)
            return text.hasPrefix("pasta") && text.contains(place)
        }
    }

    @Test func `a container of a user has a network and a published port, and what connects it goes with it`() {
        host.makeNeighbour()
        host.host("busybox ip route add default via 192.0.2.2")
        let started = serve("web")
        #expect(started.code == 0, "\(started.error)")
        #expect(host.getSoon("127.0.0.1", 8090) == "hello\n")
        #expect(boxtop("port web").output == "80/tcp -> 0.0.0.0:8090\n")
        #expect(pastas == 1)
        let second = serve("late")
        #expect(second.code == 125 && second.error.contains("port 8090/tcp of this host is in use"), "\(second)")
        // The port is free for the next life.
        #expect(boxtop("restart -t 0 web").code == 0)
        #expect(host.getSoon("127.0.0.1", 8090) == "hello\n")
        #expect(boxtop("rm -f web").code == 0)
        #expect(host.eventually { pastas == 0 })
        #expect(boxtop("run --rm -p 8090:80 --rootfs \(host.folder)/rootfs true").code == 0)
        #expect(host.eventually { pastas == 0 })
        #expect(host.get("127.0.0.1", 8090) == "")
    }

    /// Its supervisor is killed, and its program with it.
    private func lose(_ name: String) throws {
        let id = boxtop("inspect --format {{.Id}} \(name)").output.filter { !$0.isNewline }
        let layout = Layout(state: "\(place)/state", run: "\(place)/run", cgroupParent: "")
        let state = try #require(StateFiles(layout).written(for: id))
        let processes = [try #require(state.supervisor), try #require(state.status.running?.process)]
        for process in processes { kill(process.pid, SIGKILL) }
        #expect(host.eventually { !processes.contains { $0.isAlive } })
    }

    @Test func `a port whose container ended unseen is free for whoever starts, looks or removes`() throws {
        host.makeNeighbour()
        host.host("busybox ip route add default via 192.0.2.2")
        #expect(serve("web").code == 0)
        try lose("web")
        let again = boxtop("start web")
        #expect(again.code == 0, "\(again.error)")
        #expect(host.getSoon("127.0.0.1", 8090) == "hello\n")
        try lose("web")
        let other = serve("other")
        #expect(other.code == 0, "\(other.error)")
        #expect(pastas == 1)
        try lose("other")
        boxtop("ps")
        #expect(pastas == 0)
        #expect(boxtop("start other").code == 0)
        try lose("other")
        #expect(boxtop("rm -f other").code == 0)
        #expect(pastas == 0)
        // By its policy.
        #expect(boxtop("update --restart always web").code == 0 && boxtop("start web").code == 0)
        try lose("web")
        boxtop("ps")
        #expect(host.getSoon("127.0.0.1", 8090) == "hello\n")
        #expect(boxtop("rm -f web").code == 0)
        #expect(pastas == 0)
    }

    @Test func `a port is free after the end where the run folder has gone, as with the last login`() throws {
        host.makeNeighbour()
        host.host("busybox ip route add default via 192.0.2.2")
        #expect(serve("web").code == 0)
        try Files.removeTree("\(place)/run")
        #expect(boxtop("stop -t 0 web").code == 0)
        #expect(pastas == 0)
        #expect(boxtop("start web").code == 0)
        try Files.removeTree("\(place)/run")
        #expect(boxtop("rm -f web").code == 0)
        #expect(pastas == 0)
    }

    @Test func `a process that has got the id of what connected a container is not ended for it`() throws {
        host.makeNeighbour()
        host.host("busybox ip route add default via 192.0.2.2")
        #expect(serve("web").code == 0 && boxtop("stop -t 0 web").code == 0)
        let id = boxtop("inspect --format {{.Id}} web").output.filter { !$0.isNewline }
        let file = "\(place)/state/pasta/\(id)"
        let stranger = try #require(
            NetworkHost.start([
                "/usr/bin/setpriv", "--reuid", "\(Self.user)", "--regid", "\(Self.user)", "--clear-groups",
                "/bin/busybox", "sh", "-c", "sleep 30; :", "sh", file,
            ]))
        defer {
            kill(stranger, SIGKILL)
            waitpid(stranger, nil, 0)
        }
        try Files.replace(file, with: Array("\(stranger)\n".utf8), durable: false)
        #expect(boxtop("rm web").code == 0)
        #expect(!Files.exists(file) && waitpid(stranger, nil, WNOHANG) == 0)
    }

    @Test func `another container of the user's joins its network, and one of the host's is refused`() {
        host.makeNeighbour()
        host.host("busybox ip route add default via 192.0.2.2")
        #expect(serve("web").code == 0)
        #expect(host.getSoon("127.0.0.1", 8090) == "hello\n")
        let rootfs = "--rootfs \(host.folder)/rootfs"
        let joined = boxtop("run --rm --network container:web \(rootfs) wget -qO- http://127.0.0.1/")
        #expect(joined.code == 0 && joined.output == "hello\n", "\(joined)")
        // Another life has namespaces of its own.
        #expect(boxtop("run -d --name near --network container:web \(rootfs) sleep 100").code == 0)
        #expect(boxtop("stop -t 0 near web").code == 0 && boxtop("start web near").code == 0)
        #expect(host.getSoon("127.0.0.1", 8090) == "hello\n")
        #expect(boxtop("exec near wget -qO- http://127.0.0.1/").output == "hello\n")
        #expect(boxtop("run -d --name bare --network host \(rootfs) sleep 100").code == 0)
        let refused = boxtop("run --rm --network container:bare \(rootfs) true")
        #expect(refused.code == 125 && refused.error.contains("--network host is the same"), "\(refused)")
        #expect(boxtop("rm -f near web bare").code == 0)
        #expect(pastas == 0)
    }

    @Test func `what keeps a user's container from its network is said in one sentence`() {
        let rootfs = "--rootfs \(host.folder)/rootfs"
        let alone = boxtop("run --rm \(rootfs) echo ok", path: "/nowhere")
        #expect(alone.output == "ok\n" && alone.error.contains("pasta is not installed"), "\(alone)")
        let cases: [(CommandLinePlace.Ended, String)] = [
            (boxtop("run --rm -p 8090:80 \(rootfs) true", path: "/nowhere"), "apt install passt"),
            (boxtop("run --rm -p 8090:80 \(rootfs) true"), "no interface of this host with a default route"),
            (boxtop("run --rm --network boxtop \(rootfs) true"), "networks with a bridge need root"),
            (boxtop("network create mine"), "networks with a bridge need root"),
            (boxtop("network repair"), "networks with a bridge need root"),
        ]
        for (ended, sentence) in cases {
            #expect(ended.code != 0 && ended.error.contains(sentence), "\(ended)")
            #expect(ended.error.split(separator: "\n").count == 1 && !ended.error.contains("syslog"), "\(ended.error)")
        }
        host.makeNeighbour()
        host.host("busybox ip route add default via 192.0.2.2; busybox ip addr add ::1/128 dev lo")
        let further: [(String, String)] = [
            ("-p 127.0.0.1:8530:80 -p [::1]:8530:80", "publishes a port of this host at one address"),
            ("-p 203.0.113.9:8094:80", "203.0.113.9 is no address of this host"),
            ("--add-host tower:host-gateway", "needs a pasta that has --map-guest-addr"),
            ("--network-rate 1m", "nothing would hold it with --network pasta"),
        ]
        let isOld = !host.host("pasta --help 2>&1").output.contains("--map-guest-addr")
        for (flags, sentence) in further where isOld || !sentence.contains("--map") {
            let ended = boxtop("run --rm \(flags) \(rootfs) true")
            #expect(ended.code == 125 && ended.error.contains(sentence), "\(ended)")
            #expect(ended.error.split(separator: "\n").count == 1, "\(ended.error)")
        }
        let closed = boxtop("run --rm -p 8090:80 \(rootfs) true", hasTun: false)
        #expect(closed.code == 125 && closed.error.contains("may not use /dev/net/tun"), "\(closed)")
        let low = boxtop("run --rm -p 80:80 \(rootfs) true")
        #expect(low.code == 125 && low.error.contains("cannot listen at a published port"), "\(low)")
    }

    @Test func `names are found where the host's server listens at its loopback alone`() throws {
        host.makeNeighbour()
        host.host("busybox ip route add default via 192.0.2.2")
        try Files.replace("\(host.folder)/resolv.conf", with: Array("nameserver 127.0.0.1\n".utf8))
        // It says of each name that it is 203.0.113.7.
        let server =
            "use Socket; alarm 30; socket(S, PF_INET, SOCK_DGRAM, 0); bind(S, sockaddr_in(53, inet_aton(\"127.0.0.1\"))); "
            + "while ($f = recv(S, $b, 512, 0)) { send(S, substr($b, 0, 2) . pack(\"H*\", \"81800001000100000000\") . "
            + "substr($b, 12) . pack(\"H*\", \"c00c000100010000003c0004cb007107\"), 0, $f) }"
        host.host("/usr/bin/perl -e '\(server)' </dev/null >/dev/null 2>&1 &")
        let ended = boxtop(
            "run --rm --rootfs \(host.folder)/rootfs busybox nslookup -type=a any.test",
            mounting: "mount --bind \(host.folder)/resolv.conf /etc/resolv.conf")
        #expect(ended.output.contains("203.0.113.7") && !ended.error.contains("no name server"), "\(ended)")
    }

    @Test func `pasta is used where it was found, and told to lead to the host where it can`() throws {
        host.makeNeighbour()
        host.host("busybox ip route add default via 192.0.2.2")
        // As one of 2024 and later, whichever is installed.
        let (programs, told) = ("\(host.folder)/programs", "\(place)/told")
        try Files.makeDirectories(programs)
        let script = """
            #!/bin/bash
            [ "$1" != --help ] || { echo "  --map-guest-addr ADDR"; exit; }
            echo "$@" >>\(told)
            words=()
            while [ $# -gt 0 ]; do
                if [ "$1" = --map-guest-addr ]; then shift 2; else words+=("$1"); shift; fi
            done
            exec -a pasta /usr/bin/pasta "${words[@]}"
            """
        try Files.replace("\(programs)/pasta", with: Array(script.utf8), mode: 0o755, durable: false)
        let flags = "--add-host tower:host-gateway --rootfs \(host.folder)/rootfs"
        let started = boxtop(
            "run -d --name web -p 8090:80 \(flags) httpd -f -p 80 -h /www", path: "\(programs):/usr/bin:/bin")
        #expect(started.code == 0, "\(started)")
        #expect(host.getSoon("127.0.0.1", 8090) == "hello\n")
        #expect(boxtop("exec web cat /etc/hosts").output.contains("169.254.1.2\ttower\n"))
        #expect(boxtop("stop -t 0 web").code == 0 && boxtop("start web").code == 0)
        let lines = (Files.text(told) ?? "").split(separator: "\n")
        #expect(lines.count == 2 && lines.allSatisfy { $0.contains("--map-guest-addr 169.254.1.2") }, "\(lines)")
        #expect(boxtop("rm -f web").code == 0)
        #expect(pastas == 0)
    }
}
