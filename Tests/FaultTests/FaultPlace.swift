import Glibc
import JSON
import Linux
import Records
import TestSupport

/// A state directory on a small disk of its own, which may fill up or lose its power, and the programs that work in it.
final class FaultPlace {
    let folder: String
    let layout: Layout
    private let environment: [String]
    private var isMounted = false
    private var cuts = 0

    /// Why this cannot be tested here; `nil` where it can.
    static let obstacle: String? =
        if geteuid() != 0 {
            "needs root"
        } else if !Files.exists("/bin/busybox") {
            "needs a static busybox at /bin/busybox"
        } else if !Files.exists("/sbin/mkfs.ext4") {
            "needs mkfs.ext4, of e2fsprogs"
        } else if !Files.exists("/dev/loop-control") {
            "needs loop devices"
        } else {
            nil
        }

    init() throws {
        var template = Array("/tmp/boxtop-fault-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemCallError("make a folder", errno: .current) }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        chmod(folder, 0o755)
        layout = Layout(
            state: "\(folder)/disk/state", run: "\(folder)/run", cgroupParent: "/boxtop-fault-\(folder.suffix(6))")
        environment = [
            "PATH=/usr/bin:/bin", "BOXTOP_NETWORK=none", "BOXTOP_STATE=\(layout.state)", "BOXTOP_RUN=\(layout.run)",
            "BOXTOP_CGROUP_PARENT=\(layout.cgroupParent)",
        ]
        for path in ["disk", "run", "rootfs/bin", "rootfs/proc", "rootfs/dev", "rootfs/sys", "rootfs/etc"] {
            try Files.makeDirectories("\(folder)/\(path)")
        }
        try Files.replace("\(rootfs)/bin/busybox", with: Files.read("/bin/busybox"), mode: 0o755, durable: false)
        Command.status("truncate -s 24M \(image) && /sbin/mkfs.ext4 -q -F -O ^resize_inode \(image)")
        mountDisk()
    }

    deinit {
        endProcesses()
        unmountDisk()
        for tree in (try? Files.names(in: "/sys/fs/cgroup")) ?? [] {
            rmdir("/sys/fs/cgroup/\(tree)\(layout.cgroupParent)")
        }
        rmdir("/sys/fs/cgroup\(layout.cgroupParent)")
        try? Files.removeTree(folder)
    }

    var rootfs: String { "\(folder)/rootfs" }
    private var disk: String { "\(folder)/disk" }
    private var image: String { "\(folder)/disk-\(cuts).img" }

    // MARK: Programs

    /// Starts `boxtop` with `arguments`; what it says goes to `said`.
    func start(_ arguments: [String]) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "\(folder)/said", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, "\(folder)/complained", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        var argv = ([BuiltProgram.path(of: "boxtop")] + arguments).map { strdup($0) } + [nil]
        var envp = environment.map { strdup($0) } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var process: pid_t = 0
        return posix_spawn(&process, BuiltProgram.path(of: "boxtop"), &actions, nil, &argv, &envp) == 0 ? process : -1
    }

    /// Waits for a command; its exit code, or `nil` where it was killed or took longer than half a minute.
    func wait(for process: pid_t) -> Int32? {
        let start = MonotonicTime.now
        var status: Int32 = 0
        while waitpid(process, &status, WNOHANG) == 0 {
            if MonotonicTime.now.seconds(since: start) > 30 * patience {
                Glibc.kill(process, SIGKILL)
                waitpid(process, &status, 0)
                return nil
            }
            usleep(1_000)
        }
        return status & 0x7F == 0 ? status >> 8 & 0xFF : nil
    }

    var said: [UInt8] { (try? Files.read("\(folder)/said")) ?? [] }
    var complaint: String { Files.text("\(folder)/complained") ?? "" }

    /// The supervisors of this place, by the id that each ends its command line with. What they fork has the same words
    /// until it becomes the container's program, and is the container's already.
    func supervisors() -> [(pid: pid_t, id: String)] {
        let found = processes().filter { $0.words.dropFirst().first == "supervise" }
        let pids = Set(found.map(\.pid))
        return found.compactMap { process in
            guard let id = process.words.last, let parent = parent(of: process.pid), !pids.contains(parent) else {
                return nil
            }
            return (process.pid, id)
        }
    }

