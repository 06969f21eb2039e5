import CLinux
import Glibc
import Linux

/// Whether namespaces and idmapped mounts work here, tried out: nothing but a try tells (kernel, settings, security
/// modules and the surrounding container all have a say).
enum NamespaceProbe {
    static func lines(folder: String, root: Bool) -> [HostReport.Line] {
        var lines: [HostReport.Line] = []
        let missing = ["mnt", "pid", "net", "ipc", "uts", "cgroup"].filter { !Files.exists("/proc/self/ns/\($0)") }
        if !missing.isEmpty {
            lines.append(
                .init(
                    "namespaces", .missing, "the kernel lacks \(missing.joined(separator: ", "))",
                    remedy: "a kernel with CONFIG_NAMESPACES and all below it"))
        }
        guard let child = Child() else {
            lines.append(.init("user namespaces", .missing, "refused: \(Errno.current)", remedy: remedy))
            return lines
        }
        if missing.isEmpty { lines.append(othersLine(child)) }
        if let refusal = child.refusal {
            lines.append(
                .init(
                    "user namespaces", .missing, "refused: \(refusal)",
                    remedy: root && child.othersRefusal == nil ? "\(remedy), or --userns host" : remedy))
            return lines
        }
        lines.append(.init("user namespaces", .works, "each container has ids of its own"))
        if root { lines.append(idmapLine(child, folder: folder)) }
        return lines
    }

    private static func othersLine(_ child: borrowing Child) -> HostReport.Line {
        let names = "mount, pid, network, ipc, uts, cgroup"
        guard let refusal = child.othersRefusal else { return .init("namespaces", .works, names) }
        return .init(
            "namespaces", .missing, "\(names) refused: \(refusal): no container can start, what runs can be seen",
            remedy: "run boxtop on the host itself, or where this place is privileged (docker run --privileged)")
    }

    private static func idmapLine(_ child: borrowing Child, folder: String) -> HostReport.Line {
        var folder = folder
        while !Files.exists(folder), folder != "/" { folder = Paths.parent(folder) }
        let type = FileSystemName.of(folder)
        if let reason = child.idmapRefusal(folder) {
            return .init(
                "idmapped mounts", .missing, "refused on \(type) (\(folder)): \(reason)",
                remedy: "put the state folder on ext4, xfs, btrfs or tmpfs (BOXTOP_STATE); until then --userns host")
        }
        return .init("idmapped mounts", .works, "on \(type) (\(folder))")
    }

    private static var remedy: String {
        if let limit = Files.text("/proc/sys/user/max_user_namespaces"), limit.hasPrefix("0\n") {
            return "sysctl user.max_user_namespaces=15000"
        }
        if Files.text("/proc/sys/kernel/unprivileged_userns_clone")?.hasPrefix("0") ?? false {
            return "sysctl kernel.unprivileged_userns_clone=1"
        }
        if Files.text("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")?.hasPrefix("1") ?? false {
            return "sysctl kernel.apparmor_restrict_unprivileged_userns=0"
        }
        return "a kernel with CONFIG_USER_NS, and a place that allows them"
    }

    /// A process in namespaces of its own that waits to be told to end.
    private struct Child: ~Copyable {
        let pid: pid_t
        /// Why it has no user namespace; `nil` where it has.
        let refusal: Errno?
        /// Why it has none of the other kinds, in its user namespace or, without one, as the user it is.
        let othersRefusal: Errno?
        private let hold: FileDescriptor

        init?() {
            // Numbers and not values that close themselves: in the child those would be closed before their use.
            var (ready, hold) = ([Int32](repeating: -1, count: 2), [Int32](repeating: -1, count: 2))
            guard clinux_pipe2(&ready, O_CLOEXEC) == 0 else { return nil }
            guard clinux_pipe2(&hold, O_CLOEXEC) == 0 else {
                for number in ready { close(number) }
                return nil
            }
            let others = Int32(
                CLINUX_NEWNS | CLINUX_NEWPID | CLINUX_NEWNET | CLINUX_NEWIPC | CLINUX_NEWUTS | CLINUX_NEWCGROUP)
            let pid = fork()
            if pid == 0 {
                // From here to _exit only system calls: nothing of the parent's is touched.
                close(hold[1])
                var answer: UInt8 = clinux_unshare(Int32(CLINUX_NEWUSER)) == 0 ? 0 : UInt8(truncatingIfNeeded: errno)
                write(ready[1], &answer, 1)
                answer = clinux_unshare(others) == 0 ? 0 : UInt8(truncatingIfNeeded: errno)
                write(ready[1], &answer, 1)
                close(ready[1])
                read(hold[0], &answer, 1)
                _exit(0)
            }
            close(ready[1])
            close(hold[0])
            self.hold = FileDescriptor(owning: hold[1])
            self.pid = pid
            var answers = [UInt8(truncatingIfNeeded: EPERM), UInt8(truncatingIfNeeded: EPERM)]
            // One byte at a time: they are written one at a time.
            for index in answers.indices { read(ready[0], &answers[index], 1) }
            close(ready[0])
            refusal = answers[0] == 0 ? nil : Errno(rawValue: Int32(answers[0]))
            othersRefusal = answers[1] == 0 ? nil : Errno(rawValue: Int32(answers[1]))
        }

        deinit {
            // Its end of the pipe is held here: killed, it needs no telling.
            if pid > 0 {
                kill(pid, SIGKILL)
                waitpid(pid, nil, 0)
            }
        }

        /// Why a mount of `folder` cannot show other owners; `nil` where it can.
        func idmapRefusal(_ folder: String) -> Errno? {
            let map = Array("0 \(0x7000_0000) 65536\n".utf8)
            do throws(SystemCallError) {
                try Files.write(map, to: "/proc/\(pid)/uid_map")
                try Files.write(map, to: "/proc/\(pid)/gid_map")
                let users = try FileDescriptor.open("/proc/\(pid)/ns/user")
                let tree = FileDescriptor(
                    owning: try systemCall("copy the mount of", folder) {
                        clinux_open_tree(AT_FDCWD, folder, UInt32(CLINUX_OPEN_TREE_CLONE))
                    })
                let (number, owners) = (tree.number, users.number)
                try systemCall("map owners of", folder) {
                    clinux_mount_setattr(
                        number, "", UInt32(CLINUX_AT_EMPTY_PATH), UInt64(CLINUX_MOUNT_ATTR_IDMAP), 0, 0, owners)
                }
                return nil
            } catch { return error.errno }
        }
    }
}

/// The type of the file system that a folder lies on, as /proc/self/mountinfo names it.
enum FileSystemName {
    static func of(_ folder: String) -> String {
        var status = stat()
        guard stat(folder, &status) == 0 else { return "an unknown file system" }
        let device = DeviceNumber.split(status.st_dev)
        let mounted = (try? MountInfo.own())?.first { $0.device == "\(device.major):\(device.minor)" }
        return mounted?.type ?? "an unknown file system"
    }
}
