import Glibc
import Linux
import Records

/// `pasta` of the package passt: a network for a container of a user who may make no interfaces. It stands between the
/// container's namespace and the host's sockets, and ends with the namespace.
package struct Pasta: Sendable {
    package let path: String

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
    package func arguments(process: Int32, ports: [PublishedPort]) -> [String] {
        var arguments = ["pasta", "--config-net", "--quiet", "--no-map-gw", "-T", "none", "-U", "none"]
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

    /// Starts it for the namespaces of `process`. It returns once the network is there, and stays behind by itself.
    package func connect(process: Int32, ports: [PublishedPort]) throws(NetworkError) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        var argv = arguments(process: process, ports: ports).map { strdup($0) } + [nil]
        defer { for pointer in argv { free(pointer) } }
        var pid: pid_t = 0
        let failure = posix_spawn(&pid, path, &actions, nil, &argv, environ)
        guard failure == 0 else {
            throw NetworkError(.failed, "cannot start \(path): \(Errno(rawValue: failure))")
        }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && Errno.current == .interrupted {}
        guard status == 0 else {
            throw NetworkError(
                .failed, "pasta could not connect the container: it ended with status \(status >> 8 & 0xFF)")
        }
    }
}
