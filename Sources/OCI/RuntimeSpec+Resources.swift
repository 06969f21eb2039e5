extension RuntimeSpec {
    /// Limits of the control group. In the kernel's units of cgroup v1, as the specification has it.
    package struct Resources: Hashable, Sendable, Codable {
        package var devices: [DeviceRule]
        package var memory: Memory?
        package var cpu: CPU?
        package var pids: Pids?
        package var blockIO: BlockIO?
        package var hugepageLimits: [HugepageLimit]
        /// By the device's name.
        package var rdma: [String: RDMA]
        package var network: Network?
        /// Files of cgroup v2 by name, written as they are.
        package var unified: [String: String]

        package init(
            devices: [DeviceRule] = [], memory: Memory? = nil, cpu: CPU? = nil, pids: Pids? = nil,
            blockIO: BlockIO? = nil, hugepageLimits: [HugepageLimit] = [], rdma: [String: RDMA] = [:],
            network: Network? = nil, unified: [String: String] = [:]
        ) {
            self.devices = devices
            self.memory = memory
            self.cpu = cpu
            self.pids = pids
            self.blockIO = blockIO
            self.hugepageLimits = hugepageLimits
            self.rdma = rdma
            self.network = network
            self.unified = unified
        }
    }

    /// Whether some devices may be used; the last rule that matches counts.
    package struct DeviceRule: Hashable, Sendable, Codable {
        package var allow: Bool
        /// `a` all, `c` character, `b` block.
        package var type: String?
        /// Absent: any.
        package var major: Int64?
        package var minor: Int64?
        /// Of `r`, `w` and `m` (mknod).
        package var access: String?

        package init(
            allow: Bool, type: String? = nil, major: Int64? = nil, minor: Int64? = nil, access: String? = nil
        ) {
            self.allow = allow
            self.type = type
            self.major = major
            self.minor = minor
            self.access = access
        }

        /// In its own words, since a flag that is absent is false elsewhere, and this one is required.
        package init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            guard let allow = try values.decodeIfPresent(Bool.self, forKey: .allow) else {
                throw DecodingError.keyNotFound(
                    CodingKeys.allow, .init(codingPath: values.codingPath, debugDescription: "it is missing"))
            }
            self.init(
                allow: allow, type: try values.decodeIfPresent(String.self, forKey: .type),
                major: try values.decodeIfPresent(Int64.self, forKey: .major),
                minor: try values.decodeIfPresent(Int64.self, forKey: .minor),
                access: try values.decodeIfPresent(String.self, forKey: .access))
        }
    }

    /// In bytes; −1 is unlimited.
    package struct Memory: Hashable, Sendable, Codable {
        package var limit: Int64?
        package var reservation: Int64?
        /// Memory and swap together.
        package var swap: Int64?
        /// Not limited apart from the rest by any kernel since Linux 5.16.
        package var kernel: Int64?
        package var kernelTCP: Int64?
        package var swappiness: UInt64?
        package var disableOOMKiller: Bool?
        /// What every group does, whatever these say.
        package var useHierarchy: Bool?
        package var checkBeforeUpdate: Bool?

        package init(limit: Int64? = nil, reservation: Int64? = nil, swap: Int64? = nil) {
            self.limit = limit
            self.reservation = reservation
            self.swap = swap
        }
    }

    package struct CPU: Hashable, Sendable, Codable {
        /// Relative weight, 1024 is usual.
        package var shares: UInt64?
        /// Microseconds a `period`; −1 is unlimited.
        package var quota: Int64?
        /// Microseconds.
        package var period: UInt64?
        package var burst: UInt64?
        package var realtimeRuntime: Int64?
        package var realtimePeriod: UInt64?
        package var cpus: String?
        package var mems: String?
        package var idle: Int64?

        package init(
            shares: UInt64? = nil, quota: Int64? = nil, period: UInt64? = nil, cpus: String? = nil,
            mems: String? = nil
        ) {
            self.shares = shares
            self.quota = quota
            self.period = period
            self.cpus = cpus
            self.mems = mems
        }
    }

    package struct Pids: Hashable, Sendable, Codable {
        /// Processes and threads; 0 and −1 are unlimited.
        package var limit: Int64?

        package init(limit: Int64? = nil) { self.limit = limit }
    }

    package struct BlockIO: Hashable, Sendable, Codable {
        package var weight: UInt16?
        package var leafWeight: UInt16?
        package var weightDevice: [DeviceWeight]
        package var throttleReadBpsDevice: [Throttle]
        package var throttleWriteBpsDevice: [Throttle]
        package var throttleReadIOPSDevice: [Throttle]
        package var throttleWriteIOPSDevice: [Throttle]

        package init(
            weight: UInt16? = nil, weightDevice: [DeviceWeight] = [], throttleReadBpsDevice: [Throttle] = [],
            throttleWriteBpsDevice: [Throttle] = [],
            throttleReadIOPSDevice: [Throttle] = [], throttleWriteIOPSDevice: [Throttle] = []
        ) {
            self.weight = weight
            self.weightDevice = weightDevice
            self.throttleReadBpsDevice = throttleReadBpsDevice
            self.throttleWriteBpsDevice = throttleWriteBpsDevice
            self.throttleReadIOPSDevice = throttleReadIOPSDevice
            self.throttleWriteIOPSDevice = throttleWriteIOPSDevice
        }
    }

    /// A share of one device, from 10 to 1000.
    package struct DeviceWeight: Hashable, Sendable, Codable {
        package var major: Int64
        package var minor: Int64
        package var weight: UInt16?
        package var leafWeight: UInt16?
    }

    package struct RDMA: Hashable, Sendable, Codable {
        package var hcaHandles: UInt32?
        package var hcaObjects: UInt32?
    }

    /// On v1 alone.
    package struct Network: Hashable, Sendable, Codable {
        package var classID: UInt32?
        package var priorities: [InterfacePriority]
    }

    package struct InterfacePriority: Hashable, Sendable, Codable {
        package var name: String
        package var priority: UInt32
    }

    /// A rate of one device, in bytes or operations a second.
    package struct Throttle: Hashable, Sendable, Codable {
        package var major: Int64
        package var minor: Int64
        package var rate: UInt64

        package init(major: Int64, minor: Int64, rate: UInt64) {
            self.major = major
            self.minor = minor
            self.rate = rate
        }
    }

    package struct HugepageLimit: Hashable, Sendable, Codable {
        /// As in `2MB`.
        package var pageSize: String
        /// Bytes.
        package var limit: UInt64

        package init(pageSize: String, limit: UInt64) {
            self.pageSize = pageSize
            self.limit = limit
        }
    }
}
