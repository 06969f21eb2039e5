import Cgroups
import Linux
import OCI

/// What a person asked for: `container.json`. How to launch it is in `config.json` beside it.
package struct ContainerRecord: Hashable, Sendable, Codable {
    /// 64 hex digits.
    package var id: String
    package var name: String
    package var created: Timestamp
    /// The image as the person named it, or the folder of `--rootfs`.
    package var image: String
    /// The digest of the image's manifest, `sha256:…`; absent for a plain folder.
    package var imageDigest: String?
    package var rootfs: Rootfs
    /// The whole command line, entry point first. For lists; the launch reads config.json.
    package var command: [String]
    package var limits: Limits = Limits()
    package var restart: RestartPolicy = .no
    /// Set by `stop`, cleared by `start`: what `unless-stopped` asks.
    package var stoppedByUser: Bool = false
    package var stopSignal: Int32 = 15
    /// Seconds from the stop signal to SIGKILL.
    package var stopTimeout: Double = 10
    /// `--rm`: the supervisor removes the container when it has ended.
    package var autoRemove: Bool = false
    package var terminal: Bool = false
    /// `-i`: standard input stays open while nobody is attached.
    package var openInput: Bool = false
    /// `--init`: a tiny reaper is process 1, and the program its child.
    package var initProcess: Bool = false
    package var labels: [String: String] = [:]
    package var log: LogOptions = LogOptions()
    /// Named and anonymous volumes in use.
    package var volumes: [VolumeUse] = []
    /// The user namespace's range on the host; absent with `--userns host`.
    package var ids: IDRange?
    package var privileged: Bool = false
    /// What of the usual isolation it goes without, in words; absent in records of older versions.
    package var optOuts: [String]?
    /// How many words of `command` are the entry point; absent for none, and in records of older versions.
    package var entryPointCount: Int?
    package var health: HealthCheck?
    /// Absent in records of before there were networks: then config.json alone says.
    package var network: NetworkRequest?
    /// The container whose process ids it shares, by its id; absent where it has its own, or the host's.
    package var processesOf: String?
    /// What was asked for of all that the image says too, for an image that is made of the container; absent for nothing,
    /// and in records of older versions.
    package var asked: ImageConfiguration.Process?
    /// The build that has made it for a RUN, and removes it: another one does where that is no more. No label says so, since
    /// images and people give those. Absent for all others, and in records of older versions.
    package var builder: ProcessIdentity?

    package init(
        id: String, name: String, created: Timestamp, image: String, rootfs: Rootfs, command: [String]
    ) {
        self.id = id
        self.name = name
        self.created = created
        self.image = image
        self.rootfs = rootfs
        self.command = command
    }
}

/// Where a container's root file system comes from.
package enum Rootfs: Hashable, Sendable, Codable {
    /// An overlay of read-only folders, the uppermost first, under one writable upper.
    case layers([String], upper: String, work: String)
    /// A plain folder, used in place.
    case directory(String)
}

/// When the supervisor starts a container again after it has ended.
package enum RestartPolicy: Hashable, Sendable, Codable {
    case no
    /// After a status other than 0, at most `retries` times since a person has started it; without a number, always.
    case onFailure(retries: Int?)
    case always
    case unlessStopped
}

package struct LogOptions: Hashable, Sendable, Codable {
    /// The log is rotated at this many bytes.
    package var maximumSize: UInt64 = 16 << 20
    /// How many files are kept, the current one included.
    package var files: Int = 3

    package init() {}
}

package struct VolumeUse: Hashable, Sendable, Codable {
    package var name: String
    package var destination: String
    /// Made for this container alone; removed with it.
    package var anonymous: Bool

    package init(name: String, destination: String, anonymous: Bool) {
        self.name = name
        self.destination = destination
        self.anonymous = anonymous
    }
}
