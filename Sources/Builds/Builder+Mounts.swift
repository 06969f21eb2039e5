import CLinux
import Containers
import Glibc
import Images
import Linux
import OCI

extension Builder {
    /// Gives the container of a RUN what `mount` speaks of; the digest of what the step's outcome hangs on, in it.
    func apply(
        _ mount: RunMount, to new: inout NewContainer, place: borrowing BuildPlace, stage: Stage
    ) throws(BuildError) -> String? {
        let workdir = stage.process.workingDir ?? "/"
        func absolute(_ path: String) -> String { BuildPath.normal(path.hasPrefix("/") ? path : "\(workdir)/\(path)") }
        let target = mount.target.map(absolute)
        switch mount.kind {
        case .secret: try addSecret(mount, at: target, to: &new, place: place)
        case .tmpfs:
            new.tmpfs.append(TmpfsRequest(at: target ?? "/", options: mount.size.map { ["size=\($0)"] } ?? []))
        case .cache: return try addCache(mount, at: target ?? "/", to: &new, place: place, stage: stage)
        case .bind: return try addBind(mount, at: target ?? "/", to: &new, place: place, stage: stage)
        }
        return nil
    }

    /// Waits until nobody else has the caches that `mounts` want for this step alone.
    func lockCaches(_ mounts: [RunMount], of new: NewContainer) throws(BuildError) -> CacheLock {
        var names = new.volumes.compactMap { volume -> String? in
            if case .named(let name) = volume.source { name } else { nil }
        }[...]
        var wanted: Set<String> = []
        // Nothing but a cache is a volume with a name, in the order of the mounts.
        for mount in mounts where mount.kind == .cache {
            if let name = names.popFirst(), mount.isExclusive { wanted.insert(name) }
        }
        return try CacheLock(wanted, in: cache.folder) { _ in
            say(.note("waiting for another build, which has a cache for itself"))
        }
    }

    /// A volume that is there for whoever asks for the same cache. One that begins otherwise is another.
    private func addCache(
        _ mount: RunMount, at target: String, to new: inout NewContainer, place: borrowing BuildPlace, stage: Stage
    ) throws(BuildError) -> String? {
        let folder = "\(place.aside)/cache-\(new.volumes.count)"
        var parts = ["cache", mount.id ?? target]
        var begins: String?
        try explainedSystem { () throws(SystemCallError) in try Files.makeDirectories(folder) }
        if mount.from != nil {
            guard try copyAsRoot(mount, to: folder, place: place, stage: stage) else {
                throw BuildError("--mount=type=cache: source=\(mount.source ?? "") is no folder")
            }
            begins = try content(of: folder)
        }
        if let begins { parts.append(begins) }
        for (name, value) in [("uid", mount.user), ("gid", mount.group), ("mode", mount.permissions)] {
            if let value { parts.append("\(name)=\(value)") }
        }
        let name = "build-cache-\(try key(parts).prefix(16))"
        let data = containers.layout.volumeData(name)
        if !Files.exists(data) {
            try own(folder, mount, permissions: 0o755)
            do throws(ContainerError) { _ = try containers.createVolume(name, isCache: true) } catch {
                throw BuildError("\(error)")
            }
            // It takes the empty folder's place in one step; where another build has filled it meanwhile, that counts.
            try explainedSystem { () throws(SystemCallError) in
                try SubordinateUsers.asRoot { () throws(SystemCallError) in
                    if rename(folder, data) == 0 || [.notEmpty, .exists].contains(Errno.current) { return }
                    throw SystemCallError("make cache", name, errno: .current)
                }
            }
        }
        do throws(ContainerError) { try containers.noteCache(name) } catch { throw BuildError("\(error)") }
        new.volumes.append(VolumeRequest(.named(name), at: target, readOnly: mount.isReadOnly, copy: false))
        return begins
    }

    private func content(of folder: String) throws(BuildError) -> String {
        try explained { () throws(ImageError) in try images.contentDigest(of: folder) }.description
    }

    /// A copy of what the step may see: what it does to it changes nothing of ours.
    private func addBind(
        _ mount: RunMount, at target: String, to new: inout NewContainer, place: borrowing BuildPlace, stage: Stage
    ) throws(BuildError) -> String {
        let copy = "\(place.aside)/\(new.volumes.count)"
        try explainedSystem { () throws(SystemCallError) in try Files.makeDirectories(copy) }
        let isFolder = try copyAsRoot(mount, to: copy, place: place, stage: stage)
        new.volumes.append(
            VolumeRequest(
                .path(isFolder ? copy : "\(copy)/file", create: false), at: target, readOnly: mount.isReadOnly))
        return try content(of: copy)
    }

