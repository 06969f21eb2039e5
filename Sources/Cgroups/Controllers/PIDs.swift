import Linux

/// Processes and threads: `pids.max`, on both versions.
enum PIDs {
    static func write(_ limits: Limits, replacing old: Limits, to group: Cgroup) throws(CgroupError) {
        guard limits.processes != old.processes,
            let directory = try group.directory(of: .pids, lifting: limits.processes == nil)
        else { return }
        let what = "processes to \(limits.processes.map(String.init) ?? "no limit")"
        if limits.processes == 0 { throw .limitRefused(limit: what, reason: "a container needs at least one") }
        let reasons: [Errno: String] = [.invalid: "the kernel's largest process id is 4194304"]
        try directory.limit(what, limits.processes.map(String.init) ?? "max", to: "pids.max", reasons: reasons)
    }

    static func read(_ limits: inout Limits, from directory: Directory) {
        limits.processes = directory.number("pids.max")
    }
}
