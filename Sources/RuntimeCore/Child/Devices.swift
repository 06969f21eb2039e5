import CLinux
import Glibc
import Linux
import OCI

/// The device files that every container has, those that its config.json adds, and the links in /dev.
extension Child {
    /// Where devices are. A file system that is made there is filled before it becomes read-only: see `protectPaths`.
    static var devices: String { "dev" }

    /// Those of config.json first: what it says of /dev/null counts for /dev/null.
    func makeDevices(
        below root: borrowing FileDescriptor, given: inout GivenMounts.Binds
    ) throws(LaunchError) {
        for device in plan.linux.devices {
            if !plan.hasMade(device) { continue }
            let path = MountPlan.normal(device.path)
            let name = path.split(separator: "/").last.map(String.init) ?? ""
            let folder = try during(.device, on: device.path) { () throws(SystemCallError) in
                try root.makeFolder(MountPlan.normal(String(path.dropLast(name.utf8.count))))
            }
            if DeviceSources.prepares(device, plan), let mount = given.next() {
                do throws(SystemCallError) { try Self.attach(mount, name, in: folder) } catch {
                    throw LaunchError(.device, on: device.path, error)
                }
            } else {
                try make(device, name, in: folder)
            }
        }
        if plan.isDeviceFolderBound { return }
        let folder = try during(.device, on: "/dev") { () throws(SystemCallError) in try root.makeFolder("dev") }
        for (name, minor, major) in Self.usual {
            let path = "/dev/\(name)"
            if plan.linux.devices.contains(where: { $0.path == path }) { continue }
            try make(.init(type: "c", path: path, major: major, minor: minor, fileMode: 0o666), name, in: folder)
        }
        try makeLinks(in: folder)
    }

    private static let usual: [(name: String, minor: Int64, major: Int64)] = [
        ("null", 3, 1), ("zero", 5, 1), ("full", 7, 1), ("random", 8, 1), ("urandom", 9, 1), ("tty", 0, 5),
    ]

    private func make(
        _ device: OCI.RuntimeSpec.Device, _ name: String, in folder: borrowing FileDescriptor
    ) throws(LaunchError) {
        let kind: mode_t
        switch device.type {
        case "c", "u": kind = S_IFCHR
        case "b": kind = S_IFBLK
        case "p": kind = S_IFIFO
        default: return
        }
        let base = folder.number
        let number = gnu_dev_makedev(UInt32(clamping: device.major ?? 0), UInt32(clamping: device.minor ?? 0))
        // A user namespace has no right to make devices: it is shown those of the host.
        if !plan.makesDevices && kind != S_IFIFO {
            try bindDevice(device, kind, number, name, in: folder)
            return
        }
        if mknodat(base, name, kind | mode_t((device.fileMode ?? 0o666) & 0o7777), number) != 0 {
            let reason = Errno.current
            let there = reason == .exists ? try? folder.open(name, flags: O_PATH | O_NOFOLLOW).status() : nil
            let isSame = there.map { $0.st_rdev == number && $0.st_mode & S_IFMT == kind } ?? false
            if !isSame { throw LaunchError(.device, on: device.path, "\(reason)") }
        } else if device.uid != nil || device.gid != nil {
            try during(.device, on: device.path) { () throws(SystemCallError) in
                try systemCall("set the owner") {
                    fchownat(base, name, device.uid ?? 0, device.gid ?? 0, AT_SYMLINK_NOFOLLOW)
                }
            }
        }
    }

    private func bindDevice(
        _ device: OCI.RuntimeSpec.Device, _ kind: mode_t, _ number: dev_t, _ name: String,
        in folder: borrowing FileDescriptor
    ) throws(LaunchError) {
        try during(.device, on: device.path) { () throws(SystemCallError) in
            let host = try Self.hostDevice(device.path, kind, number)
            try Self.attach(DetachedMount(copyOf: "", below: host.number), name, in: folder)
        }
    }

    private static func attach(
        _ device: consuming DetachedMount, _ name: String, in folder: borrowing FileDescriptor
    ) throws(SystemCallError) {
        let base = folder.number
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let made = clinux_openat(base, name, flags, 0o666)
        if made >= 0 { return try device.attach(onto: FileDescriptor(owning: made)) }
        let reason = Errno.current
        if reason != .exists { throw SystemCallError("make", name, errno: reason) }
        // What the image has there is not opened: a FIFO would wait for its other end.
        let target = try folder.open(name, flags: O_PATH | O_NOFOLLOW)
        if try target.status().st_mode & S_IFMT == S_IFLNK { throw SystemCallError("make", name, errno: .loop) }
        try device.attach(onto: target)
    }

    /// The host's device file: at the same path, else where the kernel names it.
    private static func hostDevice(
        _ path: String, _ kind: mode_t, _ number: dev_t
    ) throws(SystemCallError) -> FileDescriptor {
        let (major, minor) = (gnu_dev_major(number), gnu_dev_minor(number))
        let entry = "/sys/dev/\(kind == S_IFBLK ? "block" : "char")/\(major):\(minor)/uevent"
        let named = (Files.text(entry) ?? "").split(separator: "\n").first { $0.begins(with: "DEVNAME=") }
        for candidate in [path, named.map { "/dev/\($0.dropFirst(8))" }].compactMap({ $0 }) {
            guard let file = try? FileDescriptor.open(candidate, flags: O_PATH), let status = try? file.status() else {
                continue
            }
            if status.st_mode & S_IFMT == kind && status.st_rdev == number { return file }
        }
        throw SystemCallError("use the host's", path, errno: .noSuchDevice)
    }

    private func makeLinks(in folder: borrowing FileDescriptor) throws(LaunchError) {
        let base = folder.number
        for (name, target) in [
            ("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1"),
            ("stderr", "/proc/self/fd/2"), ("ptmx", "pts/ptmx"),
        ] where symlinkat(target, base, name) != 0 {
            let reason = Errno.current
            if reason != .exists { throw LaunchError(.device, on: "/dev/\(name)", "\(reason)") }
        }
    }
}
