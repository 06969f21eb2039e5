import Cgroups
import Glibc
import Linux
import Testing

/// A made-up host in a temporary folder of its own, taken away with it: /proc files, mounted trees, groups.
struct FixtureTree: ~Copyable {
    let root: String

    enum Kind: String, CaseIterable {
        case unified
        case hybrid
        case legacy
    }

    /// An empty host.
    init() throws {
        var template = Array("/tmp/boxtop-cgroups-XXXXXX".utf8CString)
        root =
            template.withUnsafeMutableBufferPointer { $0.baseAddress.flatMap(mkdtemp).map { String(cString: $0) } }
            ?? ""
        try #require(!root.isEmpty)
    }

    deinit { try? Files.removeTree(root) }

    /// A host of one of the three kinds, with a group `/boxtop/one` that has the files and values of a new group.
    init(_ kind: Kind) throws {
        try self.init()
        write("/proc/cgroups", Self.kernelControllers)
        switch kind {
        case .unified:
            write(
                "/proc/self/mountinfo", "23 1 254:0 / / rw - ext4 /dev/vda rw\n\(Self.unifiedMount("/sys/fs/cgroup"))")
            write("/proc/self/cgroup", "0::/user.slice/session-1.scope\n")
            write("/sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory hugetlb pids rdma\n")
            write("/sys/fs/cgroup/cpuset.cpus.effective", "0-7\n")
            unifiedGroup("/sys/fs/cgroup/boxtop/one", controllers: true)
        case .hybrid:
            let v2 = Self.unifiedMount("/sys/fs/cgroup/unified")
            write("/proc/self/mountinfo", Self.legacyMounts.joined() + v2)
            write("/proc/self/cgroup", Self.legacyOwn + "0::/\n")
            write("/sys/fs/cgroup/unified/cgroup.controllers", "hugetlb\n")
            unifiedGroup("/sys/fs/cgroup/unified/boxtop/one", controllers: false)
            legacyGroups()
        case .legacy:
            write("/proc/self/mountinfo", Self.legacyMounts.joined())
            write("/proc/self/cgroup", Self.legacyOwn)
            legacyGroups()
        }
    }

    func hierarchy() -> Hierarchy { Hierarchy.discover(root: root) }

    func group() throws -> Cgroup { try Cgroup("/boxtop/one", in: hierarchy()) }

    func write(_ path: String, _ text: String) {
        let whole = root + path
        if let slash = whole.lastIndex(of: "/") { try? Files.makeDirectories(String(whole[..<slash])) }
        try? Files.replace(whole, with: text.utf8, durable: false)
    }

    /// The first line of the file, if it is there.
    func line(_ path: String) -> String? {
        Files.text(root + path)?.split(separator: "\n", omittingEmptySubsequences: false).first.map(String.init)
    }

    private func files(_ folder: String, _ files: [String: String]) {
        for (name, text) in files { write("\(folder)/\(name)", text) }
    }

    private func unifiedGroup(_ folder: String, controllers: Bool) {
        files(
            folder,
            [
                "cgroup.procs": "", "cgroup.controllers": controllers ? "cpuset cpu io memory pids" : "",
                "cgroup.events": "populated 1\nfrozen 0\n", "cgroup.freeze": "0\n",
                "cgroup.kill": "",
                "cpu.stat": "usage_usec 1500000\nuser_usec 1000000\nsystem_usec 500000\n",
                "cpu.pressure": Self.pressure, "memory.pressure": Self.pressure, "io.pressure": Self.pressure,
            ])
        guard controllers else { return }
        files(
            folder,
            [
                "cpu.stat": """
                usage_usec 1500000
                user_usec 1000000
                system_usec 500000
                nr_periods 20
                nr_throttled 5
                throttled_usec 123456

                """,
                "cpu.max": "max 100000\n", "cpu.weight": "100\n", "cpuset.cpus": "\n", "memory.max": "max\n",
                "memory.high": "max\n", "memory.low": "0\n", "memory.swap.max": "max\n", "memory.current": "8388608\n",
                "memory.peak": "9437184\n", "memory.swap.current": "4096\n",
                "memory.stat":
                    "anon 4194304\nfile 3145728\ninactive_anon 0\ninactive_file 2097152\nactive_file 1048576\n",
                "memory.events": "low 0\nhigh 0\nmax 3\noom 2\noom_kill 1\noom_group_kill 0\n", "pids.max": "max\n",
                "pids.current": "7\n", "io.max": "",
                "io.stat": """
                254:0 rbytes=1000 wbytes=2000 rios=10 wios=20 dbytes=0 dios=0
                8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=0 dios=0

                """,
            ])
    }

