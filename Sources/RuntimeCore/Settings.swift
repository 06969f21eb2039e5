import Cgroups
import OCI

extension Setting {
    /// What `linux.resources` of a config.json asks for beyond `Limits`, file by file.
    ///
    /// - Parameter updating: the group may have what a new one has not.
    package static func all(_ resources: OCI.RuntimeSpec.Resources?, updating: Bool = false) -> [Setting] {
        guard let resources else { return [] }
        var all: [Setting] = []
        if let cpu = resources.cpu { all += Self.cpu(cpu) }
        if let memory = resources.memory { all += Self.memory(memory, updating) }
        if let disks = resources.blockIO { all += Self.blockIO(disks) }
        for (index, limit) in resources.hugepageLimits.enumerated() { all += pages(limit, index) }
        if !resources.rdma.isEmpty { all += rdma(resources.rdma) }
        if let network = resources.network { all += Self.network(network) }
        if !resources.unified.isEmpty { all += unified(resources.unified) }
        return all
    }

    private static func rdma(_ devices: [String: OCI.RuntimeSpec.RDMA]) -> [Setting] {
        devices.sorted(by: { $0.key < $1.key }).map { name, limit in
            let words = [limit.hcaHandles.map { "hca_handle=\($0)" }, limit.hcaObjects.map { "hca_object=\($0)" }]
            let file = File("rdma.max", ([name] + words.compactMap { $0 }).joined(separator: " "))
            return Setting("linux.resources.rdma.\(name)", .rdma, legacy: [file], unified: [file])
        }
    }

    private static func unified(_ files: [String: String]) -> [Setting] {
        files.sorted(by: { $0.key < $1.key }).map { name, value in
            let prefix = name.prefix { $0 != "." }
            return Setting(
                "linux.resources.unified.\(name)", Controller(rawValue: String(prefix)), unified: [File(name, value)])
        }
    }

    private static func cpu(_ cpu: OCI.RuntimeSpec.CPU) -> [Setting] {
        var all: [Setting] = []
        func add(_ name: String, legacy: String?, unified: File?, _ value: (some CustomStringConvertible)?) {
            guard let value else { return }
            all.append(
                Setting(
                    "linux.resources.cpu.\(name)", .cpu, legacy: legacy.map { [File($0, value)] } ?? [],
                    unified: unified.map { [$0] } ?? []))
        }
        let shares = cpu.shares.flatMap { $0 > 0 ? $0 : nil }
        add(
            "shares", legacy: "cpu.shares",
            unified: shares.map { File("cpu.weight", CPUWeight.weight(fromShares: $0)) }, shares)
        let quota = cpu.quota.map { $0 > 0 ? "\($0)" : "max" }
        let maximum = File(
            "cpu.max", [quota ?? "max", cpu.period.map { "\($0)" }].compactMap { $0 }.joined(separator: " "))
        add("period", legacy: "cpu.cfs_period_us", unified: maximum, cpu.period.flatMap { $0 > 0 ? $0 : nil })
        add("quota", legacy: "cpu.cfs_quota_us", unified: maximum, cpu.quota.flatMap { $0 != 0 ? max($0, -1) : nil })
        add("burst", legacy: "cpu.cfs_burst_us", unified: cpu.burst.map { File("cpu.max.burst", $0) }, cpu.burst)
        add(
            "realtimePeriod", legacy: "cpu.rt_period_us", unified: nil, cpu.realtimePeriod.flatMap { $0 > 0 ? $0 : nil }
        )
        add(
            "realtimeRuntime", legacy: "cpu.rt_runtime_us", unified: nil,
            cpu.realtimeRuntime.flatMap { $0 != 0 ? $0 : nil })
        add("idle", legacy: "cpu.idle", unified: cpu.idle.map { File("cpu.idle", $0) }, cpu.idle)
        if let mems = cpu.mems, !mems.isEmpty {
            let file = File("cpuset.mems", mems)
            all.append(Setting("linux.resources.cpu.mems", .cpuset, legacy: [file], unified: [file]))
        }
        return all
    }

