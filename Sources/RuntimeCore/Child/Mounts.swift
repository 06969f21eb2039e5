import CLinux
import Cgroups
import Glibc
import Linux
import OCI

/// The mounts of config.json.
extension Child {
    mutating func mountAll(
        below root: borrowing FileDescriptor, given: inout GivenMounts.Binds
    ) throws(LaunchError) {
        for mount in plan.mounts {
            switch mount.kind {
            case .bind(let source):
                try attach(bind(mount, source, given.next()), mount, below: root)
            case .new(let type, let source):
                try attach(fresh(mount, type, source), mount, below: root)
            case .cgroup:
                try mountCgroup(mount, below: root)
            }
        }
    }

    private func bind(
        _ mount: MountPlan, _ source: String, _ given: consuming DetachedMount?
    ) throws(LaunchError) -> DetachedMount {
        do {
            let tree: DetachedMount
            if let given { tree = given } else { tree = try MountSources.bind(mount, source, owners: nil) }
            try tree.change(set: mount.options.set, clear: mount.options.clear)
            if mount.options.recursiveSet | mount.options.recursiveClear != 0 {
                try tree.change(
                    set: mount.options.recursiveSet, clear: mount.options.recursiveClear, recursive: true)
            }
            if mount.options.propagations.isEmpty {
                try tree.descriptor.setPropagation(UInt64(MS_PRIVATE), recursive: mount.options.recursiveBind)
            }
            return tree
        } catch {
            throw LaunchError(.mount, on: "/\(mount.target)", "source \(source): \(error.errno)")
        }
    }

    private func fresh(_ mount: MountPlan, _ type: String, _ source: String) throws(LaunchError) -> DetachedMount {
        let options = mount.options.data.map { ($0.key, $0.value) }
        let attributes = UInt32(mount.options.set | mount.options.recursiveSet)
        do {
            return try DetachedMount(filesystem: type, source: source, options: options, attributes: attributes)
        } catch {
            // A user namespace may mount /sys anew only with a network namespace of its own: else the host's is shown.
            if type == "sysfs" && error.errno == .notPermitted {
                return try during(.mount, on: "/\(mount.target)") { () throws(SystemCallError) in
                    let tree = try DetachedMount(copyOf: "/sys", recursive: true)
                    try tree.change(set: UInt64(attributes), recursive: true)
                    return tree
                }
            }
            throw LaunchError(.mount, on: "/\(mount.target)", "\(error)")
        }
    }

    private func attach(
        _ tree: consuming DetachedMount, _ mount: MountPlan, below root: borrowing FileDescriptor
    ) throws(LaunchError) {
        let path = "/\(mount.target)"
        do {
            let isFolder = try tree.descriptor.status().st_mode & S_IFMT == S_IFDIR
            let target = try root.target(mount.target, folder: isFolder)
            try Self.check(target, for: mount)
            try tree.attach(onto: target)
            for propagation in mount.options.propagations {
                try tree.descriptor.setPropagation(propagation.kind, recursive: propagation.recursive)
            }
        } catch let error as SystemCallError {
            throw LaunchError(.mount, on: path, error)
        } catch let error as LaunchError {
            throw error
        } catch {
            throw LaunchError(.mount, on: path, "\(error)")
        }
    }

    /// Refuses what would hide or fake the kernel's word: a mount inside /proc, save for the files that lxcfs
    /// provides; and a /proc or /sys that is a link to somewhere else.
    private static func check(_ target: borrowing FileDescriptor, for mount: MountPlan) throws(LaunchError) {
        if fileSystem(of: target) == UInt(PROC_SUPER_MAGIC), !coverable.contains(mount.target) {
            throw LaunchError(.mount, on: "/\(mount.target)", "it lies inside /proc")
        }
    }

    private static let coverable: Set<String> = [
        "proc/cpuinfo", "proc/diskstats", "proc/meminfo", "proc/stat", "proc/swaps", "proc/uptime", "proc/loadavg",
        "proc/slabinfo", "proc/net/dev", "proc/sys/kernel/ns_last_pid", "proc/sys/crypto/fips_enabled",
    ]

    /// Shows the container its own control group, in each tree that it is in: the folder where cgroup v2 is all there
    /// is, else a folder for each tree as on the host. Bound, not mounted anew, so that a user namespace may have it.
    private mutating func mountCgroup(_ mount: MountPlan, below root: borrowing FileDescriptor) throws(LaunchError) {
        try waitForCgroup()
        let path = "/\(mount.target)"
        do {
            let attributes = mount.options.set | mount.options.recursiveSet
            let trees = CgroupView(group: plan.cgroup)
            if let only = trees.unified {
                let tree = try DetachedMount(copyOf: only)
                try tree.change(set: attributes)
                try tree.attach(onto: root.target(mount.target, folder: true))
                return
            }
            let base = try DetachedMount(filesystem: "tmpfs", source: "cgroup", options: [("mode", "755")])
            try base.attach(onto: root.target(mount.target, folder: true))
            for (name, folder) in trees.legacy {
                let tree = try DetachedMount(copyOf: folder)
                try tree.change(set: attributes)
                try tree.attach(onto: base.descriptor.makeFolder(name))
            }
            try base.change(set: attributes)
        } catch {
            throw LaunchError(.mount, on: path, error)
        }
    }
}
