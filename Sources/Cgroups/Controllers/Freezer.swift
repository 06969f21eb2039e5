import Linux

/// Standing still: `cgroup.freeze` of the v2 tree (since Linux 5.2), also beside v1; else v1's `freezer.state`.
enum Freezer {
    static func set(_ frozen: Bool, _ group: Cgroup) throws(CgroupError) {
        if let unified = group.unified, unified.has("cgroup.freeze") {
            return try cgroupCall { () throws(SystemCallError) in
                try unified.write(frozen ? "1" : "0", to: "cgroup.freeze")
            }
        }
        guard let directory = try group.directory(of: .freezer, lifting: !frozen) else { return }
        try cgroupCall { () throws(SystemCallError) in
            try directory.write(frozen ? "FROZEN" : "THAWED", to: "freezer.state")
        }
    }

    /// `nil` where neither file is there.
    static func isFrozen(_ group: Cgroup) -> Bool? {
        if let unified = group.unified, let frozen = unified.number("frozen", in: "cgroup.events") {
            return frozen != 0
        }
        // FREEZING is not there yet.
        return group.directory(of: .freezer)?.text("freezer.state").map { $0 == "FROZEN" }
    }
}
