import Glibc
import Linux

/// Control groups of config-linux.md: where they are, and what they limit.
extension Case {
    static let groups: [Case] = [
        Case(
            "config-linux.md",
            "In the case of an absolute path, the runtime MUST take the path to be relative to the cgroups mount point."
        ) { t in
            try t.expect(try t.create("sleep 60").status == 0, "create fails")
            try t.expect(groupIsThere(t), "there is no such group")
        },
        Case("config-linux.md", "The value of cgroupsPath MUST be either an absolute path or a relative path.") { t in
            t.config["linux.cgroupsPath"] = .text("relative-\(t.id)")
            try t.prints("ran", "echo ran")
        },
        Case(
            "config-linux.md",
            "The runtime MUST consistently attach to the same place in the cgroups hierarchy given the same value of cgroupsPath."
        ) { t in
            var places: [String] = []
            for _ in 0..<2 {
                try t.expect(try t.create("sleep 60").status == 0, "create fails")
                let pid = try t.state()["pid"]?.integer ?? 0
                places.append(Files.text("/proc/\(pid)/cgroup") ?? "")
                _ = try t.call("delete", "--force", t.id)
            }
            try t.expect(places[0] == places[1] && places[0].contains(t.id), "\(places)")
        },
        Case(
            "config-linux.md",
            "Runtimes MAY consider certain cgroupsPath values to be invalid, and MUST generate an error if this is the case."
        ) { t in
            t.config["linux.cgroupsPath"] = .text("/boxtop-conformance/../../escape-\(t.id)")
            let outcome = try t.create("sleep 60")
            let escaped = Files.exists("/sys/fs/cgroup/escape-\(t.id)") || Files.exists("/sys/escape-\(t.id)")
            try t.expect(!escaped, "it is made outside")
            if outcome.status == 0 { try t.expect(t.exists, "neither made nor refused") }
        },
        Case("config-linux.md", "Accepting a frozen cgroup: the runtime MUST generate an error if such a check fails.")
        { t in
            let tree = Files.exists("/sys/fs/cgroup/freezer") ? "/sys/fs/cgroup/freezer" : "/sys/fs/cgroup"
            let group = "\(tree)/boxtop-conformance/\(t.id)"
            try Files.makeDirectories(group)
            let file = Files.exists("\(group)/freezer.state") ? "freezer.state" : "cgroup.freeze"
            try Files.write(Array((file == "freezer.state" ? "FROZEN" : "1").utf8), to: "\(group)/\(file)")
            let outcome = try t.create("true")
            try Files.write(Array((file == "freezer.state" ? "THAWED" : "0").utf8), to: "\(group)/\(file)")
            try t.expect(outcome.status != 0, "it was created")
        },
        Case(
            "config-linux.md",
            "Runtimes SHOULD change the cgroup ownership if and only if the cgroup filesystem is to be mounted read/write."
        ) { t in
            if !Files.exists("/sys/fs/cgroup/cgroup.procs") {
                throw Trial.Skipped(description: "the host has cgroup v1")
            }
            for (option, owner) in [("rw", "100000"), ("ro", "65534")] {
                let before = t.config
                t.config.append(["type": "cgroup"], to: "linux.namespaces")
                t.config.append(["type": "user"], to: "linux.namespaces")
                let map: Document = [["containerID": 0, "hostID": 100_000, "size": 65_534]]
                t.config["linux.uidMappings"] = map
                t.config["linux.gidMappings"] = map
                chown("\(t.folder)/rootfs", 100_000, 100_000)
                t.config.append(
                    [
                        "destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup",
                        "options": [.text(option), "nosuid"],
                    ], to: "mounts")
                let outcome = try t.run("stat -c %u /sys/fs/cgroup /sys/fs/cgroup/cgroup.procs")
                let wanted = owner == "100000" ? "0" : owner
                try t.expect(outcome.lines == [wanted, wanted], "\(option): \(outcome.output)\(outcome.errors)")
                t.config = before
            }
        },
    ]

