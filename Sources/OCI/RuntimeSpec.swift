/// How to launch a container: `config.json` of a bundle. See config.md and config-linux.md of the OCI runtime
/// specification 1.3; fields that are not here are ignored, as it demands.
package struct RuntimeSpec: Hashable, Sendable, Codable {
    /// The version of the specification that the document was written for.
    package var ociVersion: String
    package var process: Process?
    package var root: Root?
    package var hostname: String?
    package var domainname: String?
    package var mounts: [Mount]
    package var hooks: Hooks?
    package var annotations: [String: String]
    package var linux: LinuxPart?

    package init(
        ociVersion: String = "1.3.0", process: Process? = nil, root: Root? = nil, hostname: String? = nil,
        domainname: String? = nil, mounts: [Mount] = [], hooks: Hooks? = nil, annotations: [String: String] = [:],
        linux: LinuxPart? = nil
    ) {
        self.ociVersion = ociVersion
        self.process = process
        self.root = root
        self.hostname = hostname
        self.domainname = domainname
        self.mounts = mounts
        self.hooks = hooks
        self.annotations = annotations
        self.linux = linux
    }

    /// The container's root file system.
    package struct Root: Hashable, Sendable, Codable {
        /// A folder; relative to the bundle where it does not begin with `/`.
        package var path: String
        package var readonly: Bool

        package init(path: String, readonly: Bool = false) {
            self.path = path
            self.readonly = readonly
        }
    }

    /// Something mounted inside, beside the root; in the order given.
    package struct Mount: Hashable, Sendable, Codable {
        /// Absolute, as the container sees it.
        package var destination: String
        /// A file system of /proc/filesystems; `bind`, or nothing with the option `bind` or `rbind`, for a host path.
        package var type: String?
        package var source: String?
        /// As in fstab: `ro`, `nosuid`, `rprivate`, `idmap`, `mode=755`, …
        package var options: [String]
        package var uidMappings: [IDMapping]
        package var gidMappings: [IDMapping]

        package init(
            destination: String, type: String? = nil, source: String? = nil, options: [String] = [],
            uidMappings: [IDMapping] = [], gidMappings: [IDMapping] = []
        ) {
            self.destination = destination
            self.type = type
            self.source = source
            self.options = options
            self.uidMappings = uidMappings
            self.gidMappings = gidMappings
        }
    }

    /// Programs that are run at points of a container's life, each given the state as JSON on standard input.
    package struct Hooks: Hashable, Sendable, Codable {
        package var prestart: [Hook]
        package var createRuntime: [Hook]
        package var createContainer: [Hook]
        package var startContainer: [Hook]
        package var poststart: [Hook]
        package var poststop: [Hook]

        package init(
            prestart: [Hook] = [], createRuntime: [Hook] = [], createContainer: [Hook] = [],
            startContainer: [Hook] = [], poststart: [Hook] = [], poststop: [Hook] = []
        ) {
            self.prestart = prestart
            self.createRuntime = createRuntime
            self.createContainer = createContainer
            self.startContainer = startContainer
            self.poststart = poststart
            self.poststop = poststop
        }
    }

    package struct Hook: Hashable, Sendable, Codable {
        /// Absolute.
        package var path: String
        /// With the program's own name first, as in execv(3).
        package var args: [String]
        /// Absent: the environment of whoever runs it.
        package var env: [String]?
        /// Seconds after which the hook is killed and has failed.
        package var timeout: Int?

        package init(path: String, args: [String] = [], env: [String]? = nil, timeout: Int? = nil) {
            self.path = path
            self.args = args
            self.env = env
            self.timeout = timeout
        }
    }

    /// `size` ids from `containerID` inside are those from `hostID` on the host.
    package struct IDMapping: Hashable, Sendable, Codable {
        package var containerID: UInt32
        package var hostID: UInt32
        package var size: UInt32

        package init(containerID: UInt32, hostID: UInt32, size: UInt32) {
            self.containerID = containerID
            self.hostID = hostID
            self.size = size
        }
    }
}
