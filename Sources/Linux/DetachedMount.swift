import CLinux
import Glibc

/// A mount, or a tree of them, that hangs nowhere yet. Closed before it is attached, it is gone.
///
/// It can be made by one process and attached by another, in another mount namespace: see fsmount(2), open_tree(2),
/// move_mount(2).
package struct DetachedMount: ~Copyable {
    package let descriptor: FileDescriptor

    package init(_ descriptor: consuming FileDescriptor) { self.descriptor = descriptor }

    /// A new file system.
    ///
    /// - Parameters:
    ///   - options: what the file system itself reads, such as `mode=755`; `nil` for a word without a value.
    ///   - wishes: words that the file system may know or not.
    ///   - attributes: of the mount, `MOUNT_ATTR_*`.
    package init(
        filesystem: String, source: String? = nil, options: [(String, String?)] = [], wishes: [String] = [],
        attributes: UInt32 = 0
    ) throws(SystemCallError) {
        let context = FileDescriptor(
            owning: try systemCall("open file system", filesystem) { clinux_fsopen(filesystem) })
        let number = context.number
        let text = UInt32(CLINUX_FSCONFIG_SET_STRING)
        if let source {
            try systemCall("set the source of", filesystem) { clinux_fsconfig(number, text, "source", source, 0) }
        }
        try context.configure(options, of: filesystem)
        for word in wishes { clinux_fsconfig(number, UInt32(CLINUX_FSCONFIG_SET_FLAG), word, nil, 0) }
        try systemCall("make file system", filesystem) {
            clinux_fsconfig(number, UInt32(CLINUX_FSCONFIG_CMD_CREATE), nil, nil, 0)
        }
        descriptor = FileDescriptor(
            owning: try systemCall("mount file system", filesystem) { clinux_fsmount(number, attributes) })
    }

    /// A copy of what is mounted at `path` below the folder `base`, as `mount --bind` makes it; with `recursive`, of
    /// what is mounted below it too. An empty path is the open file `base` itself.
    package init(copyOf path: String, below base: Int32 = AT_FDCWD, recursive: Bool = false) throws(SystemCallError) {
        var flags = UInt32(CLINUX_OPEN_TREE_CLONE)
        if recursive { flags |= UInt32(CLINUX_AT_RECURSIVE) }
        if path.isEmpty { flags |= UInt32(CLINUX_AT_EMPTY_PATH) }
        descriptor = FileDescriptor(
            owning: try systemCall("take a copy of", path.isEmpty ? nil : path) { clinux_open_tree(base, path, flags) })
    }

    /// Changes `MOUNT_ATTR_*` of the mount. See mount_setattr(2).
    package func change(set: UInt64, clear: UInt64 = 0, recursive: Bool = false) throws(SystemCallError) {
        try descriptor.changeMount(set: set, clear: clear, recursive: recursive)
    }

    /// Shows files inside as owned by the ids that the user namespace `users` maps theirs to: what 0 owns on disk,
    /// the namespace's root owns.
    package func mapOwners(_ users: Int32, recursive: Bool = false) throws(SystemCallError) {
        let number = descriptor.number
        let flags = UInt32(CLINUX_AT_EMPTY_PATH) | (recursive ? UInt32(CLINUX_AT_RECURSIVE) : 0)
        try systemCall("map owners") {
            clinux_mount_setattr(number, "", flags, UInt64(CLINUX_MOUNT_ATTR_IDMAP), 0, 0, users)
        }
    }

    /// The root of the mount, as an open folder: still of use after it is attached.
    package consuming func intoDescriptor() -> FileDescriptor { descriptor }

    /// Hangs it onto the open file or folder `target`, which must be in this process's mount namespace.
    package func attach(onto target: borrowing FileDescriptor) throws(SystemCallError) {
        try descriptor.moveMount(onto: target)
    }
}

extension FileDescriptor {
    /// Gives the file system whose context this is what it reads.
    fileprivate func configure(_ options: [(String, String?)], of filesystem: String) throws(SystemCallError) {
        let number = self.number
        for (key, value) in options {
            try systemCall("set \(key)\(value.map { "=\($0)" } ?? "") of", filesystem) {
                if let value { return clinux_fsconfig(number, UInt32(CLINUX_FSCONFIG_SET_STRING), key, value, 0) }
                return clinux_fsconfig(number, UInt32(CLINUX_FSCONFIG_SET_FLAG), key, nil, 0)
            }
        }
    }

    /// Changes what the file system of the mount that this is the root of reads, such as `size=1m`.
    package func reconfigure(_ options: [(String, String?)]) throws(SystemCallError) {
        if options.isEmpty { return }
        let number = self.number
        let context = FileDescriptor(owning: try systemCall("change the file system") { clinux_fspick(number) })
        try context.configure(options, of: "the file system")
        let picked = context.number
        try systemCall("change the file system") {
            clinux_fsconfig(picked, UInt32(CLINUX_FSCONFIG_CMD_RECONFIGURE), nil, nil, 0)
        }
    }

    /// Takes the mount that this is the root of to the open file or folder `target`.
    package func moveMount(onto target: borrowing FileDescriptor) throws(SystemCallError) {
        let (number, target) = (self.number, target.number)
        let flags = UInt32(CLINUX_MOVE_MOUNT_F_EMPTY_PATH | CLINUX_MOVE_MOUNT_T_EMPTY_PATH)
        try systemCall("mount") { clinux_move_mount(number, "", target, "", flags) }
    }

    /// Changes `MOUNT_ATTR_*` of the mount that this is the root of.
    package func changeMount(set: UInt64, clear: UInt64 = 0, recursive: Bool = false) throws(SystemCallError) {
        if set == 0 && clear == 0 { return }
        let number = self.number
        let flags = UInt32(CLINUX_AT_EMPTY_PATH) | (recursive ? UInt32(CLINUX_AT_RECURSIVE) : 0)
        try systemCall("change a mount") { clinux_mount_setattr(number, "", flags, set, clear, 0, -1) }
    }

    /// Sets how mounts made below this one travel to and from its copies: `MS_PRIVATE`, `MS_SLAVE`, `MS_SHARED` or
    /// `MS_UNBINDABLE`.
    package func setPropagation(_ kind: UInt64, recursive: Bool) throws(SystemCallError) {
        let number = self.number
        let flags = UInt32(CLINUX_AT_EMPTY_PATH) | (recursive ? UInt32(CLINUX_AT_RECURSIVE) : 0)
        try systemCall("change how mounts travel") { clinux_mount_setattr(number, "", flags, 0, 0, kind, -1) }
    }
}
