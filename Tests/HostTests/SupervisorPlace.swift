import Glibc
import JSON
import Linux
import OCI
import Records
import TestSupport

/// Roots of a test's own with a root file system of busybox, in which containers are made and supervised. All that was
/// made is gone when this is: folders, control groups, processes.
final class SupervisorPlace {
    let layout: Layout
    var files: StateFiles { StateFiles(layout) }
    private let folder: String
    private(set) var ids: [String] = []

    /// Why supervisors cannot be tested here; `nil` where they can.
    static let obstacle: String? =
        if geteuid() != 0 {
            "needs root"
        } else if !Files.exists("/bin/busybox") {
            "needs a static busybox at /bin/busybox"
        } else {
            nil
        }

    init() throws {
        var template = Array("/tmp/boxtop-host-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemCallError("make a folder", errno: .current) }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        layout = Layout(
            state: "\(folder)/state", run: "\(folder)/run",
            cgroupParent: "/boxtop-supervisor-\(folder.suffix(6))")
        for path in [layout.containers, layout.names, layout.volumes] { try Files.makeDirectories(path) }
        for path in ["bin", "proc", "dev", "tmp"] { try Files.makeDirectories("\(rootfs)/\(path)") }
        try Files.replace("\(rootfs)/bin/busybox", with: Files.read("/bin/busybox"), mode: 0o755, durable: false)
        for name in [
            "sh", "cat", "sleep", "true", "false", "head", "stty", "seq", "tr", "yes", "dd", "kill", "tail", "rm",
        ] {
            symlink("busybox", "\(rootfs)/bin/\(name)")
        }
    }

    deinit {
        for id in ids {
            let state = files.written(for: id)
            if let supervisor = state?.supervisor, supervisor.isAlive { kill(supervisor.pid, SIGKILL) }
            switch state?.status {
            case .running(let running), .paused(let running):
                if running.process.isAlive { kill(running.process.pid, SIGKILL) }
            default: break
            }
        }
        for id in ids { Self.awaitEnd(of: "\(layout.runtime(id))/supervisor.lock") }
        for tree in ["", "memory", "pids", "cpu", "blkio", "freezer", "devices", "cpuset", "cpuacct", "unified"] {
            let parent = "/sys/fs/cgroup/\(tree)\(layout.cgroupParent)"
            for group in ids.map({ "\(parent)/\($0)" }) + [parent] {
                // Those who were killed leave it when the kernel comes to them.
                var tries = 0
                while rmdir(group) != 0, Errno.current == .busy, tries < 200 {
                    tries += 1
                    usleep(10_000)
                }
            }
        }
        try? Files.removeTree(folder)
    }

    /// A supervisor has this lock to its end, and writes after it has said that the container has ended.
    private static func awaitEnd(of lock: String) {
        let file = open(lock, O_RDONLY | O_CLOEXEC)
        if file < 0 { return }
        defer { close(file) }
        var tries = 0
        while flock(file, LOCK_EX | LOCK_NB) != 0, tries < 200 {
            tries += 1
            usleep(10_000)
        }
    }

    var rootfs: String { "\(folder)/rootfs" }

    /// Makes a container that runs `script` in a shell.
    func make(_ script: String, _ adjust: (inout ContainerRecord) -> Void = { _ in }) throws -> String {
        let id = String(repeating: "0", count: 60) + String(format(ids.count + 1))
        ids.append(id)
        var record = ContainerRecord(
            id: id, name: "test\(ids.count)", created: .now, image: "busybox", rootfs: .directory(rootfs),
            command: ["/bin/sh", "-c", script])
        record.stopTimeout = 5
        adjust(&record)
        try Files.makeDirectories(layout.container(id))
        try files.write(record)
        symlink(id, "\(layout.names)/\(record.name)")
        var spec = OCI.RuntimeSpec()
        var process = OCI.RuntimeSpec.Process(args: record.command, cwd: "/")
        process.env = ["PATH=/bin"]
        process.terminal = record.terminal
        spec.process = process
        spec.root = OCI.RuntimeSpec.Root(path: rootfs)
        spec.mounts = [
            .init(destination: "/proc", type: "proc", source: "proc"),
            .init(destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["mode=755"]),
            .init(
                destination: "/dev/pts", type: "devpts", source: "devpts",
                options: ["newinstance", "ptmxmode=0666", "mode=0620"]),
        ]
        spec.linux = OCI.RuntimeSpec.LinuxPart()
        spec.linux?.namespaces = [.init(.pid), .init(.mount), .init(.uts), .init(.ipc), .init(.network)]
        try Files.replace(layout.configuration(id), with: JSON.encode(spec))
        return id
    }

