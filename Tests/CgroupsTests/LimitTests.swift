import Cgroups
import Testing

@Suite struct LimitTests {
    private static func limits(_ change: (inout Limits) -> Void) -> Limits {
        var limits = Limits()
        change(&limits)
        return limits
    }

    private static let everything = limits {
        $0.cpus = 1.5
        $0.cpuWeight = 250
        $0.cores = "0-2,5"
        $0.memory = 512 << 20
        $0.memoryReservation = 128 << 20
        $0.swap = 64 << 20
        $0.processes = 100
        var disk = DeviceRate(major: 254, minor: 0)
        disk.readBytes = 1_000_000
        disk.writeOperations = 50
        $0.devices = [disk]
    }

    @Test func `limits are written to a v2 group in its own terms`() throws {
        let fixture = try FixtureTree(.unified)
        try fixture.group().apply(Self.everything, replacing: Limits())
        let folder = "/sys/fs/cgroup/boxtop/one"
        #expect(fixture.line("\(folder)/cpu.max") == "150000 100000")
        #expect(fixture.line("\(folder)/cpu.weight")?.hasPrefix("250") == true)
        #expect(fixture.line("\(folder)/cpuset.cpus") == "0-2,5")
        #expect(fixture.line("\(folder)/memory.max") == "536870912")
        #expect(fixture.line("\(folder)/memory.low") == "134217728")
        #expect(fixture.line("\(folder)/memory.swap.max") == "67108864")
        #expect(fixture.line("\(folder)/pids.max") == "100")
        #expect(fixture.line("\(folder)/io.max") == "254:0 rbps=1000000 wiops=50")
    }

