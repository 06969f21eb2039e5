import Cgroups
import Linux
import Records

/// The whole machine and all containers at one moment: what a sweep returns, and all that a screen or a table shows.
package struct Snapshot: Sendable {
    package var time: MonotonicTime
    package var clock: Timestamp
    package var host: HostReading
    package var containers: [ContainerReading]
    /// What the sweep cost, in seconds.
    package var cost: Double
    /// Whether its rates were measured by it: it is one of the samples that a history is made of. Else they are those of
    /// the last one that was.
    package var isSample = true
    /// Why the containers are those of an earlier sweep, as a sentence: they cannot be listed any more.
    package var problem: String?

    package init(time: MonotonicTime, clock: Timestamp, host: HostReading, containers: [ContainerReading], cost: Double)
    {
        self.time = time
        self.clock = clock
        self.host = host
        self.containers = containers
        self.cost = cost
    }
}

/// The machine's own gauges.
package struct HostReading: Sendable, Hashable {
    package var name: String
    package var cores: Int
    /// `cgroup v2`, `cgroup v1+v2`, `cgroup v1`, or `no cgroups`.
    package var hierarchy: String
    /// Cores in use, 0…cores; absent in the first sample.
    package var cpu: Double?
    package var memory: UInt64?
    package var memoryInUse: UInt64?
    package var cpuPressure: Pressure?
    package var memoryPressure: Pressure?
    package var ioPressure: Pressure?
    /// The whole disks (no partitions) that a disk rate can be limited on; the one under the containers first.
    package var disks: [Disk] = []
    /// The controllers by which this user can limit a container; a limit by another is refused.
    package var limitable = Controllers.all

    package init(name: String, cores: Int, hierarchy: String) {
        self.name = name
        self.cores = cores
        self.hierarchy = hierarchy
    }
}

/// A block device.
package struct Disk: Sendable, Hashable {
    package var name: String
    package var major: UInt32
    package var minor: UInt32

    package init(name: String, major: UInt32, minor: UInt32) {
        self.name = name
        self.major = major
        self.minor = minor
    }
}

/// One container's gauges at one moment. An absent gauge is `nil`: no data yet, or none on this host.
package struct ContainerReading: Sendable, Identifiable {
    package var id: String
    package var name: String
    package var image: String
    package var command: [String]
    package var created: Timestamp
    package var status: Status
    /// Its supervisor is gone though it runs.
    package var unsupervised: Bool = false
    package var restart: RestartPolicy = .no
    package var restarts: Int = 0
    package var health: Health?
    package var limits: Limits = Limits()
    package var privileged: Bool = false
    /// What of the usual isolation it goes without, in words.
    package var optOuts: [String] = []
    /// Ports of the host that lead into it.
    package var ports: [PublishedPort] = []
    /// A person stopped it: then an end by a signal is what was asked for.
    package var stoppedByUser: Bool = false
    /// Cores in use, measured time over measured time: 1.0 is one core, not clamped.
    package var cpu: Double?
    /// Share of the enforcement periods since the last sample in which it was throttled, 0…1.
    package var throttled: Double?
    package var usage: Usage = Usage()
    /// Bytes a second since the last sample.
    package var received: Double?
    package var sent: Double?
    package var diskRead: Double?
    package var diskWritten: Double?
    /// Through all of its own interfaces since it was started.
    package var network: NetworkCounters?

    package init(
        id: String, name: String, image: String, command: [String], created: Timestamp, status: Status
    ) {
        self.id = id
        self.name = name
        self.image = image
        self.command = command
        self.created = created
        self.status = status
    }
}
