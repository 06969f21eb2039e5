import Cgroups
import Glibc
import Linux
import OCI

/// A launch, thought through: everything of `LaunchRequest` that can be checked or prepared before there is a process.
///
/// What is decided here costs the container's memory limit nothing, and what is refused here leaves nothing behind.
///
/// A reference: with the whole document inside, each place that holds a copy of it made the compiler take seconds.
package final class Plan {
    let request: LaunchRequest
    let process: OCI.RuntimeSpec.Process
    let linux: OCI.RuntimeSpec.LinuxPart
    let namespaces: NamespacePlan
    let mounts: [MountPlan]
    let credentials: Credentials
    let limits: [ProcessLimit]
    let filter: SeccompFilter?
    let rootPropagation: MountOptions.Propagation?
    /// Whether the caller is root of the host, so that it may prepare mounts for another user namespace.
    let privileged: Bool
    /// The control group to be shown inside; `nil` where the container stays in the caller's.
    var cgroup: Cgroup?

    package init(_ request: LaunchRequest) throws(LaunchError) {
        let spec = request.spec
        guard let process = spec.process else { throw LaunchError(.configuration, "process is missing") }
        if process.args.isEmpty { throw LaunchError(.configuration, "process.args is empty") }
        if !process.cwd.hasPrefix("/") {
            throw LaunchError(.configuration, "process.cwd \"\(process.cwd)\" does not begin with /")
        }
        self.request = request
        self.process = process
        linux = spec.linux ?? OCI.RuntimeSpec.LinuxPart()
        namespaces = try NamespacePlan(linux)
        if !namespaces.isNew(.mount) {
            throw LaunchError(.configuration, "linux.namespaces has no new mount namespace")
        }
        if spec.hostname != nil && !namespaces.isOwn(.uts) {
            throw LaunchError(.configuration, "hostname is set, but linux.namespaces has no uts namespace")
        }
        var mounts: [MountPlan] = []
        for mount in spec.mounts {
            mounts.append(
                try MountPlan(mount, bundle: request.bundle, mapsOwners: request.mapsOwners && namespaces.users))
        }
        self.mounts = mounts
        credentials = try Credentials(process)
        limits = try ProcessLimit.all(process.rlimits)
        filter =
            try linux.seccomp.map { profile throws(LaunchError) in
                try SeccompFilter.cached(profile, in: request.filterCache)
            } ?? nil
        privileged = geteuid() == 0
        if let word = linux.rootfsPropagation, !word.isEmpty {
            guard let propagation = MountOptions.Propagation(word) else {
                throw LaunchError(.configuration, "linux.rootfsPropagation \"\(word)\" is unknown")
            }
            rootPropagation = propagation
        } else {
            rootPropagation = nil
        }
        try checkSysctls()
    }

    /// Whether the caller makes the mounts that the child cannot: those of host files shown to a new user namespace.
    var preparesMounts: Bool { namespaces.users && privileged }

    /// The caller's own group, where the container stays in it and is to be shown it.
    func inheritedCgroup() -> Cgroup? {
        guard mounts.contains(where: { $0.kind == .cgroup }) else { return nil }
        return Cgroup.of(process: getpid(), in: request.hierarchy ?? .discover())
    }

    /// A kernel parameter that belongs to no namespace of the container would change the host's.
    private func checkSysctls() throws(LaunchError) {
        for key in linux.sysctl.keys {
            let name = key.split(whereSeparator: { $0 == "." || $0 == "/" })
            let owner: OCI.RuntimeSpec.Namespace.Kind? =
                switch (name.first, name.dropFirst().first) {
                case ("net", _): .network
                case ("fs", "mqueue"): .ipc
                case ("kernel", "hostname"), ("kernel", "domainname"): .uts
                case ("kernel", let leaf?) where leaf.hasPrefix("msg") || leaf.hasPrefix("shm") || leaf == "sem": .ipc
                default: nil
                }
            guard let owner else { throw LaunchError(.sysctl, on: key, "it belongs to no namespace") }
            if !namespaces.isOwn(owner) {
                throw LaunchError(.sysctl, on: key, "the container has no \(owner.rawValue) namespace of its own")
            }
        }
    }
}

/// Which namespaces the container is in, and how each comes about.
struct NamespacePlan: Hashable, Sendable {
    private(set) var new: Namespaces = []
    /// Existing ones, the user namespace first: joining it gives the privilege to join the others.
    private(set) var joined: [Join] = []

    struct Join: Hashable, Sendable {
        var kind: Namespaces
        var path: String
    }

    init(_ linux: OCI.RuntimeSpec.LinuxPart) throws(LaunchError) {
        var seen: Namespaces = []
        for namespace in linux.namespaces {
            let kind = Namespaces(namespace.type)
            if seen.contains(kind) {
                throw LaunchError(.configuration, "linux.namespaces lists \(namespace.type.rawValue) twice")
            }
            seen.insert(kind)
            if let path = namespace.path, !path.isEmpty {
                if !path.hasPrefix("/") {
                    throw LaunchError(.configuration, "the namespace path \"\(path)\" does not begin with /")
                }
                joined.append(Join(kind: kind, path: path))
            } else {
                new.insert(kind)
            }
        }
        joined.sort { $0.kind == .user && $1.kind != .user }
        if new.contains(.user) && (linux.uidMappings.isEmpty || linux.gidMappings.isEmpty) {
            throw LaunchError(.configuration, "a user namespace needs linux.uidMappings and linux.gidMappings")
        }
        if joined.contains(where: { $0.kind == .time }) || new.contains(.time) && linux.timeOffsets.isEmpty {
            new.remove(.time)
        }
    }

    /// Whether there is a new user namespace.
    var users: Bool { new.contains(.user) }
    func isNew(_ kind: Namespaces) -> Bool { new.contains(kind) }
    func isOwn(_ kind: OCI.RuntimeSpec.Namespace.Kind) -> Bool {
        new.contains(Namespaces(kind)) || joined.contains { $0.kind == Namespaces(kind) }
    }

    /// The kinds that must be new from the first instruction on. The others the child makes itself, meanwhile the
    /// parent makes the control group.
    var cloned: Namespaces { Namespaces(rawValue: new.rawValue & Self.first) }
    var unshared: Namespaces { Namespaces(rawValue: new.rawValue & ~(Self.first | Self.last)) }
    // By bits: what OptionSet does with a literal takes 60 microseconds the first time.
    private static var first: UInt64 { Namespaces.user.rawValue | Namespaces.pid.rawValue }
    private static var last: UInt64 { Namespaces.cgroup.rawValue | Namespaces.time.rawValue }
}

extension Namespaces {
    init(_ kind: OCI.RuntimeSpec.Namespace.Kind) {
        self =
            switch kind {
            case .pid: .pid
            case .network: .network
            case .mount: .mount
            case .ipc: .ipc
            case .uts: .uts
            case .user: .user
            case .cgroup: .cgroup
            case .time: .time
            }
    }
}
