import CLinux
import Glibc
import Linux
import OCI

/// The mounts that the launching process made for this child.
struct GivenMounts: ~Copyable {
    var root: DetachedMount?
    /// Those of bind mounts, the last one first: each is taken from the end.
    var binds: Binds

    struct Binds: ~Copyable {
        private var descriptors: [Int32]

        init(_ descriptors: [Int32]) { self.descriptors = descriptors.reversed() }

        /// The next in the order of config.json; `nil` where the child makes them itself.
        mutating func next() -> DetachedMount? {
            descriptors.popLast().map { DetachedMount(FileDescriptor(owning: $0)) }
        }

        deinit { for descriptor in descriptors { close(descriptor) } }
    }
}

extension Child {
    func receiveMounts() throws(LaunchError) -> GivenMounts {
        if !plan.preparesMounts { return GivenMounts(root: nil, binds: .init([])) }
        let descriptors = try channel.wait(for: .mountsMade)
        guard let root = descriptors.first else { throw LaunchError(.rootfs, "it was not handed down") }
        return GivenMounts(
            root: DetachedMount(FileDescriptor(owning: root)), binds: .init(Array(descriptors.dropFirst())))
    }

    /// Mounts made from here on stay in the container; those of the host may still go away in it.
    func isolateMounts() throws(LaunchError) {
        if plan.sharedRoot != nil { return }
        var flags = MS_SLAVE | MS_REC
        if let propagation = plan.rootPropagation {
            flags = Int(propagation.kind) | (propagation.recursive ? MS_REC : 0)
        }
        try during(.propagation) { () throws(SystemCallError) in
            try systemCall("change how mounts travel") { mount(nil, "/", nil, UInt(flags), nil) }
        }
        if plan.rootPropagation != nil {
            // pivot_root wants the mount above the new root not to be shared.
            try during(.propagation) { () throws(SystemCallError) in
                try systemCall("change how mounts travel") { mount(nil, "/", nil, UInt(MS_PRIVATE), nil) }
            }
        }
    }

    /// Mounts the root file system over the host's root, which this process goes on seeing until `pivot`: so no folder
    /// of the host need be searchable by the container's root to carry it.
    mutating func attachRoot(_ given: consuming DetachedMount?) throws(LaunchError) -> FileDescriptor {
        do throws(SystemCallError) {
            if let shared = plan.sharedRoot { return try shared.open() }
            let tree: DetachedMount
            if let given { tree = given } else { tree = try plan.request.rootfs.mounted(owners: nil) }
            if let place = plan.placeForHooks, let folder = try openPlace(place) {
                // What is mounted on a shared mount would appear on the host.
                if plan.rootPropagation != nil { try makePrivate(above: place) }
                try tree.attach(onto: folder)
            } else {
                try tree.attach(onto: FileDescriptor.open("/", flags: O_PATH | O_DIRECTORY))
                coversHost = true
            }
            return tree.intoDescriptor()
        } catch {
            throw LaunchError(.rootfs, on: plan.request.rootfs.name, error)
        }
    }

    /// `nil` where the root of this user namespace may not come to it, as to a folder in /root: hooks do without it then.
    private func openPlace(_ path: String) throws(SystemCallError) -> FileDescriptor? {
        do throws(SystemCallError) { return try FileDescriptor.open(path, flags: O_PATH | O_DIRECTORY) } catch {
            if error.errno == .accessDenied { return nil }
            throw error
        }
    }

    /// The mount that the folder `path` is on no longer travels.
    private func makePrivate(above path: String) throws(SystemCallError) {
        var path = path
        while mount(nil, path, nil, UInt(MS_PRIVATE), nil) != 0 {
            let reason = Errno.current
            // Not the top of a mount: that is further up.
            guard reason == .invalid, let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), path != "/" else {
                throw SystemCallError("change how mounts travel", path, errno: reason)
            }
            path = slash == path.startIndex ? "/" : String(path[..<slash])
        }
    }

    /// Makes `root` the root of this mount namespace, and the host's file systems vanish from it.
    func pivot(into root: borrowing FileDescriptor) throws(LaunchError) {
        let number = root.number
        do throws(SystemCallError) {
            try systemCall("enter it") { fchdir(number) }
            // The old root then lies over the new one, in the same place, and is taken off from there: no folder is
            // needed to put it in.
            if plan.request.pivots && plan.sharedRoot == nil {
                try systemCall("change the root") { clinux_pivot_root(".", ".") }
                try systemCall("leave the old root") { umount2(".", Int32(MNT_DETACH)) }
            } else {
                if plan.sharedRoot == nil {
                    try coverHost(with: root)
                    try hideHostViews()
                }
                try systemCall("change the root") { chroot(".") }
            }
            try systemCall("enter it") { chdir("/") }
            if let propagation = plan.rootPropagation {
                let flags = Int(propagation.kind) | (propagation.recursive ? MS_REC : 0)
                try systemCall("change how mounts travel") { mount(nil, "/", nil, UInt(flags), nil) }
            }
        } catch {
            throw LaunchError(.pivot, "\(error)")
        }
    }

    /// Without pivot_root the host's root stays this namespace's: whoever joins it, or climbs out of a chroot(2), would
    /// be there, did not the container's lie over it.
    private func coverHost(with root: borrowing FileDescriptor) throws(SystemCallError) {
        if coversHost { return }
        let place = try FileDescriptor.open("/", flags: O_PATH | O_DIRECTORY)
        try root.moveMount(onto: place)
    }

    /// Without pivot_root the host's mounts stay in this namespace, out of sight. Were a whole /proc or /sys among them,
    /// the kernel would let the container mount one more, without what is masked in its own.
    private func hideHostViews() throws(SystemCallError) {
        for mounted in try MountInfo.own() where ["proc", "sysfs"].contains(mounted.type) && mounted.root == "/" {
            let point = mounted.point
            // It goes in this namespace alone.
            mount(nil, point, nil, UInt(MS_SLAVE | MS_REC), nil)
            if umount2(point, Int32(MNT_DETACH)) == 0 || Errno.current == .noSuchFile { continue }
            // One that a user namespace above has locked can be covered.
            try systemCall("cover", point) { mount("tmpfs", point, "tmpfs", 0, nil) }
        }
    }

    /// Makes the root itself read-only where the spec asks for it; what is mounted below stays as it is.
    func protectRoot(_ root: borrowing FileDescriptor) throws(LaunchError) {
        if plan.request.spec.root?.readonly != true { return }
        do { try root.changeMount(set: UInt64(CLINUX_MOUNT_ATTR_RDONLY)) } catch {
            throw LaunchError(.protect, on: "/", error)
        }
    }
}