    static let resources: [Case] = [
        limit(
            "memory.limit sets limit of memory usage", "memory.limit", 67_108_864, "memory", "memory.limit_in_bytes",
            "memory.max"),
        limit(
            "memory.reservation sets soft limit of memory usage", "memory.reservation", 33_554_432, "memory",
            "memory.soft_limit_in_bytes", "memory.low"),
        limit(
            "memory.swappiness sets swappiness parameter of vmscan", "memory.swappiness", 10, "memory",
            "memory.swappiness", ""),
        limit(
            "cpu.shares specifies a relative share of CPU time", "cpu.shares", 1024, "cpu", "cpu.shares",
            "cpu.weight=100"),
        limit(
            "cpu.quota specifies the total amount of time in microseconds", "cpu.quota", 50_000, "cpu",
            "cpu.cfs_quota_us", "cpu.max=50000 100000"),
        limit(
            "cpu.period specifies a period of time in microseconds", "cpu.period", 50_000, "cpu", "cpu.cfs_period_us",
            "cpu.max=max 50000"),
        limit("cpu.idle: 1: SCHED_IDLE", "cpu.idle", 1, "cpu", "cpu.idle", "cpu.idle"),
        limit(
            "pids.limit specifies the maximum number of tasks in the cgroup", "pids.limit", 50, "pids", "pids.max",
            "pids.max"),
        Case("config-linux.md", "memory.swap sets limit of memory+Swap usage.") { t in
            t.config["linux.resources.memory"] = ["limit": 67_108_864, "swap": 134_217_728]
            try shows(t, "memory", "memory.memsw.limit_in_bytes", "memory.swap.max", "134217728", "67108864")
        },
        Case("config-linux.md", "memory.disableOOMKiller: To disable it, specify a value of true.") { t in
            if !Files.exists("/sys/fs/cgroup/memory") { throw Trial.Skipped(description: "cgroup v2 has none") }
            t.config["linux.resources.memory"] = ["disableOOMKiller": true]
            try t.expect(try t.create("sleep 60").status == 0, "create fails")
            let text = Files.text("/sys/fs/cgroup/memory/boxtop-conformance/\(t.id)/memory.oom_control") ?? ""
            try t.expect(text.contains("oom_kill_disable 1"), text)
        },
        Case("config-linux.md", "cpu.burst MUST be no larger than any positive quota (runtimes MAY generate an error).")
        { t in
            t.config["linux.resources.cpu"] = ["quota": 10_000, "burst": 20_000, "period": 100_000]
            let outcome = try t.create("sleep 60")
            let file = "/sys/fs/cgroup/cpu/boxtop-conformance/\(t.id)/cpu.cfs_burst_us"
            try t.expect(outcome.status != 0 || Files.text(file) != "20000\n", "it is larger")
        },
        Case("config-linux.md", "cpu.burst specifies the maximum amount of accumulated time in microseconds.") { t in
            t.config["linux.resources.cpu"] = ["quota": 20_000, "burst": 10_000, "period": 100_000]
            try shows(t, "cpu", "cpu.cfs_burst_us", "cpu.max.burst", "10000", "10000")
        },
        Case("config-linux.md", "cpu.cpus: list of CPUs the container will run in.") { t in
            t.config["linux.resources.cpu"] = ["cpus": "0"]
            try shows(t, "cpuset", "cpuset.cpus", "cpuset.cpus", "0", "0")
        },
        Case("config-linux.md", "cpu.mems: list of Memory Nodes the container will run in.") { t in
            t.config["linux.resources.cpu"] = ["mems": "0"]
            try shows(t, "cpuset", "cpuset.mems", "cpuset.mems", "0", "0")
        },
        Case("config-linux.md", "blockIO.throttleReadBpsDevice: an array of per-device bandwidth rate limits.") { t in
            guard let disk = disk() else { throw Trial.Skipped(description: "there is no disk") }
            t.config["linux.resources.blockIO"] = [
                "throttleReadBpsDevice": [["major": .number(disk.0), "minor": .number(disk.1), "rate": 1_048_576]]
            ]
            let v2 = "\(disk.0):\(disk.1) rbps=1048576 wbps=max riops=max wiops=max"
            try shows(t, "blkio", "blkio.throttle.read_bps_device", "io.max", "\(disk.0):\(disk.1) 1048576", v2)
        },
        Case("config-linux.md", "hugepageLimits: limit in bytes of hugepagesize HugeTLB reservations or usage.") { t in
            t.config["linux.resources.hugepageLimits"] = [["pageSize": "2MB", "limit": 4_194_304]]
            if !tree("hugetlb").hasSuffix("hugetlb"),
                !(Files.text("\(tree("hugetlb"))/cgroup.controllers") ?? "").contains("hugetlb")
            {
                throw Trial.Skipped(description: "the host has no hugetlb controller")
            }
            try shows(t, "hugetlb", "hugetlb.2MB.limit_in_bytes", "hugetlb.2MB.max", "4194304", "4194304")
        },
        Case("config-linux.md", "rdma: You MUST specify at least one of the hcaHandles or hcaObjects in a given entry.")
        { t in
            t.config["linux.resources.rdma"] = ["mlx5_1": [:]]
            try t.refused()
        },
        Case("config-linux.md", "weightDevice: You MUST specify at least one of weight or leafWeight in a given entry.")
        { t in
            t.config["linux.resources.blockIO"] = ["weightDevice": [["major": 8, "minor": 0]]]
            try t.refused()
        },
        Case(
            "config-linux.md",
            "unified: Configuration unknown to the runtime MUST still be written to the relevant file."
        ) { t in
            guard Files.exists("\(tree("unified"))/cgroup.procs") else {
                throw Trial.Skipped(description: "no cgroup v2")
            }
            t.config["linux.resources.unified"] = ["cgroup.max.depth": "3"]
            try t.expect(try t.create("sleep 60").status == 0, "create fails")
            let text = Files.text("\(tree("unified"))/boxtop-conformance/\(t.id)/cgroup.max.depth")
            try t.expect(text == "3\n", "it is \(text ?? "not there")")
        },
        Case(
            "config-linux.md",
            "unified: The runtime MUST ensure that the needed cgroup controllers are enabled for the cgroup."
        ) { t in
            guard (Files.text("\(tree("unified"))/cgroup.controllers") ?? "").contains("hugetlb") else {
                throw Trial.Skipped(description: "cgroup v2 has no hugetlb here")
            }
            t.config["linux.resources.unified"] = ["hugetlb.2MB.max": "2097152"]
            try t.expect(try t.create("sleep 60").status == 0, "create fails")
            let text = Files.text("\(tree("unified"))/boxtop-conformance/\(t.id)/hugetlb.2MB.max")
            try t.expect(text == "2097152\n", "it is \(text ?? "not there")")
        },
        Case(
            "config-linux.md",
            "unified: The runtime MUST generate an error when the configuration refers to a cgroup controller that is not present or that cannot be enabled."
        ) { t in
            t.config["linux.resources.unified"] = ["nosuch.max": "1"]
            try t.refused()
        },
        Case(
            "config-linux.md",
            "intelRdt: If no mounted resctrl pseudo-filesystem is available, the runtime MUST generate an error."
        ) { t in
            if Files.exists("/sys/fs/resctrl/schemata") { throw Trial.Skipped(description: "resctrl is mounted") }
            t.config["linux.intelRdt"] = ["closID": "guaranteed", "l3CacheSchema": "L3:0=7f0"]
            try t.refused()
        },
    ]

