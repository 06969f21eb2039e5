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
                try attach(fresh(mount, type, source, below: root), mount, below: root)
            case .changed:
                try change(mount, below: root)
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

    private mutating func fresh(
        _ mount: MountPlan, _ type: String, _ source: String, below root: borrowing FileDescriptor
    ) throws(LaunchError) -> DetachedMount {
        var options = mount.options.data.map { ($0.key, $0.value) }
        if let label = plan.linux.mountLabel, !label.isEmpty, SecurityLabel.labelledFileSystems.contains(type),
            SecurityLabel.hasSELinux
        {
            options.append(("context", label))
        }
        let attributes = UInt32(mount.options.set | mount.options.recursiveSet)
        do {
            if options.contains(where: { ($0.1?.utf8.count ?? 0) > Self.longestValue }) {
                return try mountedAtOnce(type, source, options, attributes)
            }
            guard type == "tmpfs" else {
                return try made(type, source, options, wishes: mount.options.wishes, attributes)
            }
            // It has the permissions of the folder that it covers, where nothing else is said.
            let folder = O_PATH | O_DIRECTORY
            let covered = (try? root.open(inRoot: mount.target, flags: folder).status())?.st_mode
            if let covered, !options.contains(where: { $0.0 == "mode" }) {
                options.append(("mode", String(covered & 0o7777, radix: 8)))
            }
            let readOnly = attributes & UInt32(CLINUX_MOUNT_ATTR_RDONLY)
            let tree = try DetachedMount(
                filesystem: type, source: source, options: options, wishes: mount.options.wishes,
                attributes: attributes & ~readOnly)
            if mount.options.copyUp && covered != nil {
                try CopyUp.copy(from: root.open(inRoot: mount.target, flags: folder), to: tree.descriptor)
            }
            if readOnly != 0 { protectedLater.append((mount.target, try tree.descriptor.duplicate().release())) }
            return tree
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

    /// A disk that is only to be read is opened so; where the host has it mounted otherwise, the mount alone is
    /// read-only.
    private func made(
        _ type: String, _ source: String, _ options: [(String, String?)], wishes: [String], _ attributes: UInt32
    ) throws(SystemCallError) -> DetachedMount {
        if Self.isReadOnlyDisk(source, attributes) {
            do throws(SystemCallError) {
                return try DetachedMount(
                    filesystem: type, source: source, options: [("ro", nil)] + options, wishes: wishes,
                    attributes: attributes)
            } catch {
                if error.errno != .busy { throw error }
            }
        }
        return try DetachedMount(
            filesystem: type, source: source, options: options, wishes: wishes, attributes: attributes)
    }

    private static func isReadOnlyDisk(_ source: String, _ attributes: UInt32) -> Bool {
        source.begins(with: "/") && attributes & UInt32(CLINUX_MOUNT_ATTR_RDONLY) != 0
    }

    /// The longest that fsconfig(2) takes: many a list of an overlay's layers is longer.
    private static let longestValue = 255

    /// By mount(2), which takes all options in one page of text.
    private func mountedAtOnce(
        _ type: String, _ source: String, _ options: [(String, String?)], _ attributes: UInt32
    ) throws(SystemCallError) -> DetachedMount {
        let text = options.map { key, value in value.map { "\(key)=\($0)" } ?? key }.joined(separator: ",")
        if text.utf8.count >= 4096 { throw SystemCallError("use options longer than a page of", type, errno: .invalid) }
        let made = try MountedAside.mounts { () throws(SystemCallError) in
            // Over some folder that every host has, in a namespace that ends with this.
            let place = "/proc"
            let flags = Self.isReadOnlyDisk(source, attributes) ? UInt(MS_RDONLY) : 0
            try systemCall("mount file system", type) { mount(source, place, type, flags, text) }
            return [try DetachedMount(copyOf: place).intoDescriptor().release()]
        }
        let tree = DetachedMount(FileDescriptor(owning: made[0]))
        try tree.change(set: UInt64(attributes))
        return tree
    }

    /// Changes the options of what is mounted at a place already.
    private mutating func change(_ mount: MountPlan, below root: borrowing FileDescriptor) throws(LaunchError) {
        let options = mount.options
        if (options.clear | options.recursiveClear) & UInt64(CLINUX_MOUNT_ATTR_RDONLY) != 0 {
            protectedLater.removeAll { $0.target == mount.target }
        }
        try during(.mount, on: "/\(mount.target)") { () throws(SystemCallError) in
            let place = try root.open(inRoot: mount.target, flags: O_PATH)
            if !options.bind { try place.reconfigure(options.data.map { ($0.key, $0.value) }) }
            try place.changeMount(set: options.set, clear: options.clear)
            try place.changeMount(set: options.recursiveSet, clear: options.recursiveClear, recursive: true)
            for propagation in options.propagations {
                try place.setPropagation(propagation.kind, recursive: propagation.recursive)
            }
        }
    }

    private func attach(
        _ tree: consuming DetachedMount, _ mount: MountPlan, below root: borrowing FileDescriptor
    ) throws(LaunchError) {
        do {
            let isFolder = try tree.descriptor.status().st_mode & S_IFMT == S_IFDIR
            try Self.check(mount, below: root)
            try tree.attach(onto: Self.target(of: mount, folder: isFolder, covering: tree.descriptor, below: root))
            for propagation in mount.options.propagations {
                try tree.descriptor.setPropagation(propagation.kind, recursive: propagation.recursive)
            }
        } catch {
            throw Self.failure(error, of: mount)
        }
    }

    private static func failure(_ error: any Error, of mount: MountPlan) -> LaunchError {
        switch error {
        case let error as LaunchError: error
        case let error as SystemCallError: LaunchError(.mount, on: "/\(mount.target)", error)
        default: LaunchError(.mount, on: "/\(mount.target)", "\(error)")
        }
    }

    /// The kernel's word must be where programs look for it: /proc and /sys are folders, no links to another place.
    private static func check(_ mount: MountPlan, below root: borrowing FileDescriptor) throws(LaunchError) {
        guard case .new(let type, _) = mount.kind, type == "proc" || type == "sysfs" else { return }
        guard let place = try? root.open(inRoot: mount.target, flags: O_PATH | O_NOFOLLOW).status() else { return }
        if place.st_mode & S_IFMT != S_IFDIR {
            let reason = "it must be mounted on ordinary directory: the image has something else than a folder there"
            throw LaunchError(.mount, on: "/\(mount.target)", reason)
        }
    }

    /// Where `mount` goes. Inside /proc nothing may cover the kernel's word; a whole one may lie over another.
    private static func target(
        of mount: MountPlan, folder: Bool, covering tree: borrowing FileDescriptor, below root: borrowing FileDescriptor
    ) throws(LaunchError) -> FileDescriptor {
        let target = try during(.mount, on: "/\(mount.target)") { () throws(SystemCallError) in
            try root.target(mount.target, folder: folder)
        }
        // The kernel would say "invalid argument", which tells nobody what is wrong.
        let status = try during(.mount, on: "/\(mount.target)") { () throws(SystemCallError) in try target.status() }
        if (status.st_mode & S_IFMT == S_IFDIR) != folder {
            let source = if case .bind(let source) = mount.kind { source } else { "what is mounted" }
            throw LaunchError(
                .mount, on: "/\(mount.target)",
                folder ? "not a directory, and \(source) is one" : "\(source) is not a directory, and it is one")
        }
        let isInside = fileSystem(of: target) == UInt(PROC_SUPER_MAGIC) && !coverable.contains(mount.target)
        if isInside, !isWholeProc(target) || !isWholeProc(tree) {
            throw LaunchError(.mount, on: "/\(mount.target)", "it lies inside /proc")
        }
        return target
    }

    /// Whether it is the topmost folder of a proc file system: number 1 there.
    private static func isWholeProc(_ file: borrowing FileDescriptor) -> Bool {
        var status = stat()
        return fileSystem(of: file) == UInt(PROC_SUPER_MAGIC) && fstat(file.number, &status) == 0 && status.st_ino == 1
    }

    /// The files inside /proc that may be covered: those that lxcfs provides. Any other would be the container's word
    /// in place of the kernel's.
    private static let coverable: Set<String> = [
        "proc/cpuinfo", "proc/diskstats", "proc/meminfo", "proc/stat", "proc/swaps", "proc/uptime", "proc/loadavg",
        "proc/slabinfo", "proc/net/dev", "proc/sys/kernel/ns_last_pid", "proc/sys/crypto/fips_enabled",
    ]

    /// Shows the container its own control group, in each tree that it is in: the folder where cgroup v2 is all there
    /// is, else a folder for each tree as on the host. Bound, not mounted anew, so that a user namespace may have it.
    private mutating func mountCgroup(_ mount: MountPlan, below root: borrowing FileDescriptor) throws(LaunchError) {
        try waitForCgroup()
        do {
            let attributes = mount.options.set | mount.options.recursiveSet
            let trees = CgroupView(group: plan.cgroup)
            if let only = trees.unified {
                let tree = try DetachedMount(copyOf: only)
                try tree.change(set: attributes)
                try tree.attach(onto: Self.target(of: mount, folder: true, covering: tree.descriptor, below: root))
                return
            }
            let base = try DetachedMount(filesystem: "tmpfs", source: "cgroup", options: [("mode", "755")])
            try base.attach(onto: Self.target(of: mount, folder: true, covering: base.descriptor, below: root))
            for (name, folder) in trees.legacy {
                let tree = try DetachedMount(copyOf: folder)
                try tree.change(set: attributes)
                try tree.attach(onto: base.descriptor.makeFolder(name))
            }
            try base.change(set: attributes)
        } catch {
            throw Self.failure(error, of: mount)
        }
    }
}
