import Glibc
import Linux
import Records

/// `pasta` of the package passt: a network for a container of a user who may make no interfaces. It stands between the
/// container's namespace and the host's sockets, until it is ended.
package struct Pasta: Sendable {
    package let path: String

    /// What it is started as, wherever it is.
    private static let name = "pasta"

    /// Where it asks the host's name server in the container's place, also one at the host's loopback; and where it leads
    /// to the host, if it is told to. As podman has them.
    package static let nameServer = "169.254.1.1"
    package static let hostAddress = "169.254.1.2"
    private static let hostFlag = "--map-guest-addr"

    /// Where it is, on the PATH.
    package static func path(_ environment: [String: String]) -> String? {
        (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":").map { "\($0)/pasta" }
            .first { access($0, X_OK) == 0 }
    }

    package init(_ environment: [String: String]) throws(NetworkError) {
        guard let path = Self.path(environment) else {
            throw NetworkError(
                .unsupported,
                "pasta is not installed, which connects containers without root: apt install passt, or --network none")
        }
        self.path = path
    }

    /// What it is told: the published ports, the host's own addresses inside, and to stay in the background.
    ///
    /// - Parameter reachesHost: the container was to have a name for the host.
    package func arguments(
        process: Int32, ports: [PublishedPort], reachesHost: Bool, pidFile: String
    ) -> [String] {
        var arguments = [
            Self.name, "--config-net", "--quiet", "--no-map-gw", "--dns-forward", Self.nameServer, "--pid", pidFile,
            "-T", "none", "-U", "none",
        ]
        if reachesHost { arguments += [Self.hostFlag, Self.hostAddress] }
        for (flag, transport) in [("-t", PublishedPort.Transport.tcp), ("-u", .udp)] {
            let own = ports.filter { $0.transport == transport }
            if own.isEmpty { arguments += [flag, "none"] }
            for port in own {
                let address = port.address.map { "\($0)/" } ?? ""
                let last = port.count - 1
                let outside = last == 0 ? "\(port.hostPort)" : "\(port.hostPort)-\(port.hostPort &+ last)"
                let inside = last == 0 ? "\(port.port)" : "\(port.port)-\(port.port &+ last)"
                arguments += [flag, "\(address)\(outside):\(inside)"]
            }
        }
        return arguments + ["\(process)"]
    }

    /// Starts it for the namespaces of `process`. It returns once the network is there, and stays behind by itself, in a
    /// namespace that it keeps in being: whoever takes the network down ends it by `pidFile`.
    package func connect(
        process: Int32, ports: [PublishedPort], reachesHost: Bool, pidFile: String
    ) throws(NetworkError) {
        // Of a life whose end nobody was told of: it has the ports still.
        Self.end(pidFile)
        let ended = try run(
            arguments(process: process, ports: ports, reachesHost: reachesHost, pidFile: pidFile))
        if ended.status != 0 { throw Self.refusal(ended.said, status: ended.status, ports: ports) }
    }

    /// Whether it can be told to lead to the host's services: it is of August 2024 or later.
    package func canReachHost() throws(NetworkError) -> Bool {
        try run([Self.name, "--help"]).said.contains(Self.hostFlag)
    }

    /// Starts it and waits until it has ended, or stays in the background.
    private func run(_ words: [String]) throws(NetworkError) -> (status: Int32, said: String) {
        let said = try explaining { () throws(SystemCallError) in try Pipe() }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        for number in Int32(1)...2 { posix_spawn_file_actions_adddup2(&actions, said.writer.number, number) }
        var argv = words.map { strdup($0) } + [nil]
        defer { for pointer in argv { free(pointer) } }
        var pid: pid_t = 0
        let failure = posix_spawn(&pid, path, &actions, nil, &argv, environ)
        guard failure == 0 else {
            throw NetworkError(.failed, "cannot start \(path): \(Errno(rawValue: failure))")
        }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && Errno.current == .interrupted {}
        // What it has said is in the pipe; an end of file may be long in coming, where something of it has stayed.
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        _ = fcntl(said.reader.number, F_SETFL, O_NONBLOCK)
        let count = max(0, read(said.reader.number, &buffer, buffer.count))
        return (WaitStatus.exitCode(status), String(decoding: buffer[..<count], as: UTF8.self))
    }

    /// The sentence for what it says as it gives up.
    static func refusal(_ text: String, status: Int32, ports: [PublishedPort] = []) -> NetworkError {
        // Where there is no syslog it complains of that as well.
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("Failed to send") }.map(String.init)
        func says(_ part: String) -> Bool { lines.contains { $0.contains(part) } }
        if says("Overlapping port specifier") {
            return NetworkError(
                .unsupported,
                "pasta publishes a port of this host at one address, or at all, and one is asked for at two: publish "
                    + "another one at the second, or leave the addresses out")
        }
        if let line = lines.first(where: { $0.contains("Failed to bind") }) {
            let isForeign = { (port: PublishedPort) in
                port.address.flatMap { IPAddress($0) }.map { !HostSockets.has($0) } ?? false
            }
            if let port = ports.first(where: isForeign), let address = port.address {
                return NetworkError(
                    .invalid, "\(address) is no address of this host's: nothing can be published there (\(port.text))")
            }
            let port = line.split(separator: "'").dropFirst().first.map { " (\($0))" } ?? ""
            return NetworkError(
                .conflict,
                "pasta cannot listen at a published port\(port): it is in use, or below what "
                    + "net.ipv4.ip_unprivileged_port_start leaves to users; publish another")
        }
        if says("tun socket") {
            return NetworkError(
                .unsupported,
                "pasta may not use /dev/net/tun, which connects a container without root: as root, chmod 666 "
                    + "/dev/net/tun, or modprobe tun; --network none does without")
        }
        if says("External interface not usable") || says("routable interface for IPv4") && says("interface for IPv6") {
            return NetworkError(
                .unsupported,
                "pasta finds no interface of this host with a default route to share with the container: "
                    + "--network none does without")
        }
        let said = lines.isEmpty ? "it ended with status \(status)" : lines.joined(separator: "; ")
        return NetworkError(.failed, "pasta could not connect the container: \(said)")
    }

    /// Ends the one that has written `pidFile`, where it still runs, and waits until its ports are free. The file may be
    /// of a boot before this one.
    static func end(_ pidFile: String) {
        guard let text = Files.text(pidFile) else { return }
        defer { unlink(pidFile) }
        guard let pid = pid_t(text.prefix { $0.isNumber }), pid > 1, let process = try? FileDescriptor.process(pid)
        else {
            return
        }
        // The id may be another process's by now: this one is called so, with the file among its arguments, whichever
        // way its folder was named then. The file's own name is no other container's.
        let words = ((try? Files.read("/proc/\(pid)/cmdline", limit: 1 << 16)) ?? []).split(separator: 0)
            .map { String(decoding: $0, as: UTF8.self) }
        let file = "/" + (pidFile.split(separator: "/").last ?? "")
        guard words.first == Self.name, words.contains(where: { $0.hasSuffix(file) }) else { return }
        try? process.send(signal: SIGTERM)
        // It loses its arguments before its sockets: only once it is over are the ports free.
        for turn in 0..<200 where !process.isOver {
            if turn == 100 { try? process.send(signal: SIGKILL) }
            usleep(5_000)
        }
    }
}
