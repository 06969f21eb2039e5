import Cgroups
import Glibc
import JSON
import Linux
import Records
import Testing

@testable import Containers

/// Containers made up of a record, a state and, where there is to be one, a real process in a real control group.
final class LivePlace {
    let folder: TemporaryFolder
    let layout: Layout
    let hierarchy = Hierarchy.discover()
    let containers: Containers
    private let parent = "/boxtop-containers-test-\(getpid())-\(UInt32.random(in: 0..<1_000_000))"
    private var processes: [Int32] = []
    private var groups: [Cgroup] = []

    static let canGroup = getuid() == 0 && Hierarchy.discover().trees.contains { access($0.mountPoint, W_OK) == 0 }

    init() throws {
        folder = try TemporaryFolder()
        layout = Layout(state: "\(folder.path)/state", run: "\(folder.path)/run", cgroupParent: parent)
        containers = try Containers(layout: layout, environment: [:])
        try Files.makeDirectories(layout.containers)
    }

    deinit {
        for process in processes { end(process) }
        for group in groups { try? group.remove() }
        try? Cgroup(parent, in: hierarchy).remove()
    }

    static func id(_ number: Int) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 64 - digits.count) + digits
    }

    @discardableResult
    func add(_ number: Int, _ change: (inout ContainerRecord) -> Void = { _ in }) throws -> ContainerRecord {
        let created = Timestamp(nanoseconds: 1_700_000_000_000_000_000 + UInt64(number))
        var record = ContainerRecord(
            id: Self.id(number), name: "box\(number)", created: created, image: "tools",
            rootfs: .directory("/nowhere"), command: ["sleep", "60"])
        change(&record)
        try Files.makeDirectories(layout.container(record.id))
        try containers.files.write(record)
        return record
    }

    /// Starts `script` in the container's control group and says so in its state, as its supervisor would.
    ///
    /// - Parameter grouped: without, it has no control group, as where nobody may make it one.
    @discardableResult
    func start(
        _ number: Int, _ script: String = "exec sleep 60", supervisor: Int32 = getpid(), grouped: Bool = true
    ) throws -> Int32 {
        let id = Self.id(number)
        let group = try Cgroup(layout.cgroup(id), in: hierarchy)
        if grouped {
            try group.make(hierarchy.needed(for: Limits(), gauges: true))
            groups.append(group)
        }
        var pid: pid_t = 0
        let arguments = ["sh", "-c", script]
        var words = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        try #require(posix_spawn(&pid, "/bin/sh", nil, nil, &words, environ) == 0)
        processes.append(pid)
        if grouped { try group.attach(pid) }
        let running = Running(process: try #require(ProcessIdentity(of: pid)), started: .now)
        try write(.running(running), of: id, supervisor: ProcessIdentity(of: supervisor))
        return pid
    }

    func write(_ status: Status, of id: String, supervisor: ProcessIdentity?, boot: String = Boot.id) throws {
        try Files.makeDirectories(layout.runtime(id))
        let state = ContainerState(status: status, supervisor: supervisor, boot: boot, written: .now)
        try containers.files.write(live: state, of: id)
    }

    func end(_ process: Int32) {
        kill(process, SIGKILL)
        var status: Int32 = 0
        waitpid(process, &status, 0)
        processes.removeAll { $0 == process }
    }
}