    private func legacyGroups() {
        let root = "/sys/fs/cgroup"
        files(
            "\(root)/cpu,cpuacct/boxtop/one",
            [
                "cgroup.procs": "", "cpu.cfs_quota_us": "-1\n", "cpu.cfs_period_us": "100000\n", "cpu.shares": "1024\n",
                "cpu.stat": "nr_periods 20\nnr_throttled 5\nthrottled_time 123456000\n",
                "cpuacct.usage": "1500000000\n",
            ])
        files("\(root)/cpuset", ["cpuset.cpus": "0-7\n", "cpuset.mems": "0\n"])
        files("\(root)/cpuset/boxtop", ["cpuset.cpus": "0-7\n", "cpuset.mems": "0\n"])
        files("\(root)/cpuset/boxtop/one", ["cgroup.procs": "", "cpuset.cpus": "0-7\n", "cpuset.mems": "0\n"])
        files(
            "\(root)/memory/boxtop/one",
            [
                "cgroup.procs": "", "memory.soft_limit_in_bytes": "9223372036854771712\n",
                "memory.limit_in_bytes": "9223372036854771712\n",
                "memory.memsw.limit_in_bytes": "9223372036854771712\n", "memory.usage_in_bytes": "8388608\n",
                "memory.memsw.usage_in_bytes": "8392704\n", "memory.max_usage_in_bytes": "9437184\n",
                "memory.stat":
                    "cache 3145728\nrss 4194304\ninactive_file 1\nswap 1\nactive_file 1\ntotal_swap 4096\ntotal_inactive_file 2097152\ntotal_active_file 1048576\n",
                "memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n",
            ])
        files("\(root)/pids/boxtop/one", ["cgroup.procs": "", "pids.max": "max\n", "pids.current": "7\n"])
        files("\(root)/freezer/boxtop/one", ["cgroup.procs": "", "freezer.state": "THAWED\n"])
        files("\(root)/devices/boxtop/one", ["cgroup.procs": "", "devices.allow": "", "devices.deny": ""])
        files(
            "\(root)/blkio/boxtop/one",
            [
                "cgroup.procs": "", "blkio.throttle.read_bps_device": "", "blkio.throttle.write_bps_device": "",
                "blkio.throttle.read_iops_device": "", "blkio.throttle.write_iops_device": "",
                "blkio.throttle.io_service_bytes_recursive": """
                254:0 Read 1000
                254:0 Write 2000
                254:0 Sync 3000
                254:0 Total 3000
                8:0 Read 1
                8:0 Write 2
                8:0 Total 3
                Total 3003

                """,
                "blkio.throttle.io_serviced_recursive":
                    "254:0 Read 10\n254:0 Write 20\n8:0 Read 3\n8:0 Write 4\nTotal 37\n",
            ])
    }

    static let pressure = """
        some avg10=1.25 avg60=0.50 avg300=0.10 total=4200
        full avg10=0.25 avg60=0.05 avg300=0.01 total=1200

        """

    static func unifiedMount(_ point: String) -> String {
        "41 31 0:38 / \(point) rw,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate\n"
    }

    /// `cpu` and `cpuacct` share a tree, as most distributions have it.
    private static let legacyMounts =
        ["cpu,cpuacct", "cpuset", "memory", "devices", "freezer", "blkio", "pids"]
        .enumerated().map { index, name in
            "\(32 + index) 31 0:\(29 + index) / /sys/fs/cgroup/\(name) rw,relatime - cgroup cgroup rw,\(name)\n"
        } + ["40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,xattr,name=systemd\n"]

    private static let legacyOwn = """
        9:name=systemd:/user.slice
        4:memory:/service/one
        3:cpuset:/
        2:cpu,cpuacct:/slice
        1:pids:/

        """

    static let kernelControllers = """
        #subsys_name\thierarchy\tnum_cgroups\tenabled
        cpuset\t3\t1\t1
        cpu\t1\t1\t1
        cpuacct\t2\t1\t1
        blkio\t7\t1\t1
        memory\t4\t19\t1
        devices\t5\t1\t1
        freezer\t6\t1\t1
        pids\t8\t1\t1
        hugetlb\t0\t1\t1

        """
}
