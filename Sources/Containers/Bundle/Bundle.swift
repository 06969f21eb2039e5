import OCI
import Records

/// A container's bundle in the making: what was asked for, what it is built on, and what was found on the host, from
/// which `config.json` follows without looking at anything else.
struct Bundle {
    var new: NewContainer
    var base: Base
    var id: String
    var facts: HostFacts
    /// The caller's own.
    var environment: [String: String]
    var ids: IDMaps
    var account: UserLookup.Account
    /// Folder that the container will lie in, and with it its own `hosts`, `hostname` and `resolv.conf`.
    var folder: String
    var cgroup: String
    /// Volumes and folders, each with the host path that it has become.
    var volumes: [Volume] = []
    var devices: [Device] = []
    /// What is run on the host before each start and after each end.
    var hooks: RuntimeSpec.Hooks?
    /// A profile that `--security-opt seccomp=FILE` named, read.
    var seccompProfile: RuntimeSpec.Seccomp?

    struct Volume: Equatable {
        var path: String
        var request: VolumeRequest
    }

    /// A device of the host, looked at.
    struct Device: Equatable {
        var request: DeviceRequest
        /// `c` or `b`.
        var type: String
        var major: UInt32
        var minor: UInt32
        var mode: UInt32
        var user: UInt32
        var group: UInt32
    }

    var hasOwnUsers: Bool { !ids.isEmpty }

    var entrypoint: [String] { new.entrypoint ?? base.defaults.entrypoint }

    /// The whole command line, the entry point first. An entry point given by the person drops the image's command.
    func arguments() throws(ContainerError) -> [String] {
        let command =
            new.command.isEmpty && new.entrypoint == nil ? base.defaults.command : new.command
        let arguments = entrypoint + command
        guard let first = arguments.first, !first.isEmpty else {
            let reason =
                if !arguments.isEmpty {
                    "the command is empty: give the name of a program"
                } else if new.entrypoint != nil {
                    "no command: --entrypoint takes the place of all that \(base.name) names, so give one after it"
                } else {
                    "no command: \(base.name) names none, so give one after it"
                }
            throw ContainerError(.invalid, reason, exitCode: 125)
        }
        return arguments
    }

    func specification() throws(ContainerError) -> RuntimeSpec {
        var spec = RuntimeSpec()
        spec.root = .init(path: rootPath, readonly: new.readOnly)
        spec.process = try process()
        if new.uts == .own {
            spec.hostname = hostname
            spec.domainname = new.domainname
        }
        spec.mounts = try mounts()
        spec.linux = try linux()
        spec.hooks = hooks
        spec.annotations = new.annotations
        return spec
    }

    /// With the host's own namespace for names, the host's; in the host's network, too, where none was asked for.
    var hostname: String {
        guard new.uts == .own else { return facts.hostname }
        return new.hostname ?? (new.network == .host ? facts.hostname : ContainerID.short(id))
    }

    private var rootPath: String {
        switch base.folders {
        case .layers: "\(folder)/rootfs"
        case .directory(let path): path
        }
    }
}
