import Glibc
import Linux
import Records
import TestSupport

/// Roots of a test's own, and the `boxtop` that was built beside the tests, run in them as a person would. All that was
/// made is gone when this is.
final class CommandLinePlace {
    /// How a command ended, and what it wrote.
    struct Ended: Equatable {
        var code: Int32
        var output: String
        var error: String
    }

    let folder: String
    let layout: Layout
    var environment: [String]

    /// Why the command line cannot be tested here; `nil` where it can.
    static var obstacle: String? { SupervisorPlace.obstacle }

    init() throws {
        var template = Array("/tmp/boxtop-line-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemCallError("make a folder", errno: .current) }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        layout = Layout(
            state: "\(folder)/state", run: "\(folder)/run", cgroupParent: "/boxtop-line-\(folder.suffix(6))")
        environment = [
            "PATH=/usr/bin:/bin", "TERM=xterm", "BOXTOP_STATE=\(layout.state)", "BOXTOP_RUN=\(layout.run)",
            "BOXTOP_NETWORK=none", "BOXTOP_CGROUP_PARENT=\(layout.cgroupParent)", "HOME=\(folder)/home",
            // No test asks a registry of the world: nobody listens there.
            "https_proxy=http://127.0.0.1:9",
        ]
        // Whoever runs inside has ids of its own, to which this folder must be open.
        chmod(folder, 0o755)
        for path in ["bin", "proc", "sys", "dev", "etc", "tmp"] { try Files.makeDirectories("\(rootfs)/\(path)") }
        try Files.replace("\(rootfs)/bin/busybox", with: Files.read("/bin/busybox"), mode: 0o755, durable: false)
        for name in ["sh", "cat", "echo", "sleep", "true", "head", "stty", "seq", "env", "id", "hostname", "kill"] {
            symlink("busybox", "\(rootfs)/bin/\(name)")
        }
    }

    deinit {
        // The steps of builds are in no list.
        let ids = StateFiles(layout).ids()
        if !ids.isEmpty { run(["rm", "-f"] + ids) }
        for tree in (try? Files.names(in: "/sys/fs/cgroup")) ?? [] {
            rmdir("/sys/fs/cgroup/\(tree)\(layout.cgroupParent)")
        }
        try? Files.removeTree(folder)
    }

    var rootfs: String { "\(folder)/rootfs" }

    /// `run` with the root file system of this place.
    @discardableResult
    func container(_ arguments: String..., input: String = "") -> Ended {
        run(["run", "--rootfs", rootfs] + arguments, input: input)
    }

    @discardableResult
    func run(_ arguments: String...) -> Ended { run(arguments) }

    @discardableResult
    func run(_ arguments: [String], input: String = "") -> Ended { run(Self.program, arguments, input: input) }

    /// A shell's line, with the same environment.
    @discardableResult
    func shell(_ line: String) -> Ended { run("/bin/sh", ["-c", line], input: "") }

    private func run(_ program: String, _ arguments: [String], input: String) -> Ended {
        let number = UInt32.random(in: 0 ... .max)
        let (inputFile, outputFile, errorFile) = (
            "\(folder)/\(number).in", "\(folder)/\(number).out", "\(folder)/\(number).err"
        )
        defer { for file in [inputFile, outputFile, errorFile] { unlink(file) } }
        try? Files.replace(inputFile, with: Array(input.utf8), durable: false)
        let process = start(arguments, program: program) { actions in
            posix_spawn_file_actions_addopen(&actions, 0, inputFile, O_RDONLY, 0)
            posix_spawn_file_actions_addopen(&actions, 1, outputFile, O_WRONLY | O_CREAT, 0o600)
            posix_spawn_file_actions_addopen(&actions, 2, errorFile, O_WRONLY | O_CREAT, 0o600)
        }
        let code = process.map { Self.wait(for: $0) } ?? -1
        return Ended(code: code, output: Files.text(outputFile) ?? "", error: Files.text(errorFile) ?? "")
    }

    /// Starts `boxtop` with what `prepare` says about its descriptors.
    func start(
        _ arguments: [String], program: String = program, ownSession: Bool = false,
        _ prepare: (inout posix_spawn_file_actions_t) -> Void = { _ in }
    ) -> pid_t? {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        prepare(&actions)
        var attributes = SpawnAttributes(ownSession: ownSession)
        var argv = ([program] + arguments).map { strdup($0) } + [nil]
        var envp = environment.map { strdup($0) } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var process: pid_t = 0
        return posix_spawn(&process, program, &actions, &attributes.raw, &argv, &envp) == 0 ? process : nil
    }

    /// The exit code as a shell gives it; -1 where it did not end in time, and was killed.
    static func wait(for process: pid_t, seconds: Double = 30) -> Int32 {
        let start = MonotonicTime.now
        var status: Int32 = 0
        while waitpid(process, &status, WNOHANG) == 0 {
            if MonotonicTime.now.seconds(since: start) > seconds * patience {
                kill(process, SIGKILL)
                waitpid(process, &status, 0)
                return -1
            }
            usleep(2_000)
        }
        return WaitStatus.exitCode(status)
    }

    static let program = BuiltProgram.path(of: "boxtop")

    /// What of containers is left on the host: folders, groups, mounts.
    var leftovers: [String] {
        var left = ((try? Files.names(in: layout.containers)) ?? []).map { "\(layout.containers)/\($0)" }
        left += ((try? Files.names(in: layout.run)) ?? []).filter { $0.utf8.count == 64 }.map { "\(layout.run)/\($0)" }
        for tree in (try? Files.names(in: "/sys/fs/cgroup")) ?? [] {
            let parent = "/sys/fs/cgroup/\(tree)\(layout.cgroupParent)"
            left += ((try? Files.names(in: parent)) ?? []).filter { $0.utf8.count == 64 }.map { "\(parent)/\($0)" }
        }
        left += (Files.text("/proc/self/mounts") ?? "").split(separator: "\n").filter { $0.contains(folder) }
            .map(String.init)
        return left
    }

    /// Whether `condition` holds before long.
    func eventually(within seconds: Double = 10, _ condition: () -> Bool) -> Bool {
        let start = MonotonicTime.now
        while !condition() {
            if MonotonicTime.now.seconds(since: start) > seconds * patience { return false }
            usleep(10_000)
        }
        return true
    }
}
