import Containers
import Glibc
import Images
import Linux
import Records
import TestSupport
import Testing

/// Roots of a test's own in which a front end's verbs act on real containers. All that was made is gone when this is.
final class VerbsPlace {
    let layout: Layout
    let containers: Containers
    let folder: String

    /// Why real containers cannot be made here; `nil` where they can.
    static let obstacle: String? =
        if geteuid() != 0 {
            "needs root"
        } else if !Files.exists("/bin/busybox") {
            "needs a static busybox at /bin/busybox"
        } else {
            nil
        }

    init(environment: [String: String] = [:]) throws {
        var template = Array("/tmp/boxtop-verbs-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemCallError("make a folder", errno: .current) }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        chmod(folder, 0o755)
        layout = Layout(
            state: "\(folder)/state", run: "\(folder)/run", cgroupParent: "/boxtop-verbs-\(folder.suffix(6))")
        var environment = environment
        environment["BOXTOP_RUNTIME"] = Self.runtime
        containers = try Containers(layout: layout, environment: environment)
    }

    deinit {
        let files = StateFiles(layout)
        for id in files.ids() {
            let state = files.written(for: id)
            if let supervisor = state?.supervisor, supervisor.isAlive { kill(supervisor.pid, SIGKILL) }
            switch state?.status {
            case .running(let running), .paused(let running):
                if running.process.isAlive { kill(running.process.pid, SIGKILL) }
            default: break
            }
        }
        for id in files.ids() { try? containers.remove(id, force: true, volumes: true) }
        for tree in ["", "memory", "pids", "cpu", "blkio", "freezer", "devices", "cpuset", "cpuacct", "unified"] {
            rmdir("/sys/fs/cgroup/\(tree)\(layout.cgroupParent)")
        }
        try? Files.removeTree(folder)
    }

    /// A plain root file system of busybox.
    func rootfs() throws -> String {
        let root = "\(folder)/rootfs"
        if Files.exists(root) { return root }
        for path in ["bin", "etc", "proc", "dev", "tmp", "sys"] { try Files.makeDirectories("\(root)/\(path)") }
        try Files.replace("\(root)/bin/busybox", with: Files.read("/bin/busybox"), mode: 0o755, durable: false)
        for name in Self.applets { symlink("busybox", "\(root)/bin/\(name)") }
        try Files.replace(
            "\(root)/etc/passwd", with: "root:x:0:0::/root:/bin/sh\nweb:x:33:34::/srv:/bin/sh\n".utf8, durable: false)
        try Files.replace("\(root)/etc/group", with: "root:x:0:\nwww:x:34:\nextra:x:40:web\n".utf8, durable: false)
        return root
    }

    private static let applets = [
        "sh", "cat", "sleep", "true", "id", "ls", "env", "hostname", "mount", "ps", "touch", "stat", "grep", "head",
        "kill", "pwd", "df", "tr", "readlink", "mkdir", "sed", "wc",
    ]

    /// What is to run `script` in a shell of a plain folder.
    func shell(_ script: String, _ adjust: (inout NewContainer) -> Void = { _ in }) throws -> NewContainer {
        var new = NewContainer(.directory(try rootfs()))
        new.command = ["/bin/sh", "-c", script]
        new.stopTimeout = 1
        adjust(&new)
        return new
    }

    struct Result {
        var output = ""
        var error = ""
        var exit: Exit?
    }

    /// Makes and starts a container, and hears it out; it is removed.
    func run(_ new: NewContainer) throws -> Result {
        let record = try containers.create(new)
        let result = try run(record.id)
        try containers.remove(record.id, force: true, volumes: true)
        return result
    }

    func run(_ id: String) throws -> Result {
        var started = try containers.start(id, attach: true)
        guard let socket = started.client.take() else { throw SystemCallError("attach", errno: .noSuchFile) }
        let stream = AttachedStream(socket: socket)
        var result = Result()
        while let message = try stream.next() {
            switch message {
            case .output(let bytes): result.output += String(decoding: bytes, as: UTF8.self)
            case .error(let bytes): result.error += String(decoding: bytes, as: UTF8.self)
            case .exited(let exit): result.exit = exit
            case .notice: break
            }
        }
        return result
    }

    func output(_ script: String, _ adjust: (inout NewContainer) -> Void = { _ in }) throws -> String {
        let result = try run(try shell(script, adjust))
        return result.output + result.error
    }

    /// The status as soon as `condition` holds of it, or as it is after five seconds.
    func status(of id: String, until condition: (Status) -> Bool = { _ in true }) -> Status {
        let start = MonotonicTime.now
        while true {
            let status = StateFiles(layout).state(of: id).status
            if condition(status) || MonotonicTime.now.seconds(since: start) > 5 * patience { return status }
            usleep(10_000)
        }
    }

    /// All that lies about of containers: records, names, ranges, run folders, control groups, half-made ones.
    func leftovers() -> [String] {
        var found: [String] = []
        for folder in [layout.containers, layout.names, layout.idRanges, "\(layout.state)/building", layout.run] {
            found += ((try? Files.names(in: folder)) ?? []).map { "\(folder)/\($0)" }
        }
        // Compiled filters are kept on purpose: they are the machine's, not a container's.
        found.removeAll { $0 == layout.filters }
        for tree in ["memory", "pids", "blkio", "cpu", "freezer", "unified", ""] {
            let group = "/sys/fs/cgroup/\(tree)\(layout.cgroupParent)"
            found += ((try? Files.names(in: group)) ?? []).filter { $0.utf8.count == 64 }.map { "\(group)/\($0)" }
        }
        return found
    }

    /// The runtime that was built beside the tests.
    private static let runtime = BuiltProgram.path(of: "boxtop-runtime")
}

extension Status {
    var isRunning: Bool { if case .running = self { true } else { false } }
    var isExited: Bool { if case .exited = self { true } else { false } }

    var process: ProcessIdentity? {
        switch self {
        case .running(let running), .paused(let running): running.process
        default: nil
        }
    }
}
