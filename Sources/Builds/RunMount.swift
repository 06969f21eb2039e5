import CLinux
import Containers
import Glibc
import Linux
import OCI

/// `RUN --mount=type=…`: something that is there for one step alone.
struct RunMount {
    enum Kind: String {
        case bind
        case cache
        case tmpfs
        case secret
    }

    let kind: Kind
    let fields: [String: String]
    var target: String? { fields["target"] ?? fields["dst"] ?? fields["destination"] }
    var source: String { fields["source"] ?? fields["src"] ?? "" }
    /// Bind mounts of a build are read-only unless said otherwise.
    var isReadOnly: Bool { fields["rw"] == nil && fields["readwrite"] == nil && kind == .bind || fields["ro"] != nil }

    /// `type=cache,target=/x,ro`.
    static func fields(_ text: String) -> [String: String] {
        var fields: [String: String] = [:]
        for part in text.split(separator: ",") {
            let (name, value) = Builder.assignment(String(part))
            fields[name.lowercased()] = value ?? ""
        }
        return fields
    }

    init(_ text: String) throws(BuildError) {
        fields = Self.fields(text)
        guard let kind = Kind(rawValue: fields["type"] ?? "bind") else {
            throw BuildError("--mount=type=\(fields["type"] ?? "") is not known here: bind, cache, tmpfs or secret")
        }
        self.kind = kind
    }
}

extension Builder {
    /// Gives the container of a RUN what `mount` speaks of; the folder of a copy that the step's outcome hangs on.
    func apply(
        _ mount: RunMount, to new: inout NewContainer, place: borrowing BuildPlace, stage: Stage
    ) throws(BuildError) -> String? {
        let workdir = stage.process.workingDir ?? "/"
        func absolute(_ path: String) -> String { BuildPath.normal(path.hasPrefix("/") ? path : "\(workdir)/\(path)") }
        if mount.kind == .secret {
            try addSecret(mount, to: &new, place: place)
            return nil
        }
        guard let target = mount.target.map(absolute) else { throw BuildError("--mount wants target=PATH") }
        switch mount.kind {
        case .tmpfs:
            new.tmpfs.append(TmpfsRequest(at: target, options: mount.fields["size"].map { ["size=\($0)"] } ?? []))
        case .cache:
            let id = try key(["cache", mount.fields["id"] ?? target])
            new.volumes.append(
                VolumeRequest(
                    .named("build-cache-\(id.prefix(16))"), at: target, readOnly: mount.isReadOnly, copy: false))
        case .bind: return try addBind(mount, at: target, to: &new, place: place, stage: stage)
        case .secret: break
        }
        return nil
    }

    /// A copy of what the step may see: what it does to it changes nothing of ours.
    private func addBind(
        _ mount: RunMount, at target: String, to new: inout NewContainer, place: borrowing BuildPlace, stage: Stage
    ) throws(BuildError) -> String {
        let source = try source(mount.fields["from"], for: stage, place: place)
        let copy = "\(place.aside)/\(new.volumes.count)"
        let path = BuildPath.normal(mount.source)
        do throws(SystemCallError) {
            try Files.makeDirectories(copy)
            let folder = try FileDescriptor.open(copy, flags: O_RDONLY | O_DIRECTORY)
            var transfer = TreeTransfer(owner: .same(plus: 0))
            let ignored = source.ignored
            transfer.leavesOut = { ignored.leavesOut($0) }
            transfer.looksIntoLeftOut = ignored.hasExceptions
            let status = try source.root.open(inRoot: path, flags: O_PATH).status()
            if status.st_mode & S_IFMT == S_IFDIR {
                try transfer.copyContents(
                    of: try source.root.open(inRoot: path, flags: O_RDONLY | O_DIRECTORY), to: folder,
                    at: String(path.dropFirst()))
                new.volumes.append(VolumeRequest(.path(copy, create: false), at: target, readOnly: mount.isReadOnly))
            } else {
                try transfer.copyOpen(try source.file(path), to: Array("file".utf8), of: folder)
                new.volumes.append(
                    VolumeRequest(.path("\(copy)/file", create: false), at: target, readOnly: mount.isReadOnly))
            }
        } catch {
            throw BuildError(
                error.errno == .isPipe
                    ? "\(mount.source) cannot be mounted: it is a pipe, a device or a socket"
                    : "cannot mount \(mount.source): \(error)")
        }
        return copy
    }

    private func addSecret(
        _ mount: RunMount, to new: inout NewContainer, place: borrowing BuildPlace
    ) throws(BuildError) {
        let id = mount.fields["id"] ?? mount.source
        guard let file = request.secrets[id] else {
            guard mount.fields["required"] == "true" else { return }
            throw BuildError("there is no secret \(id): give it with --secret id=\(id),src=FILE")
        }
        let copy = "\(place.aside)/secret-\(new.volumes.count)"
        do throws(SystemCallError) {
            try Files.replace(copy, with: try Files.read(file, limit: 1 << 20), mode: 0o400, durable: false)
        } catch { throw BuildError("secret \(id): \(error)") }
        new.volumes.append(
            VolumeRequest(.path(copy, create: false), at: mount.target ?? "/run/secrets/\(id)", readOnly: true))
    }
}
