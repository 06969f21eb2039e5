extension RuntimeSpec {
    /// What only Linux has: config-linux.md. The JSON key is `linux`.
    package struct LinuxPart: Hashable, Sendable, Codable {
        package var namespaces: [Namespace]
        package var uidMappings: [IDMapping]
        package var gidMappings: [IDMapping]
        /// Offsets of the clocks `monotonic` and `boottime` of a time namespace.
        package var timeOffsets: [String: TimeOffset]
        package var devices: [Device]
        /// The control group: absolute, from the root of each hierarchy; else the runtime chooses the place.
        package var cgroupsPath: String?
        package var resources: Resources?
        package var seccomp: Seccomp?
        package var sysctl: [String: String]
        package var maskedPaths: [String]
        package var readonlyPaths: [String]
        /// `shared`, `slave`, `private` or `unbindable`, each also with an `r` before it.
        package var rootfsPropagation: String?
        package var mountLabel: String?
        package var personality: Personality?
        /// By their names on the host.
        package var netDevices: [String: NetworkDevice]
        package var memoryPolicy: MemoryPolicy?
        /// Asked for, this is refused: see `OCI.RuntimeSpec.check`.
        package var intelRdt: Unsupported?

        package init(
            namespaces: [Namespace] = [], uidMappings: [IDMapping] = [], gidMappings: [IDMapping] = [],
            timeOffsets: [String: TimeOffset] = [:], devices: [Device] = [], cgroupsPath: String? = nil,
            resources: Resources? = nil, seccomp: Seccomp? = nil, sysctl: [String: String] = [:],
            maskedPaths: [String] = [], readonlyPaths: [String] = [], rootfsPropagation: String? = nil,
            mountLabel: String? = nil, personality: Personality? = nil
        ) {
            self.namespaces = namespaces
            self.uidMappings = uidMappings
            self.gidMappings = gidMappings
            self.timeOffsets = timeOffsets
            self.devices = devices
            self.cgroupsPath = cgroupsPath
            self.resources = resources
            self.seccomp = seccomp
            self.sysctl = sysctl
            self.maskedPaths = maskedPaths
            self.readonlyPaths = readonlyPaths
            self.rootfsPropagation = rootfsPropagation
            self.mountLabel = mountLabel
            self.personality = personality
            netDevices = [:]
        }
    }

    /// Something that this runtime does not do, whatever is in it.
    package struct Unsupported: Hashable, Sendable, Codable { package init() {} }

    /// A namespace to be in. A kind that is not listed is the host's own.
    package struct Namespace: Hashable, Sendable, Codable {
        package var type: Kind
        /// One to join, as a file of /proc/PID/ns; absent: a new one.
        package var path: String?
        package var isNew: Bool { path?.isEmpty != false }

        package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
            case pid, network, mount, ipc, uts, user, cgroup, time
        }

        package init(_ type: Kind, path: String? = nil) {
            self.type = type
            self.path = path
        }
    }

    package struct TimeOffset: Hashable, Sendable, Codable {
        package var secs: Int64?
        package var nanosecs: UInt32?

        package init(secs: Int64, nanosecs: UInt32 = 0) {
            self.secs = secs
            self.nanosecs = nanosecs
        }
    }

    /// A device file to be made inside, beside those that every container has.
    package struct Device: Hashable, Sendable, Codable {
        /// `c` or `u` a character device, `b` a block device, `p` a FIFO.
        package var type: String
        package var path: String
        package var major: Int64?
        package var minor: Int64?
        package var fileMode: UInt32?
        package var uid: UInt32?
        package var gid: UInt32?

        package init(
            type: String, path: String, major: Int64? = nil, minor: Int64? = nil, fileMode: UInt32? = nil,
            uid: UInt32? = nil, gid: UInt32? = nil
        ) {
            self.type = type
            self.path = path
            self.major = major
            self.minor = minor
            self.fileMode = fileMode
            self.uid = uid
            self.gid = gid
        }
    }

    /// A network device of the host that becomes the container's.
    package struct NetworkDevice: Hashable, Sendable, Codable {
        /// What it is called inside; absent: as on the host.
        package var name: String?
    }

    /// See set_mempolicy(2).
    package struct MemoryPolicy: Hashable, Sendable, Codable {
        /// `MPOL_BIND` and so on.
        package var mode: String
        /// Such as `0-3,7`.
        package var nodes: String?
        package var flags: [String]
    }

    /// See personality(2).
    package struct Personality: Hashable, Sendable, Codable {
        /// `LINUX` or `LINUX32`.
        package var domain: String
        package var flags: [String]

        package init(domain: String, flags: [String] = []) {
            self.domain = domain
            self.flags = flags
        }
    }
}
