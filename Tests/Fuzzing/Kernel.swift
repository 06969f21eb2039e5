import Cgroups
import Glibc
import Linux
import Monitoring
import Records

/// The file is read as each gauge's file would be.
func takeKernelFile(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { text in
        _ = KernelText.number(text)
        _ = KernelText.number(after: "usage_usec", in: text)
        _ = KernelText.sum(of: "rbytes", in: text)
        _ = KernelText.decimal(after: "avg10=", in: text)
        _ = KernelText.nextLine(text, from: text.count / 2)
        if let pressure = Pressure(text) { hold(pressure.some.average10 >= 0, "pressure is never below nothing") }
    }
    _ = ProcessStatus(bytes)
    _ = ProcessStatus.name(in: bytes)
    withFiles { folder in
        let names = [
            "cpu.max", "cpu.weight", "cpuset.cpus", "memory.max", "memory.swap.max", "memory.high", "pids.max",
            "io.max",
            "cgroup.procs", "cgroup.events", "cpu.stat", "memory.stat", "memory.current", "memory.events", "io.stat",
            "cpu.pressure",
        ]
        for name in names { try? Files.replace("\(folder)/group/\(name)", with: bytes, durable: false) }
        let hierarchy = Hierarchy(trees: [
            Hierarchy.Tree(version: .v2, mountPoint: folder, controllers: .all, own: "/")
        ])
        guard let group = try? Cgroup("/group", in: hierarchy) else { return }
        _ = group.limits()
        _ = group.processes()
        _ = UsageReader.once(group)
    }
    withFiles { folder in
        for name in ["proc/self/mountinfo", "proc/self/cgroup", "proc/cgroups", "proc/stat", "proc/meminfo"] {
            try? Files.replace("\(folder)/\(name)", with: bytes, durable: false)
        }
        _ = Hierarchy.discover(root: folder)
    }
}

/// A folder of one input's own, in memory.
private func withFiles(_ body: (String) -> Void) {
    let folder = "/dev/shm/boxtop-fuzz-kernel-\(getpid())"
    for path in ["group", "proc/self"] { try? Files.makeDirectories("\(folder)/\(path)") }
    defer { try? Files.removeTree(folder) }
    body(folder)
}