    @Test(arguments: [.hybrid, .legacy] as [FixtureTree.Kind])
    func `limits are written to v1 groups in their own terms`(kind: FixtureTree.Kind) throws {
        let fixture = try FixtureTree(kind)
        try fixture.group().apply(Self.everything, replacing: Limits())
        let root = "/sys/fs/cgroup"
        #expect(fixture.line("\(root)/cpu,cpuacct/boxtop/one/cpu.cfs_quota_us") == "150000")
        #expect(fixture.line("\(root)/cpu,cpuacct/boxtop/one/cpu.shares") == String(CPUWeight.shares(fromWeight: 250)))
        #expect(fixture.line("\(root)/cpuset/boxtop/one/cpuset.cpus") == "0-2,5")
        // The fixture's files keep what a shorter value does not cover; the kernel's do not.
        let memory = fixture.line("\(root)/memory/boxtop/one/memory.limit_in_bytes")
        #expect(memory?.hasPrefix("536870912") == true)
        #expect(fixture.line("\(root)/memory/boxtop/one/memory.memsw.limit_in_bytes")?.hasPrefix("603979776") == true)
        #expect(
            fixture.line("\(root)/memory/boxtop/one/memory.soft_limit_in_bytes")?.hasPrefix("134217728") == true)
        #expect(fixture.line("\(root)/pids/boxtop/one/pids.max") == "100")
        #expect(fixture.line("\(root)/blkio/boxtop/one/blkio.throttle.read_bps_device") == "254:0 1000000")
        #expect(fixture.line("\(root)/blkio/boxtop/one/blkio.throttle.write_iops_device") == "254:0 50")
        #expect(fixture.line("\(root)/blkio/boxtop/one/blkio.throttle.write_bps_device") == "")
    }

    @Test(arguments: FixtureTree.Kind.allCases)
    func `a new group has no limits`(kind: FixtureTree.Kind) throws {
        #expect(try FixtureTree(kind).group().limits() == Limits())
    }

    @Test(arguments: FixtureTree.Kind.allCases)
    func `limits that do not differ are not written`(kind: FixtureTree.Kind) throws {
        let fixture = try FixtureTree(kind)
        try fixture.group().apply(Self.everything, replacing: Self.everything)
        #expect(try fixture.group().limits() == Limits())
    }

    @Test func `limits are read back from v2 files`() throws {
        let fixture = try FixtureTree(.unified)
        let folder = "/sys/fs/cgroup/boxtop/one"
        fixture.write("\(folder)/cpu.max", "25000 50000\n")
        fixture.write("\(folder)/cpu.weight", "33\n")
        fixture.write("\(folder)/cpuset.cpus", "1-3\n")
        fixture.write("\(folder)/memory.max", "1048576\n")
        fixture.write("\(folder)/memory.low", "524288\n")
        fixture.write("\(folder)/memory.swap.max", "0\n")
        fixture.write("\(folder)/pids.max", "12\n")
        fixture.write(
            "\(folder)/io.max", "8:16 rbps=2097152 wbps=max riops=max wiops=120\n8:0 rbps=1 wbps=2 riops=3 wiops=4\n")
        let limits = try fixture.group().limits()
        #expect(limits.cpus == 0.5)
        #expect(limits.cpuWeight == 33)
        #expect(limits.cores == "1-3")
        #expect(limits.memory == 1_048_576)
        #expect(limits.memoryReservation == 524_288)
        #expect(limits.swap == 0)
        #expect(limits.processes == 12)
        var first = DeviceRate(major: 8, minor: 16)
        (first.readBytes, first.writeOperations) = (2_097_152, 120)
        #expect(limits.devices.count == 2 && limits.devices.first == first)
    }

    @Test func `limits are read back from v1 files`() throws {
        let fixture = try FixtureTree(.legacy)
        let root = "/sys/fs/cgroup"
        fixture.write("\(root)/cpu,cpuacct/boxtop/one/cpu.cfs_quota_us", "50000\n")
        fixture.write("\(root)/cpu,cpuacct/boxtop/one/cpu.shares", "512\n")
        fixture.write("\(root)/cpuset/boxtop/one/cpuset.cpus", "1\n")
        fixture.write("\(root)/memory/boxtop/one/memory.limit_in_bytes", "1048576\n")
        fixture.write("\(root)/memory/boxtop/one/memory.memsw.limit_in_bytes", "3145728\n")
        fixture.write("\(root)/blkio/boxtop/one/blkio.throttle.read_bps_device", "8:0 4096\n")
        fixture.write("\(root)/blkio/boxtop/one/blkio.throttle.write_bps_device", "8:0 8192\nrubbish\n")
        let limits = try fixture.group().limits()
        #expect(limits.cpus == 0.5)
        #expect(limits.cpuWeight == CPUWeight.weight(fromShares: 512))
        #expect(limits.cores == "1")
        #expect(limits.memory == 1_048_576)
        #expect(limits.swap == 2_097_152)
        #expect(limits.devices.map(\.writeBytes) == [8192])
    }

    @Test(arguments: ["", "\n", "garbage", "-5\n", "99999999999999999999999999\n", "1 2 3\n", "\u{0}\u{ff}"])
    func `a file with garbage in it is no limit`(text: String) throws {
        let fixture = try FixtureTree(.unified)
        for file in ["cpu.max", "memory.max", "memory.swap.max", "pids.max", "io.max", "cpu.weight"] {
            fixture.write("/sys/fs/cgroup/boxtop/one/\(file)", text)
        }
        #expect(try fixture.group().limits() == Limits())
    }

    @Test(arguments: [
        (limits { $0.cpus = 0.005 }, "0.01"), (limits { $0.cpus = -1 }, "0.01"), (limits { $0.cpus = .nan }, "0.01"),
        (limits { $0.cpus = 1e12 }, "no machine"), (limits { $0.cpuWeight = 0 }, "from 1 to 10000"),
        (limits { $0.cpuWeight = 10_001 }, "from 1 to 10000"), (limits { $0.processes = 0 }, "at least one"),
        (limits { $0.cores = "" }, "empty"),
        (
            limits {
                var disk = DeviceRate(major: 8, minor: 0)
                disk.readBytes = 0
                $0.devices = [disk]
            }, "above 0"
        ),
    ])
    func `a limit that no kernel takes is refused with the reason`(limits: Limits, reason: String) throws {
        for kind in FixtureTree.Kind.allCases {
            let fixture = try FixtureTree(kind)
            let error = try #require(throws: CgroupError.self) {
                try fixture.group().apply(limits, replacing: Limits())
            }
            #expect(error.description.contains(reason), "\(error)")
        }
    }

    @Test func `on v2 a memory limit below what cannot be given back is refused, not enforced by killing`() throws {
        let fixture = try FixtureTree(.unified)
        let error = try #require(throws: CgroupError.self) {
            try fixture.group().apply(Self.limits { $0.memory = 4 << 20 }, replacing: Limits())
        }
        #expect(error.description == "cannot limit memory to 4 MiB: 8 MiB is in use and cannot be given back")
        #expect(fixture.line("/sys/fs/cgroup/boxtop/one/memory.max") == "max")
    }

    @Test func `a limit of swap needs one of memory on v1`() throws {
        let fixture = try FixtureTree(.legacy)
        #expect(throws: CgroupError.self) {
            try fixture.group().apply(Self.limits { $0.swap = 1 << 20 }, replacing: Limits())
        }
    }

    @Test func `a limit on a controller that is not there says what would enable it`() throws {
        let fixture = try FixtureTree()
        fixture.write("/proc/self/mountinfo", FixtureTree.unifiedMount("/sys/fs/cgroup"))
        fixture.write("/sys/fs/cgroup/cgroup.controllers", "cpu\n")
        fixture.write("/proc/cgroups", FixtureTree.kernelControllers)
        let error = try #require(throws: CgroupError.self) {
            try fixture.group().apply(Self.limits { $0.memory = 1 << 30 }, replacing: Limits())
        }
        #expect(error.description.hasPrefix("the memory controller is missing: "))
        #expect(error.description.contains("cgroup.subtree_control"))
    }

    @Test(arguments: [(2, 1), (1024, 100), (262_144, 10_000)] as [(UInt64, UInt64)])
    func `the ends and the usual values of shares and weight are the same`(shares: UInt64, weight: UInt64) {
        #expect(CPUWeight.weight(fromShares: shares) == weight)
        #expect(CPUWeight.shares(fromWeight: weight) == shares)
    }

    @Test func `every weight survives the way to shares and back`() {
        for weight in 1...10_000 as ClosedRange<UInt64> {
            let shares = CPUWeight.shares(fromWeight: weight)
            #expect(CPUWeight.weight(fromShares: shares) == weight)
            #expect(weight == 10_000 || CPUWeight.shares(fromWeight: weight + 1) > shares)
        }
    }
}
