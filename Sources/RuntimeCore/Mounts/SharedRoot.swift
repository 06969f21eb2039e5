import CLinux
import Glibc
import Linux
import OCI

/// The root of a container without a new mount namespace: others see what is mounted for it. See config-linux.md,
/// "Namespaces": what is not listed, the container inherits.
///
/// The root lies over its own folder there, and all of the container's mounts below it: so whoever ends the container
/// takes them off in one call, and nothing that was there before is changed. The launching process does both, not the
/// child, which may be killed at any time.
package struct SharedRoot: Hashable, Sendable {
    private let folder: String
    /// The mount namespace; `nil` is the caller's.
    private let namespace: String?

    /// `nil` where the container has a mount namespace of its own, with which its mounts go.
    ///
    /// - Parameter folder: the root file system, absolute.
    package init?(_ spec: OCI.RuntimeSpec, folder: String) {
        let mount = spec.linux?.namespaces.first { $0.type == .mount }
        let path = mount?.path.flatMap { $0.isEmpty ? nil : $0 }
        if mount != nil && path == nil { return nil }
        self.folder = folder
        namespace = path
    }

    func attach() throws(LaunchError) {
        try inside { () throws(SystemCallError) in
            let folder = try open()
            let tree = try DetachedMount(copyOf: self.folder, recursive: true)
            try tree.attach(onto: folder)
            // What is mounted on it from here on appears in no copy of the folder above.
            try tree.descriptor.setPropagation(UInt64(MS_PRIVATE), recursive: true)
        }
    }

    /// Takes off the root and all that is mounted below it. Where its folder or its namespace is gone, so is it.
    package func detach() {
        try? inside { () throws(SystemCallError) in
            _ = try open()
            try systemCall("take off", folder) { umount2(folder, Int32(MNT_DETACH)) }
        }
    }

    /// The folder, as the child uses it once it is in the namespace.
    func open() throws(SystemCallError) -> FileDescriptor {
        let flags = O_PATH | O_DIRECTORY
        let root = try FileDescriptor.open(folder, flags: flags)
        let own = try root.status()
        let hosts = try FileDescriptor.open("/", flags: flags).status()
        // It could be neither covered nor taken off without the rest of this system.
        if own.st_dev == hosts.st_dev && own.st_ino == hosts.st_ino {
            throw SystemCallError("share", folder, errno: .busy)
        }
        return root
    }

    /// Does it in the namespace: a process that goes there and ends, since the way back is not the whole way.
    private func inside(_ body: () throws(SystemCallError) -> Void) throws(LaunchError) {
        guard let namespace else { return try during(.rootfs, on: folder, body) }
        let reason = try during(.joinNamespace, on: namespace) { () throws(SystemCallError) in
            switch try Cloned.clone() {
            case .child:
                do throws(SystemCallError) {
                    try Namespaces.mount.join(try FileDescriptor.open(namespace))
                    try body()
                } catch { _exit(error.errno.rawValue) }
                _exit(0)
            case .parent(_, let process): return try process.wait()
            }
        }
        if reason != 0 { throw LaunchError(.rootfs, on: folder, "in \(namespace): \(Errno(rawValue: reason))") }
    }
}
