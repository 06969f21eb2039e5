/// What a container may use at most. An absent value is no limit: setting one to `nil` lifts it.
///
/// The same on every hierarchy; the drivers translate (shares, quotas, memory plus swap). Written to the kernel by
/// `Cgroup.apply` and kept in the container's record, so that a limit outlives a restart.
package struct Limits: Hashable, Sendable, Codable {
    /// CPU time, in cores: 1.5 is one and a half. `cpu.max`, `cpu.cfs_quota_us`.
    package var cpus: Double?
    /// Share of the CPU among neighbours, 1…10000, where 100 is usual. `cpu.weight`; converted for `cpu.shares`.
    package var cpuWeight: UInt64?
    /// The cores that may be used, as in `0-2,5`. `cpuset.cpus`.
    package var cores: String?
    /// Memory with page cache, in bytes. `memory.max`, `memory.limit_in_bytes`.
    package var memory: UInt64?
    /// Memory, in bytes, that is left to it when the host runs short. `memory.low`, `memory.soft_limit_in_bytes`.
    package var memoryReservation: UInt64?
    /// Swap on top of memory, in bytes; 0 forbids it. `memory.swap.max`; added to `memory` for `memory.memsw.*`.
    package var swap: UInt64?
    /// Processes and threads. `pids.max`.
    package var processes: UInt64?
    /// Disk rates, one entry a device. `io.max`, `blkio.throttle.*`.
    package var devices: [DeviceRate] = []

    /// Bytes a second through each of its interfaces, in and out. No control group's: queues of the kernel hold them.
    package var networkReceived: UInt64?
    package var networkSent: UInt64?

    /// Those that a control group holds.
    package var ofGroup: Limits {
        var limits = self
        (limits.networkReceived, limits.networkSent) = (nil, nil)
        return limits
    }

    /// The weight where no other is set.
    package static let usualCPUWeight: UInt64 = 100

    package init() {}
}

/// How fast one block device may be read and written. An absent rate is no limit.
package struct DeviceRate: Hashable, Sendable, Codable {
    package var major: UInt32
    package var minor: UInt32
    /// Bytes a second.
    package var readBytes: UInt64?
    package var writeBytes: UInt64?
    /// Operations a second.
    package var readOperations: UInt64?
    package var writeOperations: UInt64?

    package init(major: UInt32, minor: UInt32) {
        self.major = major
        self.minor = minor
    }
}
