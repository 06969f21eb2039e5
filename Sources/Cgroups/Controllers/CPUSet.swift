import Linux

/// The cores that may be used: `cpuset.cpus`, on both versions.
enum CPUSet {
    static func write(_ limits: Limits, replacing old: Limits, to group: Cgroup) throws(CgroupError) {
        guard limits.cores != old.cores,
            let directory = try group.directory(of: .cpuset, lifting: limits.cores == nil)
        else { return }
        let what = limits.cores.map { "cores to \($0)" } ?? "cores to all"
        let all = offered(to: directory) ?? "none"
        let reasons: [Errno: String] = [
            .invalid: "it is no list such as 0-2,5 of the cores \(all)",
            .accessDenied: "the group above may use \(all)", .noSpace: "a group with processes needs a core",
            Errno(rawValue: 34): "this machine has the cores \(all)",  // ERANGE
            .busy: "a group below uses more",
        ]
        // An empty list means all on v2, and none on v1.
        let value = limits.cores ?? (directory.version == .v2 ? "\n" : all)
        if limits.cores?.isEmpty == true { throw .limitRefused(limit: what, reason: "the list is empty") }
        try directory.limit(what, value, to: "cpuset.cpus", reasons: reasons)
    }

    static func read(_ limits: inout Limits, from directory: Directory) {
        guard let cores = directory.text("cpuset.cpus"), !cores.isEmpty else { return }
        if directory.version == .v1, cores == offered(to: directory) { return }
        limits.cores = cores
    }

    /// The cores that the group above may use.
    private static func offered(to directory: Directory) -> String? {
        guard let slash = directory.path.lastIndex(of: "/") else { return nil }
        let above = Directory(path: String(directory.path[..<slash]), version: directory.version)
        return above.text(directory.version == .v2 ? "cpuset.cpus.effective" : "cpuset.cpus")
    }

    /// A new v1 group has no cores and no memory nodes, and takes no process: it gets those of the group above.
    static func inherit(into directory: Directory, from above: Directory) throws(SystemCallError) {
        for file in ["cpuset.cpus", "cpuset.mems"] where directory.text(file)?.isEmpty == true {
            if let value = above.text(file), !value.isEmpty { try directory.write(value, to: file) }
        }
    }
}