    /// Copies what `mount` takes from to the folder `copy`: what is in a folder, or a file, as `file`; whether it was a
    /// folder.
    private func copyAsRoot(
        _ mount: RunMount, to copy: String, place: borrowing BuildPlace, stage: Stage
    ) throws(BuildError) -> Bool {
        try SubordinateUsers.asRoot { () throws(BuildError) in
            try self.copy(mount, to: copy, place: place, stage: stage)
        }
    }

    private func copy(
        _ mount: RunMount, to copy: String, place: borrowing BuildPlace, stage: Stage
    ) throws(BuildError) -> Bool {
        let source = try source(mount.from, for: stage, place: place)
        let path = BuildPath.normal(mount.source ?? "")
        do throws(SystemCallError) {
            let folder = try FileDescriptor.open(copy, flags: O_RDONLY | O_DIRECTORY)
            var transfer = TreeTransfer(owner: .same(plus: 0))
            let ignored = source.ignored
            transfer.leavesOut = { ignored.leavesOut($0) }
            transfer.looksIntoLeftOut = ignored.hasExceptions
            let (inside, status) = try source.find(path)
            guard status.st_mode & S_IFMT == S_IFDIR else {
                try transfer.copyOpen(try source.file(path), to: Array("file".utf8), of: folder)
                return false
            }
            try transfer.copyContents(
                of: try source.root.open(inRoot: path, flags: O_RDONLY | O_DIRECTORY), to: folder,
                at: String(inside.dropFirst()))
            // Whatever this process's umask leaves out: the step may have another user.
            try systemCall("change the mode of", copy) { fchmod(folder.number, status.st_mode & 0o7777) }
            return true
        } catch {
            throw BuildError(
                error.errno == .isPipe
                    ? "\(path) cannot be mounted: it is a pipe, a device or a socket"
                    : "cannot mount \(path): \(error)")
        }
    }

    /// As a file, or in a variable alone. No image and no key of the cache has it.
    private func addSecret(
        _ mount: RunMount, at target: String?, to new: inout NewContainer, place: borrowing BuildPlace
    ) throws(BuildError) {
        let id = mount.id ?? target?.split(separator: "/").last.map(String.init) ?? ""
        guard let secret = request.secrets[id] else {
            guard mount.isRequired else { return }
            throw BuildError("there is no secret \(id): give it with --secret id=\(id),src=FILE")
        }
        let bytes = try secret.bytes(of: id)
        if let variable = mount.variable {
            guard !bytes.contains(0) else { throw BuildError("secret \(id) has a zero byte, which no variable holds") }
            new.environment.append("\(variable)=\(String(decoding: bytes, as: UTF8.self))")
            guard target != nil else { return }
        }
        let copy = "\(place.aside)/secret-\(new.volumes.count)"
        do throws(SystemCallError) { try Files.replace(copy, with: bytes, mode: 0o400, durable: false) } catch {
            throw BuildError("secret \(id): \(error)")
        }
        try own(copy, mount, permissions: 0o400)
        new.volumes.append(
            VolumeRequest(.path(copy, create: false), at: target ?? "/run/secrets/\(id)", readOnly: true))
    }

    /// Gives the file or folder `path` the owner and the mode that `mount` asks for; else root's, and `permissions`.
    private func own(_ path: String, _ mount: RunMount, permissions: mode_t) throws(BuildError) {
        // What a cache begins as keeps what it has in its stage.
        let isOther = mount.from != nil
        try explainedSystem { () throws(SystemCallError) in
            try SubordinateUsers.asRoot { () throws(SystemCallError) in
                let root = BuildTarget.imageRoot
                let user = mount.user.map { $0 == 0 ? root.user : $0 } ?? (isOther ? uid_t.max : root.user)
                let group = mount.group.map { $0 == 0 ? root.group : $0 } ?? (isOther ? gid_t.max : root.group)
                try systemCall("own", path) { chown(path, user, group) }
                try systemCall("change the mode of", path) { chmod(path, mount.permissions ?? permissions) }
            }
        }
    }
}