    private func format(_ number: Int) -> String {
        String(repeating: "0", count: 4 - String(number).count) + String(number)
    }

    /// Starts a supervisor as the front end does, and waits for its report.
    ///
    /// - Parameter run: another run folder.
    func supervise(
        _ id: String, adopts: Bool = false, client: Int32? = nil, run: String? = nil
    ) throws -> StartReport {
        let pipe = try Pipe()
        var arguments = [
            "boxtop-runtime", "supervise", "--state", layout.state, "--run", run ?? layout.run, "--cgroup-parent",
            layout.cgroupParent, "--report-fd", "110",
        ]
        if client != nil { arguments += ["--client-fd", "111"] }
        if adopts { arguments.append("--adopt") }
        arguments.append(id)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, pipe.writer.number, 110)
        if let client { posix_spawn_file_actions_adddup2(&actions, client, 111) }
        var argv = arguments.map { strdup($0) } + [nil]
        defer { for pointer in argv { free(pointer) } }
        var pid: pid_t = 0
        let reason = posix_spawn(&pid, Self.program, &actions, nil, &argv, environ)
        guard reason == 0 else { throw SystemCallError("start", Self.program, errno: Errno(rawValue: reason)) }
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        return try JSON.decode(StartReport.self, from: report(consume pipe))
    }

    private func report(_ pipe: consuming Pipe) throws -> [UInt8] {
        let reader = try pipe.reader.duplicate()
        _ = consume pipe
        return try reader.readAll()
    }

    /// The runtime that was built beside the tests.
    private static let program = BuiltProgram.path(of: "boxtop-runtime")

    func client(_ id: String) throws -> ControlClient { try ControlClient(connectingTo: layout.controlSocket(id)) }

    func ask(_ id: String, _ request: ControlRequest) throws -> ControlReply { try client(id).ask(request) }

    /// The container's state as soon as `condition` holds of it, or as it is after `seconds`.
    func state(
        of id: String, within seconds: Double = 10, until condition: (ContainerState) -> Bool
    ) -> ContainerState {
        let start = MonotonicTime.now
        while true {
            let state = files.state(of: id)
            if condition(state) || MonotonicTime.now.seconds(since: start) > seconds * patience { return state }
            usleep(5_000)
        }
    }

    /// How the container has ended; `nil` where it has not after a while.
    func exit(of id: String, within seconds: Double = 10) -> Exit? {
        let state = state(of: id, within: seconds) { if case .exited = $0.status { true } else { false } }
        if case .exited(let exit) = state.status { return exit }
        return nil
    }

    func log(of id: String) -> String {
        var reader = LogReader(path: layout.log(id), from: .oldest)
        var bytes: [UInt8] = []
        while let entry = reader.next() { bytes += entry.bytes }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Waits until the log has `text`.
    func waitForLog(of id: String, _ text: String, within seconds: Double = 10) -> Bool {
        let start = MonotonicTime.now
        while !log(of: id).contains(text) {
            if MonotonicTime.now.seconds(since: start) > seconds * patience { return false }
            usleep(5_000)
        }
        return true
    }

    func groupsLeft(of id: String) -> [String] {
        ((try? Files.names(in: "/sys/fs/cgroup")) ?? []).map { "/sys/fs/cgroup/\($0)\(layout.cgroup(id))" }
            .filter { Files.exists($0) }
    }
}