    private func parent(of pid: pid_t) -> pid_t? {
        // After the name, which may hold anything: the state, then the parent.
        let fields = Files.text("/proc/\(pid)/stat")?.split(separator: ")").last?.split(separator: " ")
        return fields?.dropFirst().first.flatMap { pid_t($0) }
    }

    /// All processes whose command line names this place, but for those inside containers.
    func processes() -> [(pid: pid_t, words: [String])] {
        ((try? Files.names(in: "/proc")) ?? []).compactMap { Int32($0) }.compactMap { pid in
            guard let line = Files.text("/proc/\(pid)/cmdline"), line.contains(layout.run) else { return nil }
            return (pid, line.split(separator: "\0").map(String.init))
        }
    }

    /// The groups of containers that are on the host, in whatever tree.
    func groups() -> [String] {
        var trees = ((try? Files.names(in: "/sys/fs/cgroup")) ?? []).map { "/sys/fs/cgroup/\($0)" }
        trees.append("/sys/fs/cgroup")
        return trees.flatMap { tree in
            ((try? Files.names(in: tree + layout.cgroupParent)) ?? []).filter { $0.utf8.count == 64 }
                .map { "\(tree)\(layout.cgroupParent)/\($0)" }
        }
    }

    /// The ids of containers in whose groups there are processes.
    func living() -> Set<String> {
        let groups = groups().filter { !(Files.text("\($0)/cgroup.procs") ?? "").isEmpty }
        return Set(groups.compactMap { $0.split(separator: "/").last.map(String.init) })
    }

    /// Ends everything that runs here, as a power cut does.
    func endProcesses() {
        for _ in 0..<200 {
            var alive = processes().map(\.pid)
            for group in groups() {
                alive += (Files.text("\(group)/cgroup.procs") ?? "").split(separator: "\n").compactMap { Int32($0) }
                try? Files.write("1".utf8, to: "\(group)/cgroup.kill")
                try? Files.write("0".utf8, to: "\(group)/cgroup.freeze")
                try? Files.write("THAWED".utf8, to: "\(group)/freezer.state")
            }
            for pid in alive { Glibc.kill(pid, SIGKILL) }
            for group in groups() { rmdir(group) }
            if alive.isEmpty && groups().isEmpty { return }
            usleep(10_000)
        }
    }

    // MARK: The disk

    private func mountDisk() {
        isMounted = Command.status("mount -o loop \(image) \(disk)") == 0
    }

    private func unmountDisk() {
        for _ in 0..<100 where isMounted {
            isMounted = umount2(disk, 0) != 0
            if isMounted { usleep(20_000) }
        }
        if isMounted { umount2(disk, Int32(MNT_DETACH)) }
    }

    /// The disk takes nothing more, and what it has not written yet is lost: EXT4_IOC_SHUTDOWN without a flush.
    func cutPower() throws {
        let file = try FileDescriptor.open(disk)
        var flags: UInt32 = 2
        try systemCall("cut the power of", disk) { ioctl(file.number, 0x8004_587D, &flags) }
    }

    /// The host comes up again: nothing runs, /run is empty, the disk holds what it had written.
    func reboot() throws {
        for _ in 0..<50 where isMounted {
            endProcesses()
            isMounted = umount2(disk, 0) != 0
            if isMounted { usleep(50_000) }
        }
        if isMounted {
            let holders = processes().map { $0.words.joined(separator: " ") }.joined(separator: ", ")
            throw FaultSequence.Broken(description: "the disk of a host that is down is still in use: \(holders)")
        }
        for name in try Files.names(in: layout.run) { try Files.removeTree("\(layout.run)/\(name)") }
        // Somebody else's mount namespace may hold a copy of the mount, and with it the file system that is down. What
        // is on the disk now is what comes up again, on another one.
        let old = image
        cuts += 1
        Command.status("cp --sparse=always \(old) \(image) && rm \(old)")
        mountDisk()
        emptyDisk()
    }

    func fillDisk() {
        let file = open("\(disk)/ballast", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        guard file >= 0 else { return }
        for size in [1 << 20, 64 << 10, 4 << 10, 512] {
            let chunk = [UInt8](repeating: 0x2E, count: size)
            while write(file, chunk, size) == size {}
        }
        fsync(file)
        close(file)
    }

    func emptyDisk() { unlink("\(disk)/ballast") }
}