    private static func memory(_ memory: OCI.RuntimeSpec.Memory, _ updating: Bool) -> [Setting] {
        var all: [Setting] = []
        if let kernelTCP = memory.kernelTCP, kernelTCP != 0 {
            // Its group on v2 counts it as memory like any other.
            all.append(
                Setting(
                    "linux.resources.memory.kernelTCP", .memory,
                    legacy: [File("memory.kmem.tcp.limit_in_bytes", kernelTCP)], isOptional: true))
        }
        if let swappiness = memory.swappiness {
            all.append(
                Setting(
                    "linux.resources.memory.swappiness", .memory, legacy: [File("memory.swappiness", swappiness)]))
        }
        if let disabled = memory.disableOOMKiller, disabled || updating {
            all.append(
                Setting(
                    "linux.resources.memory.disableOOMKiller", .memory,
                    legacy: [File("memory.oom_control", disabled ? 1 : 0)], isOptional: !disabled))
        }
        return all
    }

    private static func blockIO(_ disks: OCI.RuntimeSpec.BlockIO) -> [Setting] {
        var all: [Setting] = []
        func add(_ title: String, _ device: String?, _ weight: UInt16?, leaf: Bool) {
            guard let weight, weight > 0 else { return }
            let text = device.map { "\($0) \(weight)" } ?? "\(weight)"
            let suffix = device == nil ? "" : "_device"
            let name = leaf ? "leaf_weight" : "weight"
            // The v2 scale goes from 1 to 10000, v1's and BFQ's from 10 to 1000.
            let scaled = 1 + (UInt64(max(weight, 10)) - 10) * 9_999 / 990
            all.append(
                Setting(
                    "linux.resources.blockIO.\(title)", .io,
                    legacy: [File("blkio.\(name)\(suffix)", text), File("blkio.bfq.\(name)\(suffix)", text)],
                    unified: leaf
                        ? []
                        : [File("io.bfq.weight", text), File("io.weight", "\(device ?? "default") \(scaled)")]))
        }
        add("weight", nil, disks.weight, leaf: false)
        add("leafWeight", nil, disks.leafWeight, leaf: true)
        for (index, device) in disks.weightDevice.enumerated() {
            let number = "\(device.major):\(device.minor)"
            add("weightDevice[\(index)].weight", number, device.weight, leaf: false)
            add("weightDevice[\(index)].leafWeight", number, device.leafWeight, leaf: true)
        }
        return all
    }

    private static func pages(_ limit: OCI.RuntimeSpec.HugepageLimit, _ index: Int) -> [Setting] {
        let (title, size) = ("linux.resources.hugepageLimits[\(index)]", limit.pageSize)
        return [
            Setting(
                title, .hugetlb, legacy: [File("hugetlb.\(size).limit_in_bytes", limit.limit)],
                unified: [File("hugetlb.\(size).max", limit.limit)]),
            // What is reserved is limited as well where the kernel counts it: that fails early, and not by SIGBUS.
            Setting(
                title, .hugetlb, legacy: [File("hugetlb.\(size).rsvd.limit_in_bytes", limit.limit)],
                unified: [File("hugetlb.\(size).rsvd.max", limit.limit)], isOptional: true),
        ]
    }

    private static func network(_ network: OCI.RuntimeSpec.Network) -> [Setting] {
        var all: [Setting] = []
        if let id = network.classID {
            all.append(
                Setting("linux.resources.network.classID", .netClass, legacy: [File("net_cls.classid", id)]))
        }
        for priority in network.priorities {
            all.append(
                Setting(
                    "linux.resources.network.priorities", .netPriority,
                    legacy: [File("net_prio.ifpriomap", "\(priority.name) \(priority.priority)")]))
        }
        return all
    }
}
