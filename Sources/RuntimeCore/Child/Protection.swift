import CLinux
import Glibc
import Linux
import OCI

/// Masked and read-only paths, and what else of the container's file systems is prepared last.
extension Child {
    /// Hides the masked paths: a file behind the host's own null device, a folder behind an empty one that cannot be
    /// written to. The container's /dev/null, which may be a link to anything, plays no part.
    func hidePaths(below root: borrowing FileDescriptor) throws(LaunchError) {
        if plan.linux.maskedPaths.isEmpty { return }
        let null = try during(.hide, on: "/dev/null") { () throws(SystemCallError) in
            let null = try FileDescriptor.open("/dev/null", flags: O_PATH | O_NOFOLLOW)
            let status = try null.status()
            guard status.st_mode & S_IFMT == S_IFCHR, status.st_rdev == gnu_dev_makedev(1, 3) else {
                throw SystemCallError("use", "/dev/null", errno: .noSuchDevice)
            }
            return null
        }
        var empty: FileDescriptor?
        for path in plan.linux.maskedPaths {
            do throws(SystemCallError) {
                let target = try root.open(inRoot: path, flags: O_PATH)
                if try target.status().st_mode & S_IFMT != S_IFDIR {
                    try DetachedMount(copyOf: "", below: null.number).attach(onto: target)
                } else if let first = empty?.number {
                    // One file system for all: each further one would cost memory and time.
                    try DetachedMount(copyOf: "", below: first).attach(onto: target)
                } else {
                    let first = try DetachedMount(
                        filesystem: "tmpfs", options: [("nr_blocks", "1"), ("nr_inodes", "1")],
                        attributes: UInt32(
                            CLINUX_MOUNT_ATTR_RDONLY | CLINUX_MOUNT_ATTR_NOSUID | CLINUX_MOUNT_ATTR_NODEV
                                | CLINUX_MOUNT_ATTR_NOEXEC))
                    try first.attach(onto: target)
                    empty = first.intoDescriptor()
                }
            } catch {
                // What is not there, or may not be looked at, needs no hiding.
                if ![.noSuchFile, .notDirectory, .accessDenied].contains(error.errno) {
                    throw LaunchError(.hide, on: path, error)
                }
            }
        }
    }

    /// Makes paths read-only by mounting each onto itself: the copy is read-only before anybody can see it.
    func protectPaths(below root: borrowing FileDescriptor) throws(LaunchError) {
        for (target, mount) in protectedLater {
            let mount = FileDescriptor(owning: mount)
            try during(.protect, on: "/\(target)") { () throws(SystemCallError) in
                try mount.changeMount(set: UInt64(CLINUX_MOUNT_ATTR_RDONLY))
            }
        }
        for path in plan.linux.readonlyPaths {
            do throws(SystemCallError) {
                let target = try root.open(inRoot: path, flags: O_PATH)
                let copy = try DetachedMount(copyOf: "", below: target.number, recursive: true)
                try copy.change(set: UInt64(CLINUX_MOUNT_ATTR_RDONLY), recursive: true)
                try copy.attach(onto: target)
            } catch {
                if error.errno != .noSuchFile && error.errno != .notDirectory {
                    throw LaunchError(.protect, on: path, error)
                }
            }
        }
    }

    /// Kernel parameters of the container's namespaces: whose they are depends on who writes, not on which /proc, so
    /// the host's serves, which the container cannot have covered.
    func setSysctls() throws(LaunchError) {
        if plan.linux.sysctl.isEmpty { return }
        for (key, value) in plan.linux.sysctl.sorted(by: { $0.key < $1.key }) {
            let path = try Sysctl(key).path
            try during(.sysctl, on: key) { () throws(SystemCallError) in
                try proc.open(plainly: "sys/\(path)", flags: O_WRONLY).write(value.utf8)
            }
        }
    }

    /// Makes the working directory where it is absent. A read-only place says so when it is entered.
    func makeWorkingDirectory(below root: borrowing FileDescriptor) throws(LaunchError) {
        let path = MountPlan.normal(plan.process.cwd)
        if !path.isEmpty { _ = try? root.makeFolder(path) }
    }
}
