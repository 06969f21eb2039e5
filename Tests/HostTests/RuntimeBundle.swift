import Cgroups
import Glibc
import JSON
import Linux
import OCI
import TestSupport

/// A bundle of busybox below a folder of its own, and the runtime run on it as an engine would. All is taken away with
/// the value.
final class RuntimeBundle {
    let folder: String
    var spec: OCI.RuntimeSpec
    let id: String

    /// Why real containers cannot be made here; `nil` where they can.
    static let obstacle: String? = {
        if geteuid() != 0 { return "only root makes real containers here" }
        if !Files.exists("/bin/busybox") { return "busybox-static is not installed" }
        return nil
    }()

    struct Outcome {
        var status: Int32
        var output: String
        var errors: String
        /// Whether the runtime has refused it, before anything of the container could say a word.
        var isRefused: Bool { status == 1 && errors.contains("boxtop-runtime: cannot ") && output.isEmpty }
        var lines: [String] { output.split(separator: "\n").map(String.init) }
    }

    /// - Parameter script: what the container's shell does.
    init(_ script: String = "true", function: String = #function) throws {
        id = "test-\(getpid())-\(UInt32.random(in: 0 ..< .max))"
        folder = "/tmp/boxtop-core-\(id)"
        try Files.makeDirectories("\(folder)/rootfs/bin")
        try Files.replace("\(folder)/rootfs/bin/busybox", with: Files.read("/bin/busybox"), mode: 0o755, durable: false)
        for name in [
            "sh", "cat", "ls", "id", "true", "readlink", "hostname", "stat", "sleep", "touch", "mkdir", "test",
        ] {
            symlink("busybox", "\(folder)/rootfs/bin/\(name)")
        }
        let words = ["nosuid", "noexec", "nodev"]
        spec = OCI.RuntimeSpec(
            process: .init(
                args: ["sh", "-c", script], env: ["PATH=/bin"], capabilities: .init(["CAP_KILL"]), noNewPrivileges: true
            ),
            root: .init(path: "rootfs"), hostname: "boxed", domainname: "example.test",
            mounts: [
                .init(destination: "/proc", type: "proc", options: words),
                .init(destination: "/dev", type: "tmpfs", options: ["nosuid", "mode=755"]),
                .init(destination: "/dev/pts", type: "devpts", options: ["newinstance", "ptmxmode=0666", "mode=0620"]),
                .init(destination: "/sys", type: "sysfs", options: words + ["ro"]),
            ],
            linux: .init(
                namespaces: OCI.RuntimeSpec.Namespace.Kind.allCases.filter { $0 != .user && $0 != .time }.map {
                    .init($0)
                },
                cgroupsPath: "/boxtop-core-test/\(id)",
                resources: .init(devices: [.init(allow: false, access: "rwm")]),
                maskedPaths: ["/proc/keys", "/proc/acpi", "/sys/firmware", "/proc/not-there"],
                readonlyPaths: ["/proc/sys", "/proc/sysrq-trigger"]))
    }

    deinit {
        _ = try? call("delete", "--force", id)
        if let group = try? Cgroup("/boxtop-core-test/\(id)", in: .discover()) {
            try? group.kill()
            try? group.remove()
        }
        // Their parent is refused while another's is in it.
        for tree in (try? Files.names(in: "/sys/fs/cgroup")) ?? [] { rmdir("/sys/fs/cgroup/\(tree)/boxtop-core-test") }
        rmdir("/sys/fs/cgroup/boxtop-core-test")
        try? Files.removeTree(folder)
    }

    func addingCommands(_ names: String...) -> RuntimeBundle {
        for name in names { symlink("busybox", "\(folder)/rootfs/bin/\(name)") }
        return self
    }

    /// Gives it a user namespace, in which everybody is who they are.
    func giveUsers() {
        spec.linux?.namespaces.append(.init(.user))
        spec.linux?.uidMappings = [.init(containerID: 0, hostID: 0, size: 65_536)]
        spec.linux?.gidMappings = [.init(containerID: 0, hostID: 0, size: 65_536)]
    }

    /// Makes it one that somebody without root runs, to whom no control group is given, and who is root in it.
    ///
    /// - Returns: the command that runs others as that user.
    func giveToOrdinaryUser() -> [String] {
        let user = 65_432 as uid_t
        spec.linux?.namespaces.append(.init(.user))
        spec.linux?.uidMappings = [.init(containerID: 0, hostID: user, size: 1)]
        spec.linux?.gidMappings = [.init(containerID: 0, hostID: user, size: 1)]
        spec.linux?.cgroupsPath = nil
        spec.linux?.resources = nil
        for path in ["", "/rootfs", "/rootfs/bin"] { chown("\(folder)\(path)", user, user) }
        return ["setpriv", "--reuid", "\(user)", "--regid", "\(user)", "--clear-groups"]
    }

    /// The control group, for a look at it.
    func group() throws -> Cgroup { try Cgroup("/boxtop-core-test/\(id)", in: .discover()) }
    var stateFolder: String { "\(folder)/state/\(id)" }

    /// Writes config.json and runs the container to its end.
    func run(_ options: String..., through wrapper: [String] = []) throws -> Outcome {
        try start(["run"] + options, through: wrapper)
    }

    /// Writes config.json and has the container made; it waits for its start.
    func create(_ options: String..., through wrapper: [String] = []) throws -> Outcome {
        try start(["create"] + options, through: wrapper)
    }

    private func start(_ words: [String], through wrapper: [String] = []) throws -> Outcome {
        try Files.replace("\(folder)/config.json", with: JSON.encode(spec), durable: false)
        return try call(words + ["--bundle", folder, id], through: wrapper)
    }

    func call(_ words: String...) throws -> Outcome { try call(words) }

    /// - Parameter wrapper: a command that runs the runtime, such as `setpriv --groups 5`.
    func call(_ words: [String], through wrapper: [String] = []) throws -> Outcome {
        let (output, errors) = ("\(folder)/output", "\(folder)/errors")
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND | O_TRUNC, 0o666)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_APPEND | O_TRUNC, 0o666)
        // A descriptor that was not closed on exec: a folder of the host.
        posix_spawn_file_actions_addopen(&actions, 9, "/etc", O_RDONLY | O_DIRECTORY, 0)
        let command = wrapper + [Self.program, "--root", "\(folder)/state"] + words
        var argv = command.map { strdup($0) } + [nil]
        defer { for pointer in argv { free(pointer) } }
        var pid: pid_t = 0
        let reason = posix_spawnp(&pid, command[0], &actions, nil, &argv, environ)
        guard reason == 0 else { throw SystemCallError("start", command[0], errno: Errno(rawValue: reason)) }
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        let code = WaitStatus.exitCode(status)
        return Outcome(status: code, output: Files.text(output) ?? "", errors: Files.text(errors) ?? "")
    }

    func state() throws -> OCI.RuntimeState { try JSON.decode(from: Array(call("state", id).output.utf8)) }

    /// The runtime that was built beside the tests.
    static let program = BuiltProgram.path(of: "boxtop-runtime")
}
