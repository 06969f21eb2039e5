import CLinux
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
    /// Whether it is root of more than a user namespace, so that it may make devices and filter them.
    let isHostRoot: Bool
    /// Whether /dev is the host's, or some folder of it, which is used as it is.
    let isDeviceFolderBound: Bool
    /// Where the container has no mount namespace of its own.
    private(set) var sharedRoot: SharedRoot?
    /// The control group to be shown inside; `nil` where the container stays in the caller's.
    var cgroup: Cgroup?

    package init(_ request: LaunchRequest) throws(LaunchError) {
        let spec = request.spec
        try spec.check()
        guard let process = spec.process else { throw wrong("process", "it is missing") }
        self.request = request
        self.process = process
        linux = spec.linux ?? OCI.RuntimeSpec.LinuxPart()
        namespaces = try NamespacePlan(linux)
        if case .directory(let folder) = request.rootfs {
            sharedRoot = SharedRoot(spec, folder: folder)
        } else if !namespaces.isNew(.mount) {
            throw wrong("linux.namespaces", "there is no new mount namespace, which a layered root needs")
        }
        for (name, value) in [("hostname", spec.hostname), ("domainname", spec.domainname)]
        where value?.isEmpty == false {
            if !namespaces.isApart(.uts) { throw wrong(name, "linux.namespaces has no uts namespace of its own") }
        }
        var mounts: [MountPlan] = []
        for (index, mount) in spec.mounts.enumerated() {
            let plan = try MountPlan(
                mount, "mounts[\(index)]", bundle: request.bundle, mapsOwners: request.mapsOwners && namespaces.users)
            if case .mapped = plan.owners, !namespaces.isOwn(.user) {
                throw wrong("mounts[\(index)].options", "idmap needs mappings, or a user namespace")
            }
            mounts.append(plan)
        }
        self.mounts = mounts
        credentials = Credentials(process, request.spec.annotations)
        limits = ProcessLimit.all(process.rlimits)
        filter =
            try linux.seccomp.map { profile throws(LaunchError) in
                try SeccompFilter.cached(profile, in: request.filterCache)
            } ?? nil
        privileged = geteuid() == 0
        isHostRoot = privileged && !Overlay.isInUserNamespace
        isDeviceFolderBound = mounts.contains { mount in
            if mount.target == "dev", case .bind = mount.kind { true } else { false }
        }
        if let word = linux.rootfsPropagation, !word.isEmpty {
            guard let propagation = MountOptions.Propagation(word) else {
                throw wrong("linux.rootfsPropagation", "\"\(word)\" is unknown")
            }
            rootPropagation = propagation
        } else {
            rootPropagation = nil
        }
        try linux.checkNetworkDevices(namespaces)
        for key in linux.sysctl.keys { try Sysctl(key).check(namespaces) }
    }

    /// Whether the caller makes the mounts that the child cannot: those of host files shown to a user namespace.
    /// So are maps of a mount's own: the child, in other process ids, could not write them.
    var preparesMounts: Bool {
        privileged && (namespaces.isOwn(.user) || mounts.contains { if case .by = $0.owners { true } else { false } })
    }

    /// Whether the child may make devices.
    var makesDevices: Bool { isHostRoot && !namespaces.isOwn(.user) }

    /// Whether a device of config.json is to be made. That of the container's own terminals is there, as a link.
    func hasMade(_ device: OCI.RuntimeSpec.Device) -> Bool {
        let path = MountPlan.normal(device.path)
        return path != "dev/ptmx" && !(isDeviceFolderBound && path.begins(with: "dev/"))
    }

    /// Where the root is while hooks of the host run, which may come into its mount namespace and look for it there: the
    /// bundle's folder for it. `nil`: over the host's root.
    var placeForHooks: String? {
        guard let hooks = request.spec.hooks, !hooks.prestart.isEmpty || !hooks.createRuntime.isEmpty,
            case .directory(let path) = request.rootfs
        else { return nil }
        return path
    }

    /// The caller's own group, where the container stays in it and is to be shown it.
    func inheritedCgroup() -> Cgroup? {
        guard mounts.contains(where: { $0.kind == .cgroup }) else { return nil }
        return Cgroup.of(process: getpid(), in: request.hierarchy ?? .discover())
    }
}

/// Which namespaces the container is in, and how each comes about.
struct NamespacePlan: Hashable, Sendable {
    private(set) var new: Namespaces = []
    /// Existing ones, the user namespace first: joining it gives the privilege to join the others.
    private(set) var joined: [Join] = []
    /// Whether the caller may enter what belongs to other user namespaces. Asked before any is joined: in their own, a
    /// person is root too.
    let isRoot = geteuid() == 0

    struct Join: Hashable, Sendable {
        var kind: Namespaces
        var path: String
    }

    init(_ linux: OCI.RuntimeSpec.LinuxPart) throws(LaunchError) {
        var seen: Namespaces = []
        for (index, namespace) in linux.namespaces.enumerated() {
            let name = "linux.namespaces[\(index)]"
            let kind = Namespaces(namespace.type)
            if seen.contains(kind) {
                throw wrong("\(name).type", "\(namespace.type.rawValue) is listed twice")
            }
            seen.add(kind)
            if let path = namespace.path, !path.isEmpty {
                if !path.begins(with: "/") {
                    throw wrong("\(name).path", "\"\(path)\" does not begin with /")
                }
                joined.append(Join(kind: kind, path: path))
            } else {
                new.add(kind)
            }
        }
        joined.sort { $0.kind == .user && $1.kind != .user }
        if new.contains(.user) && (linux.uidMappings.isEmpty || linux.gidMappings.isEmpty) {
            throw wrong("linux.uidMappings", "a user namespace needs them, and linux.gidMappings")
        }
    }

    /// Whether there is a new user namespace.
    var users: Bool { new.contains(.user) }
    func isNew(_ kind: Namespaces) -> Bool { new.contains(kind) }
    func isJoined(_ kind: Namespaces) -> Bool { joined.contains { $0.kind == kind } }
    func isOwn(_ kind: OCI.RuntimeSpec.Namespace.Kind) -> Bool {
        new.contains(Namespaces(kind)) || joined.contains { $0.kind == Namespaces(kind) }
    }

    /// Whether the container has a namespace of `kind` that is not the caller's: one that is joined may be that.
    func isApart(_ kind: OCI.RuntimeSpec.Namespace.Kind) -> Bool {
        if isNew(Namespaces(kind)) { return true }
        guard let join = joined.first(where: { $0.kind == Namespaces(kind) }) else { return false }
        var (theirs, own) = (stat(), stat())
        let name = kind == .network ? "net" : kind.rawValue
        // What is not there says so when it is joined.
        guard stat(join.path, &theirs) == 0, stat("/proc/self/ns/\(name)", &own) == 0 else { return true }
        return theirs.st_ino != own.st_ino || theirs.st_dev != own.st_dev
    }

    /// The kinds that must be new from the first instruction on. The others the child makes itself, meanwhile the
    /// parent makes the control group.
    var cloned: Namespaces { startsOver ? [] : Namespaces(rawValue: new.rawValue & Self.first) }
    /// Whether the process ids are new below a user namespace that exists: the child can then only make them itself,
    /// for a child of its own. Without root it can only join them so, too.
    var startsOver: Bool { isJoined(.user) && (new.contains(.pid) || startsAmongOthers) }
    /// Whether the child itself goes among the processes of another container, whose root is root over it there.
    var startsAmongOthers: Bool { isJoined(.user) && isJoined(.pid) && !isRoot }
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
