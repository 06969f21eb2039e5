import Glibc
import JSON
import Linux
import Networking
import Records
import TestSupport

/// A "host" of a test's own: a network namespace with a loopback interface and nothing else, in which `boxtop` is run on
/// roots of its own. Not a packet leaves it, and all that was made is gone when this is.
final class NetworkHost {
    let folder: String
    let layout: Layout
    private let holder: pid_t
    private var neighbours: [pid_t] = []

    /// Why networks cannot be tested here; `nil` where they can.
    static let obstacle: String? = {
        if let obstacle = SupervisorPlace.obstacle { return obstacle }
        for program in ["/usr/bin/nsenter", "/usr/bin/unshare", "/usr/sbin/ip"] where access(program, X_OK) != 0 {
            return "needs util-linux and iproute2 (\(program))"
        }
        let probe = spawn(["/usr/bin/unshare", "-n", "/bin/busybox", "ip", "link", "add", "b", "type", "bridge"])
        return probe.code == 0 ? nil : "needs a kernel with bridges: \(probe.error)"
    }()

    init() throws {
        var template = Array("/tmp/boxtop-net-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemCallError("make a folder", errno: .current) }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        layout = Layout(
            state: "\(folder)/state", run: "\(folder)/run", cgroupParent: "/boxtop-net-\(folder.suffix(6))")
        chmod(folder, 0o755)
        for path in ["bin", "proc", "sys", "dev", "etc", "tmp", "www"] {
            try Files.makeDirectories("\(folder)/rootfs/\(path)")
        }
        try Files.replace(
            "\(folder)/rootfs/bin/busybox", with: Files.read("/bin/busybox"), mode: 0o755, durable: false)
        let applets = [
            "sh", "cat", "sleep", "true", "httpd", "wget", "nc", "ip", "ping", "hostname", "ls", "grep", "id", "echo",
            "arping", "head", "dd", "timeout", "wc",
        ]
        for name in applets { symlink("busybox", "\(folder)/rootfs/bin/\(name)") }
        try Files.replace("\(folder)/rootfs/www/index.html", with: Array("hello\n".utf8), durable: false)
        let ready = "\(folder)/ready"
        holder =
            Self.start([
                "/usr/bin/unshare", "-n", "/bin/busybox", "sh", "-c",
                "ip link set lo up; echo > \(ready); exec sleep 3600",
            ]) ?? 0
        for _ in 0..<500 where !Files.exists(ready) { usleep(5_000) }
    }

    deinit {
        let ids = StateFiles(layout).ids()
        if !ids.isEmpty { boxtop(["rm", "-f"] + ids) }
        for process in [holder] + neighbours where process > 0 {
            kill(process, SIGKILL)
            waitpid(process, nil, 0)
        }
        for tree in (try? Files.names(in: "/sys/fs/cgroup")) ?? [] {
            rmdir("/sys/fs/cgroup/\(tree)\(layout.cgroupParent)")
        }
        try? Files.removeTree(folder)
    }

    // MARK: Running programs

    /// `boxtop` with these words, where the host's `/etc/resolv.conf` is `text`.
    func boxtop(_ words: String, resolver text: String) throws -> CommandLinePlace.Ended {
        try Files.replace("\(folder)/resolv.conf", with: Array(text.utf8), durable: false)
        return host(
            "unshare -m sh -c 'mount --bind \(folder)/resolv.conf /etc/resolv.conf; \(CommandLinePlace.program) \(words)'"
        )
    }

    @discardableResult
    func boxtop(_ arguments: String...) -> CommandLinePlace.Ended { boxtop(arguments) }

    @discardableResult
    func boxtop(_ arguments: [String]) -> CommandLinePlace.Ended {
        Self.spawn(inside + [CommandLinePlace.program] + arguments, environment: environment)
    }

    /// `run` of a plain folder of busybox with `flags`.
    @discardableResult
    func run(_ flags: String, _ command: String) -> CommandLinePlace.Ended {
        boxtop(
            ["run"] + flags.split(separator: " ").map(String.init) + [
                "--rootfs", "\(folder)/rootfs", "sh", "-c", command,
            ])
    }

