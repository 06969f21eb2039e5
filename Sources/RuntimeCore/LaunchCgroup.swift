import Cgroups
import Glibc
import Linux
import OCI

/// The control group of a launch: made before the process where the process is cloned into it, joined beside it where
/// not.
struct LaunchCgroup: Sendable {
    let cgroup: Cgroup
    private let request: LaunchRequest
    private let wasThere: Bool
    private let devices: [DeviceRule]?

    /// `nil` where none is asked for, and where a person who is not root was given no place for one and asks for no
    /// limit.
    init?(_ plan: Plan) throws(LaunchError) {
        let request = plan.request
        guard let path = request.cgroup else { return nil }
        self.request = request
        let rules = try DeviceFilter.rules(request.spec.linux?.resources?.devices ?? [])
        // Only root of the host may load a filter; who is not can make no device either, and opens what it could.
        devices = plan.isHostRoot ? rules ?? DeviceFilter.none : nil
        cgroup = try inCgroup(path) { () throws(CgroupError) in
            try Cgroup(path, in: request.hierarchy ?? .discover())
        }
        wasThere = cgroup.exists
        if wasThere, cgroup.isFrozen == true {
            let reason = "container's cgroup unexpectedly frozen: what is started in it would never run"
            throw LaunchError(.cgroup, on: path, reason)
        }
        if geteuid() != 0, request.limits.ofGroup == Limits(), !wasThere {
            do throws(CgroupError) { try cgroup.make([]) } catch { return nil }
        }
    }

    private var isUnified: Bool { cgroup.hierarchy.trees.allSatisfy { $0.version == .v2 } }
    private var needed: Controllers {
        if request.trees == .all && !isUnified { return .all }
        var needed = cgroup.hierarchy.needed(for: request.limits, gauges: request.trees == .measured)
        if devices != nil { needed = needed.union(cgroup.deviceController) }
        // Of a group that is in no tree at all nobody could tell the processes.
        return needed.isEmpty && cgroup.hierarchy.unified == nil ? [.freezer] : needed
    }

    /// The folder of cgroup v2 to clone into, which costs no move; `nil` where the host has none.
    func folder() throws(LaunchError) -> FileDescriptor? {
        // systemd makes a scope for a process that is there.
        if request.scope != nil { return nil }
        return try inCgroup(cgroup.path) { () throws(CgroupError) in
            // Beside v1 trees this one alone is needed yet: the others are made while the child is busy.
            try cgroup.make(isUnified ? needed : [])
            return try cgroup.descriptor()
        }
    }

    /// Makes the rest and sets the limits.
    ///
    /// - Returns: the ways into it that are left for the process, which the caller closes.
    func prepare(_ pid: Int32) throws(LaunchError) -> [Int32] {
        try inCgroup(cgroup.path) { () throws(CgroupError) in
            try request.scope?.start(pid, description: "container \(request.id)", limits: request.limits)
            if !isUnified { try cgroup.make(needed) }
            try cgroup.apply(request.limits, replacing: wasThere ? nil : Limits())
            if let devices { try cgroup.filterDevices(devices) }
            for setting in request.settings { try cgroup.write(setting) }
            if let owner = request.spec.groupOwner, isUnified { try cgroup.delegate(to: owner) }
            return try cgroup.entrances()
        }
    }

    func removeIfMade() {
        request.scope?.stop()
        if !wasThere { try? cgroup.remove() }
    }
}

func inCgroup<R: ~Copyable>(
    _ path: String, _ body: () throws(CgroupError) -> R
) throws(LaunchError) -> R {
    do { return try body() } catch { throw LaunchError(.cgroup, on: path, "\(error)") }
}

extension ParentChannel {
    /// Hands the child the ways into its control group, and closes them here.
    func tell(entrances: [Int32]) {
        tell(.cgroupMade, descriptors: entrances)
        for number in entrances { close(number) }
    }
}

extension ChildChannel {
    /// Waits until the control group is there, and moves this process in.
    func joinCgroup() throws(LaunchError) {
        let entrances = try wait(for: .cgroupMade)
        defer { for number in entrances { close(number) } }
        for number in entrances {
            try during(.cgroup) { () throws(SystemCallError) in
                try systemCall("move into it") { write(number, "0", 1) }
            }
        }
    }
}

extension OCI.RuntimeSpec {
    /// Who, on the host, gets the container's control group: its user, where the group is shown to it writable, in a
    /// namespace of its own. See config-linux.md, "Cgroup ownership".
    fileprivate var groupOwner: uid_t? {
        guard let linux, let user = process?.user.uid,
            linux.namespaces.contains(where: { $0.type == .cgroup && $0.isNew }),
            mounts.contains(where: {
                $0.source == "cgroup" && $0.destination == "/sys/fs/cgroup" && !$0.options.contains("ro")
            })
        else { return nil }
        let map = linux.uidMappings.first { $0.containerID <= user && user - $0.containerID < $0.size }
        return map.map { $0.hostID + (user - $0.containerID) } ?? (linux.uidMappings.isEmpty ? user : nil)
    }
}
