import Cgroups
import Glibc
import JSON
import Linux
import Records

/// So many containers, as their supervisor would leave them: a record, a state, a group, and a process that sleeps.
final class Place {
    let layout: Layout
    private(set) var groups: [Cgroup] = []
    private var processes: [Int32] = []
    private let folder = "/tmp/boxtop-sweep-\(getpid())"
    private let hierarchy = Hierarchy.discover()

    init(_ count: Int) throws {
        layout = Layout(
            state: "\(folder)/state", run: "\(folder)/run", cgroupParent: "/boxtop-sweep-benchmark/\(getpid())")
        let files = StateFiles(layout)
        do {
            for number in 1...max(1, count) { try add(number, files) }
        } catch {
            remove()
            throw error
        }
    }

    private func add(_ number: Int, _ files: StateFiles) throws {
        let digits = String(number, radix: 16)
        let id = String(repeating: "0", count: 64 - digits.count) + digits
        var record = ContainerRecord(
            id: id, name: "box\(number)", created: .now, image: "bench", rootfs: .directory("/nowhere"),
            command: ["sleep", "1000"])
        record.limits.processes = 10
        let group = try Cgroup(layout.cgroup(id), in: hierarchy)
        groups.append(group)
        try group.make(hierarchy.needed(for: record.limits, gauges: true))
        try group.apply(record.limits, replacing: Limits())
        let process = fork()
        if process == 0 {
            while true { pause() }
        }
        processes.append(process)
        try group.attach(process)
        try Files.makeDirectories(layout.container(id))
        try Files.makeDirectories(layout.runtime(id))
        // Not StateFiles.write, which waits for the disk.
        try Files.replace(layout.record(id), with: try JSON.encode(record), durable: false)
        guard let identity = ProcessIdentity(of: process) else { throw SystemCallError("find", errno: .noSuchProcess) }
        let state = ContainerState(
            status: .running(Running(process: identity, started: .now)), supervisor: .current, boot: files.boot,
            written: .now)
        try files.write(live: state, of: id)
    }

    func remove() {
        for process in processes { kill(process, SIGKILL) }
        for process in processes { waitpid(process, nil, 0) }
        for group in groups { try? group.remove() }
        try? Cgroup(layout.cgroupParent, in: hierarchy).remove()
        try? Cgroup("/boxtop-sweep-benchmark", in: hierarchy).remove(timeout: 0)
        try? Files.removeTree(folder)
    }
}