    /// A container that serves `hello` at port 80, both families.
    @discardableResult
    func serve(_ name: String, _ flags: String = "") -> CommandLinePlace.Ended {
        run("-d --name \(name) \(flags)", "exec httpd -f -p 80 -h /www")
    }

    /// `script` on the host of this test.
    @discardableResult
    func host(_ script: String, seconds: Double = 30) -> CommandLinePlace.Ended {
        Self.spawn(inside + ["/bin/bash", "-c", script], environment: environment, seconds: seconds)
    }

    /// What a container says to `script`, its errors with it.
    func exec(_ name: String, _ script: String) -> String {
        let ended = boxtop("exec", name, "sh", "-c", script)
        return ended.output + ended.error
    }

    /// `script` in the network of a container, with all the rights of this host's root: what a container that has got
    /// every capability could try.
    @discardableResult
    func intrude(_ name: String, _ script: String) -> CommandLinePlace.Ended {
        Self.spawn(
            ["/usr/bin/nsenter", "--net=/proc/\(process(of: name))/ns/net", "--", "/bin/bash", "-c", script],
            environment: environment)
    }

    /// Whether an answer comes from `address`.
    func canPing(_ name: String, _ address: String) -> Bool {
        intrude(name, "timeout -s KILL 3 busybox ping -c 1 -W 2 \(address)").code == 0
    }

    func process(of name: String) -> Int32 {
        let text = boxtop("inspect", "--format", "{{.State.Pid}}", name).output
        return Int32(text.filter { !$0.isNewline }) ?? 0
    }

    /// A program of the host that says `secret` to whoever connects, for half a minute.
    func listen(_ address: String, _ port: Int) {
        let server =
            "use Socket; alarm 30; socket(S, PF_INET, SOCK_STREAM, 0); setsockopt(S, SOL_SOCKET, SO_REUSEADDR, 1); "
            + "bind(S, sockaddr_in(\(port), inet_aton(\"\(address)\"))); listen(S, 5); "
            + "while (accept(C, S)) { print C \"secret\\n\"; close C }"
        host("/usr/bin/perl -e '\(server)' </dev/null >/dev/null 2>&1 &")
    }

    /// How many pings the container has received.
    func pings(of name: String) -> Int {
        let lines = exec(name, "grep Icmp: /proc/net/snmp").split(separator: "\n").map { $0.split(separator: " ") }
        guard lines.count == 2, let column = lines[0].firstIndex(of: "InEchos") else { return -1 }
        return Int(lines[1][column]) ?? -1
    }

    /// A neighbour of this host's, at 192.0.2.2 (the next at 192.0.3.2), who knows nothing of the containers' addresses;
    /// the host is 192.0.2.1.
    func makeNeighbour() {
        let number = neighbours.count
        let ready = "\(folder)/neighbour\(number)"
        let neighbour =
            Self.start([
                "/usr/bin/unshare", "-n", "/bin/busybox", "sh", "-c",
                "ip link set lo up; echo > \(ready); exec sleep 3600",
            ]) ?? 0
        neighbours.append(neighbour)
        for _ in 0..<500 where !Files.exists(ready) { usleep(5_000) }
        let out = number == 0 ? "out" : "out\(number)"
        host(
            "/usr/sbin/ip link add \(out) type veth peer name in netns \(neighbour); "
                + "busybox ip addr add 192.0.\(2 + number).1/24 dev \(out); busybox ip link set \(out) up")
        fromNeighbour("busybox ip addr add 192.0.\(2 + number).2/24 dev in; busybox ip link set in up", number)
    }

    @discardableResult
    func fromNeighbour(_ script: String, _ number: Int = 0) -> CommandLinePlace.Ended {
        Self.spawn(
            ["/usr/bin/nsenter", "--net=/proc/\(neighbours[number])/ns/net", "--", "/bin/bash", "-c", script],
            environment: environment)
    }

    /// What a web server gives to the host of this test; empty where nothing answers. Bash connects by itself: the
    /// static busybox, which looks addresses up with the host's libraries, may crash outside of a container.
    func get(_ address: String, _ port: Int) -> String {
        let answer = Self.spawn(
            inside + ["/usr/bin/timeout", "-s", "KILL", "2", "/bin/bash", "-c", Self.request(address, port)]
        )
        .output
        return answer.split(separator: "\r\n\r\n", maxSplits: 1).dropFirst().first.map(String.init) ?? ""
    }