    /// A disk that is no partition.
    private static func disk() -> (Int64, Int64)? {
        for name in ((try? Files.names(in: "/sys/block")) ?? []).sorted()
        where name.hasPrefix("vd") || name.hasPrefix("sd") || name.hasPrefix("nvme") {
            let text = (Files.text("/sys/block/\(name)/dev") ?? "").filter { !$0.isNewline }
            let numbers = text.split(separator: ":").compactMap { Int64($0) }
            if numbers.count == 2 { return (numbers[0], numbers[1]) }
        }
        return nil
    }

    /// Where groups with `controller` are.
    private static func tree(_ controller: String) -> String {
        if Files.exists("/sys/fs/cgroup/\(controller)") { return "/sys/fs/cgroup/\(controller)" }
        return Files.exists("/sys/fs/cgroup/unified") ? "/sys/fs/cgroup/unified" : "/sys/fs/cgroup"
    }

    private static func shows(
        _ t: Trial, _ controller: String, _ legacy: String, _ unified: String, _ legacyValue: String,
        _ unifiedValue: String
    ) throws {
        let outcome = try t.create("sleep 60")
        try t.expect(outcome.status == 0, "create fails: \(outcome.errors)")
        let group = "\(tree(controller))/boxtop-conformance/\(t.id)"
        let isLegacy = Files.exists("\(group)/\(legacy)")
        let text = (Files.text("\(group)/\(isLegacy ? legacy : unified)") ?? "none").filter { !$0.isNewline }
        let wanted = isLegacy ? legacyValue : unifiedValue
        try t.expect(text == wanted, "\(wanted) is wanted, not \(text)")
    }

    private static func limit(
        _ sentence: String, _ field: String, _ value: Int64, _ controller: String, _ legacy: String, _ unified: String
    ) -> Case {
        Case("config-linux.md", "\(sentence).") { t in
            if unified.isEmpty && !Files.exists("/sys/fs/cgroup/\(controller)") {
                throw Trial.Skipped(description: "cgroup v2 has none")
            }
            t.config["linux.resources.\(field)"] = .number(value)
            let parts = unified.split(separator: "=", maxSplits: 1).map(String.init)
            try shows(t, controller, legacy, parts.first ?? "", "\(value)", parts.count > 1 ? parts[1] : "\(value)")
        }
    }
}
