import Cgroups
import OCI
import Records

/// What a person asks for with `create` or `run`: the flags, parsed, before any of them is checked against the host.
///
///     var new = NewContainer(.image("tools"))
///     new.command = ["stress", "--cpu", "1"]
///     new.limits.memory = 256 << 20
///     let record = try containers.create(new)
package struct NewContainer: Sendable {
    /// Where the root file system comes from.
    package enum Source: Hashable, Sendable {
        /// A reference into the local store: `tools`, `tools:2`, `sha256:…`.
        case image(String)
        /// `--rootfs DIR`: a plain folder, used in place.
        case directory(String)
        /// Layers unpacked already, the uppermost first, of an image that is being built, and how it wants to be run.
        case layers([String], ImageConfiguration.Process, name: String)
    }

    /// Which command tells whether it is well.
    package enum Health: Hashable, Sendable {
        /// The image's own, if it has one.
        case image
        /// The image's own, which must have one, with these times in place of its.
        case timed(HealthTimes)
        case none
        /// This command, with the image's times where none are given.
        case check([String], HealthTimes)
    }

    package var source: Source
    /// Absent: one is made up.
    package var name: String?
    /// What follows the image on the command line; empty takes the image's own.
    package var command: [String] = []
    /// Absent: the image's; empty: none.
    package var entrypoint: [String]?
    /// `KEY=VALUE`, or `KEY` alone for the caller's own value.
    package var environment: [String] = []
    /// Absolute; made where it is missing.
    package var workdir: String?
    /// `name`, `uid`, `name:group`, `uid:gid` …, looked up in the image.
    package var user: String?
    /// Groups beside the user's own, by name or number.
    package var supplementaryGroups: [String] = []
    package var hostname: String?
    package var domainname: String?

    package var limits = DefaultIsolation.limits
    /// Disk rates by device path, resolved to major and minor when the container is made.
    package var deviceRates: [DeviceRateRequest] = []
    /// −1000…1000: who goes first when the host is out of memory.
    package var oomScoreAdjustment: Int?
    package var ulimits: [Ulimit] = []

    package var restart: RestartPolicy = .no
    /// Its program is given a socket to say at that it is ready.
    package var saysReady = false
    package var stopSignal: Int32?
    /// Seconds from the stop signal to SIGKILL.
    package var stopTimeout: Double?
    package var health: Health = .image
    package var autoRemove = false
    /// A tiny reaper as process 1.
    package var initProcess = false
    package var terminal = false
    package var openInput = false

    package var readOnly = false
    package var volumes: [VolumeRequest] = []
    /// Containers whose volumes and folders it gets too.
    package var volumesFrom: [VolumesFrom] = []
    package var tmpfs: [TmpfsRequest] = []
    /// Whether there is a `/dev/shm`.
    package var hasSharedMemory = true
    /// Size of `/dev/shm`, in bytes.
    package var sharedMemory: UInt64?
    package var devices: [DeviceRequest] = []

    package var addedCapabilities: [String] = []
    package var droppedCapabilities: [String] = []
    package var security: [SecurityOption] = []
    package var privileged = false
    /// Absent: its own ids, or the host's for a privileged one.
    package var users: UserNamespace?
    package var network: Network = .none
    package var ports: [PublishedPort] = []
    /// `-P`: those that the image exposes as well, at ports of the host that are free.
    package var publishesAll = false
    /// `80/tcp`: what it listens at beside what the image says.
    package var exposedPorts: [String] = []
    package var pids: ProcessIDs = .own
    package var ipc: SharedNamespace = .own
    package var uts: SharedNamespace = .own

    package var sysctls: [String: String] = [:]
    package var nameServers: [String] = []
    package var searchDomains: [String] = []
    /// Of the program's lookups, as resolv.conf(5) has them: `ndots:1`.
    package var resolverOptions: [String] = []
    /// Lines of `/etc/hosts`: name and address.
    package var extraHosts: [HostEntry] = []
    package var labels: [String: String] = [:]
    /// Of the bundle, for whoever reads that.
    package var annotations: [String: String] = [:]
    package var log = LogOptions()
    /// The build that makes it for a RUN.
    package var builder: ProcessIdentity?

    package init(_ source: Source) { self.source = source }

    /// What was asked for; else its own ids, but for a privileged one.
    var userNamespace: UserNamespace { users ?? (privileged ? .host : .automatic) }
}

/// Which user ids a container has.
package enum UserNamespace: String, Hashable, Sendable, CaseIterable {
    /// Its own 65,536, that nobody else has.
    case automatic = "auto"
    /// The host's: root inside is root outside.
    case host
}

/// Which network a container sees.
package enum Network: Hashable, Sendable {
    /// Its own, with a loopback interface alone.
    case none
    /// The host's.
    case host
    /// That of another container.
    case container(String)
    /// Its own, in these networks, each once.
    case bridges([NetworkAttachment])
    /// Its own, connected by `pasta`.
    case user

    /// Whether nobody else is in it but those that join it.
    var isOwn: Bool {
        switch self {
        case .none, .bridges, .user: true
        case .host, .container: false
        }
    }
}

/// Whose process ids a container sees.
package enum ProcessIDs: Hashable, Sendable {
    /// Its own, its first process being 1.
    case own
    case host
    /// Those of another container.
    case container(String)
}

/// Whether a container shares a namespace with the host.
package enum SharedNamespace: String, Hashable, Sendable {
    case own = "private"
    case host
}

/// One line of `/etc/hosts` that `--add-host NAME:ADDRESS` asks for.
package struct HostEntry: Hashable, Sendable {
    /// Docker's word for this host, as a container in one of its networks reaches it.
    package static let gateway = "host-gateway"

    package var name: String
    package var address: String

    package init(name: String, address: String) {
        self.name = name
        self.address = address
    }
}

/// `--security-opt`.
package enum SecurityOption: Hashable, Sendable {
    case noNewPrivileges(Bool)
    /// No filter of system calls.
    case seccompUnconfined
    /// A profile of docker's form, in a file.
    case seccompProfile(String)
    case apparmor(String)
    /// No path of /proc and /sys is masked or read-only.
    case unmaskAll
}