    /// A script that asks a web server for its page.
    static func request(_ address: String, _ port: Int) -> String {
        "exec 3<>/dev/tcp/\(address)/\(port) && printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3 && timeout 2 cat <&3"
    }

    /// The same for where perhaps nothing answers.
    static func briefly(_ address: String, _ port: Int) -> String {
        "timeout -s KILL 4 bash -c \"\(request(address, port))\""
    }

    /// What `get` gives as soon as it gives something, or five seconds are over: a server needs a moment to listen.
    func getSoon(_ address: String, _ port: Int) -> String {
        for _ in 0..<50 {
            let text = get(address, port)
            if !text.isEmpty { return text }
            usleep(100_000)
        }
        return ""
    }

    var inside: [String] { ["/usr/bin/nsenter", "--net=/proc/\(holder)/ns/net", "--"] }

    var environment: [String] {
        [
            "PATH=/usr/bin:/bin", "TERM=xterm", "BOXTOP_STATE=\(layout.state)",
            "BOXTOP_RUN=\(layout.run)", "BOXTOP_CGROUP_PARENT=\(layout.cgroupParent)",
        ]
    }

    // MARK: What there is

    func id(of name: String) -> String {
        boxtop("inspect", "--format", "{{.Id}}", name).output.filter { !$0.isNewline }
    }

    func state(of name: String) -> NetworkState? {
        guard let bytes = try? Files.read(layout.networkState(id(of: name))) else { return nil }
        return try? JSON.decode(NetworkState.self, from: bytes)
    }

    func address(of name: String) -> String { state(of: name)?.interfaces.first?.address4 ?? "none" }

    /// Interfaces of the host but the loopback, addresses that are claimed, elements of the rules, lines of members.
    var leftovers: [String] {
        var left = host("busybox ip -o link | grep -v ': lo:' | grep -v 'btn-'").output.split(separator: "\n").map(
            String.init)
        for network in (try? Files.names(in: layout.networks)) ?? [] where !network.hasPrefix(".") {
            left += (try? Files.names(in: "\(layout.networks)/\(network)/addresses")) ?? []
        }
        left += (Files.text(layout.networkMembers) ?? "").split(separator: "\n").map(String.init)
        return left
    }

    func eventually(within seconds: Double = 10, _ condition: () -> Bool) -> Bool {
        let start = MonotonicTime.now
        while !condition() {
            if MonotonicTime.now.seconds(since: start) > seconds * patience { return false }
            usleep(20_000)
        }
        return true
    }

    // MARK: Processes

    static func spawn(
        _ arguments: [String], environment: [String] = ["PATH=/usr/bin:/bin"], seconds: Double = 30
    ) -> CommandLinePlace.Ended {
        let mark = "/tmp/boxtop-net-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        let (output, error) = ("\(mark).out", "\(mark).err")
        defer { for file in [output, error] { unlink(file) } }
        let process = start(arguments, environment: environment) { actions in
            posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT, 0o600)
            posix_spawn_file_actions_addopen(&actions, 2, error, O_WRONLY | O_CREAT, 0o600)
        }
        let code = process.map { CommandLinePlace.wait(for: $0, seconds: seconds) } ?? -1
        return .init(code: code, output: Files.text(output) ?? "", error: Files.text(error) ?? "")
    }

    static func start(
        _ arguments: [String], environment: [String] = ["PATH=/usr/bin:/bin"],
        _ prepare: (inout posix_spawn_file_actions_t) -> Void = { _ in }
    ) -> pid_t? {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        prepare(&actions)
        // A thread of a pool blocks signals; what is started must hear its own alarm.
        var attributes = SpawnAttributes()
        var argv = arguments.map { strdup($0) } + [nil]
        var envp = environment.map { strdup($0) } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var process: pid_t = 0
        return posix_spawn(&process, arguments[0], &actions, &attributes.raw, &argv, &envp) == 0 ? process : nil
    }
}
