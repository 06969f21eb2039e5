import Cgroups
import Glibc
import Linux
import OCI

/// What of a request can be checked before there is a process.
/// A reference, as `Plan` is.
final class ExecPlan {
    let request: ExecRequest
    let namespaces: Namespaces
    let credentials: Credentials
    let limits: [ProcessLimit]
    let filter: SeccompFilter?
    let group: Cgroup?
    /// Whether the caller joins the container's pid namespace for its child. A person's own user namespace must be
    /// joined first, from where there is no way back: then the child joins all, and has a child in its turn.
    var joinsProcessesFirst: Bool { geteuid() == 0 || !namespaces.contains(.pid) }

    init(_ request: ExecRequest) throws(LaunchError) {
        self.request = request
        try request.process.check("process")
        let linux = request.spec.linux ?? OCI.RuntimeSpec.LinuxPart()
        var namespaces: Namespaces = []
        for namespace in linux.namespaces { namespaces.add(Namespaces(namespace.type)) }
        self.namespaces = namespaces
        credentials = Credentials(request.process, request.spec.annotations)
        limits = ProcessLimit.all(request.process.rlimits)
        filter = try linux.seccomp.flatMap { profile throws(LaunchError) in
            try SeccompFilter.cached(profile, in: request.filterCache)
        }
        group = try request.cgroup.map { path throws(LaunchError) in
            try inCgroup(path) { () throws(CgroupError) in
                try Cgroup(path, in: request.hierarchy ?? .discover())
            }
        }
    }

    /// Whether the group stands still, and what enters it would too.
    var isFrozen: Bool { !request.waitsForThaw && group?.isFrozen == true }

    /// Why a process on its way into the container is not to be waited for any longer.
    func hindrance(since began: MonotonicTime) -> LaunchError? {
        if isFrozen { return LaunchError(.container, "it was paused meanwhile") }
        guard let patience = request.patience, MonotonicTime.now.seconds(since: began) >= patience else { return nil }
        return LaunchError(.container, "it takes too long")
    }

    /// The container's root, where its mount namespace has another.
    func root() throws(LaunchError) -> FileDescriptor? {
        if SharedRoot(request.spec, folder: "/") == nil { return nil }
        return try during(.container) { () throws(SystemCallError) in
            try FileDescriptor.open("/proc/\(request.pid)/root", flags: O_PATH | O_DIRECTORY)
        }
    }

    /// The ways into the container's group, beside that of cgroup v2, which the process is cloned into.
    func entrances(_ pid: Int32) throws(LaunchError) -> [Int32] {
        guard let group else { return [] }
        do throws(CgroupError) { return try group.entrances(below: below) } catch {
            if below != nil, case .system(let cause) = error, let file = cause.path {
                throw LaunchError(.cgroup, on: group.path, "adding pid \(pid) to \(file): \(cause.errno)")
            }
            throw LaunchError(.cgroup, on: group.path, "\(error)")
        }
    }

    /// `nil`: the container's group itself.
    var below: Cgroup.Below? {
        let groups = request.subgroups
        if groups.isEmpty { return nil }
        return { tree in
            groups.last { $0.isMeant(in: tree) }.map { $0.path.isEmpty ? "" : "/\($0.path)" } ?? ""
        }
    }
}

/// A group below a container's control group, which is there.
package struct Subgroup: Sendable {
    /// In whose trees alone, on v1; `nil` for all.
    package let controllers: Controllers?
    /// From the container's group; empty for that group itself.
    package let path: String

    package init(_ path: String, controllers: Controllers? = nil) {
        self.path = path
        self.controllers = controllers
    }

    fileprivate func isMeant(in tree: Hierarchy.Tree) -> Bool {
        controllers.map { !$0.isDisjoint(with: tree.controllers) } ?? true
    }
}
