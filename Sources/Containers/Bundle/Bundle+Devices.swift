import Glibc
import Linux

extension Bundle.Device {
    /// Looks at the device that `request` names.
    ///
    /// - Parameter ownUsers: the container has ids of its own, to which a device's owner and group are strangers.
    init(_ request: DeviceRequest, ownUsers: Bool) throws(ContainerError) {
        var status = stat()
        guard stat(request.source, &status) == 0 else {
            throw ContainerError(.notFound, "cannot give the device \(request.source): \(Errno.current)")
        }
        let kind = status.st_mode & S_IFMT
        guard kind == S_IFCHR || kind == S_IFBLK else {
            throw ContainerError(.invalid, "cannot give \(request.source): it is not a device")
        }
        let needed: mode_t = (request.access.contains("r") ? 0o4 : 0) | (request.access.contains("w") ? 0o2 : 0)
        guard !ownUsers || status.st_mode & needed == needed else {
            var remedy = geteuid() == 0 ? "add --userns host" : "run it as root, with --userns host"
            // Whoever may use a disk may read and change all that is on it.
            if kind == S_IFCHR { remedy += ", or let everybody use it (chmod o+rw)" }
            throw ContainerError(
                .unsupported,
                "\(request.source) is only for its owner on this host, and the container has ids of its own: \(remedy)")
        }
        let number = DeviceNumber.split(status.st_rdev)
        self.init(
            request: request, type: kind == S_IFCHR ? "c" : "b", major: number.major, minor: number.minor,
            mode: status.st_mode & 0o7777, user: status.st_uid, group: status.st_gid)
    }

    /// All devices of this host, for a privileged container: what lies directly in /dev and its folders, but for
    /// terminals and shared memory, which every container has its own of.
    static func all() -> [DeviceRequest] {
        var found: [DeviceRequest] = []
        var folders = ["/dev"]
        while let folder = folders.popLast() {
            for name in ((try? Files.names(in: folder)) ?? []).sorted() {
                let path = "\(folder)/\(name)"
                if folder == "/dev", ownNames.contains(name) { continue }
                var status = stat()
                guard lstat(path, &status) == 0 else { continue }
                switch status.st_mode & S_IFMT {
                case S_IFDIR: folders.append(path)
                case S_IFCHR, S_IFBLK: found.append(DeviceRequest(path))
                default: break
                }
            }
        }
        return found
    }

    /// What the runtime makes in every container.
    private static let ownNames: Set<String> = [
        "console", "fd", "full", "mqueue", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin", "stdout", "tty",
        "urandom", "zero",
    ]
}
