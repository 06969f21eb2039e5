import CLinux
import Glibc
import Linux
import OCI
import Records

/// One side of `cp`.
package enum CopyPlace: Hashable, Sendable {
    case host(String)
    case container(String, path: String)

    /// `CONTAINER:PATH`, or a path of the host; one with a colon begins with `/` or `.`.
    package init(_ text: String) {
        guard !text.hasPrefix("/"), !text.hasPrefix("."), let colon = text.firstIndex(of: ":"), colon != text.startIndex
        else {
            self = .host(text)
            return
        }
        let path = String(text[text.index(after: colon)...])
        self = .container(String(text[..<colon]), path: path.hasPrefix("/") ? path : "/\(path)")
    }

    var path: String {
        switch self {
        case .host(let path): path
        case .container(_, let path): path
        }
    }
}

/// What `cp` has done.
package struct Copied: Hashable, Sendable {
    package var bytes: Int64
    /// Devices and sockets that stayed where they are.
    package var skipped: [String]
}

extension Containers {
    /// Copies a file or folder out of a container, into one, or from one to another, as `docker cp` does: into a folder
    /// that is there; `FOLDER/.` means what is in it.
    ///
    /// - Parameters:
    ///   - keepOwners: ids stay as they are inside; else copies are the caller's, or the container's root's.
    ///   - follow: a symbolic link as the source stands for what it leads to, on its own side.
    package func copy(
        from source: CopyPlace, to target: CopyPlace, keepOwners: Bool = false, follow: Bool = false
    ) throws(ContainerError) -> Copied {
        try copy(
            from: source, to: target, keepOwners: keepOwners, follow: follow,
            failing: "cannot copy \(source.path) to \(target.path)")
    }

    /// - Parameter failing: what could not be done where it fails, in the words of whoever asked for it.
    func copy(
        from source: CopyPlace, to target: CopyPlace, keepOwners: Bool, follow: Bool = false, failing: String
    ) throws(ContainerError) -> Copied {
        let from = try side(source, writing: false)
        let to = try side(target, writing: true)
        do throws(SystemCallError) {
            return try SubordinateUsers.asRoot { () throws(SystemCallError) in
                let acting = try to.isContainer ? ContainerActor(to.shift) : nil
                defer { acting?.end() }
                let owner: TreeTransfer.Owner =
                    keepOwners
                    ? .same(plus: Int64(to.shift.user) - Int64(from.shift.user))
                    : to.isContainer ? .one(to.shift.user, to.shift.group) : .caller
                return try Self.copy(from, to: try to.followed(to.path), in: to, owner: owner, follow: follow)
            }
        } catch { throw ContainerError(failing, error) }
    }

    /// Whether what is at `place` is no folder; nothing is none either way.
    func isFile(_ place: CopyPlace) throws(ContainerError) -> Bool {
        let side = try side(place, writing: false)
        return SubordinateUsers.asRoot {
            guard let path = try? side.followed(Self.trimmed(side.path)),
                let status = try? side.open(path, flags: O_PATH).status()
            else { return false }
            return status.st_mode & S_IFMT != S_IFDIR
        }
    }

    private struct Side: ~Copyable {
        let root: FileDescriptor
        /// As of a `RootView`.
        let owner: uid_t?
        let isContainer: Bool
        /// What is copied, or where to, from the root on.
        let path: String
        /// What the root itself is called, where it is what is copied, and not what is in it.
        var name: String?

        var shift: (user: uid_t, group: gid_t) { (owner ?? geteuid(), owner ?? getegid()) }

        /// Symbolic links on the way lead inside; on the host they are the host's.
        func open(_ path: String, flags: Int32) throws(SystemCallError) -> FileDescriptor {
            isContainer
                ? try root.open(inRoot: path, flags: flags) : try FileDescriptor.open(path, flags: flags)
        }

        /// Where a link in a container leads, whether anything is there or not: what is copied to it goes there. Each
        /// step is still opened inside.
        func followed(_ path: String) throws(SystemCallError) -> String {
            var path = path
            for _ in 0..<40 where isContainer && !path.hasSuffix("/") {
                let (folder, name) = Containers.split(path)
                guard !name.isEmpty, let above = try? open(folder, flags: O_PATH | O_DIRECTORY),
                    let link = try? above.link(named: Array(name.utf8))
                else { break }
                let target = String(decoding: link, as: UTF8.self)
                path = target.hasPrefix("/") ? target : "\(folder)/\(target)"
            }
            return path
        }
    }

    private func side(_ place: CopyPlace, writing: Bool) throws(ContainerError) -> Side {
        switch place {
        case .host:
            let root = try explaining { () throws(SystemCallError) in
                try FileDescriptor.open("/", flags: O_PATH | O_DIRECTORY)
            }
            return Side(root: root, owner: 0, isContainer: false, path: place.path)
        case .container(let reference, let path):
            let record = try find(reference)
            if let mount = try mount(at: path, of: record) { return try side(path, in: mount, of: record, writing) }
            let view = try view(record, writing: writing)
            let owner = view.root
            return Side(root: try Self.folder(of: view), owner: owner, isContainer: true, path: path)
        }
    }

    /// What `mount` holds, whose place in the container `path` lies in.
    private func side(
        _ path: String, in mount: RuntimeSpec.Mount, of record: ContainerRecord, _ writing: Bool
    ) throws(ContainerError) -> Side {
        if writing, mount.options.contains("ro") {
            throw ContainerError(
                .conflict,
                "\(mount.destination) is mounted read-only in container \(record.name): nothing is copied there")
        }
        let source = mount.source ?? ""
        let isFolder = (try? FileDescriptor.open(source, flags: O_PATH | O_DIRECTORY)) != nil
        let root = try explaining("cannot look into \(mount.destination)") { () throws(SystemCallError) in
            try SubordinateUsers.asRoot { () throws(SystemCallError) in
                try FileDescriptor.open(isFolder ? source : Paths.parent(source), flags: O_RDONLY | O_DIRECTORY)
            }
        }
        // Unless they are mapped for it, ids on disk are those that the container has on the host.
        let isMapped = !mount.options.contains("noidmap")
        let owner = geteuid() == 0 && !isMapped ? record.ids?.first : nil
        let ends = ["/.", "/"].first { path.hasSuffix($0) } ?? ""
        let rest = Paths.normal(path).dropFirst(Paths.normal(mount.destination).utf8.count)
        let below = isFolder ? String(rest) : "/\(source.split(separator: "/").last ?? "")"
        var side = Side(root: root, owner: owner, isContainer: true, path: below.isEmpty ? "/" : below + ends)
        if isFolder, rest.isEmpty, ends != "/." { side.name = Self.split(mount.destination).name }
        return side
    }

    private static func folder(of view: borrowing RootView) throws(ContainerError) -> FileDescriptor {
        do throws(SystemCallError) { return try view.folder.duplicate() } catch { throw ContainerError(nil, error) }
    }

    /// Where a container does not run, what is mounted over `path` when it does.
    private func mount(at path: String, of record: ContainerRecord) throws(ContainerError) -> RuntimeSpec.Mount? {
        switch files.state(of: record.id).status {
        case .running, .paused: return nil
        default: break
        }
        let path = Paths.normal(path)
        return try specification(record.id).mounts.last { mount in
            let place = Paths.normal(mount.destination)
            return (mount.type == "bind" || mount.type == nil) && (path == place || path.hasPrefix("\(place)/"))
        }
    }

    private static func copy(
        _ source: borrowing Side, to destination: String, in target: borrowing Side, owner: TreeTransfer.Owner,
        follow: Bool
    ) throws(SystemCallError) -> Copied {
        var transfer = TreeTransfer(owner: owner)
        let (folder, ownName) = Self.split(source.path)
        let name = source.name ?? ownName
        let isContents = name.isEmpty
        let path = ownName.isEmpty ? folder : source.path
        // The source itself, a link not followed unless asked for.
        let look = O_PATH | (follow || isContents ? 0 : O_NOFOLLOW)
        let status = try source.open(path, flags: look).status()
        let isFolder = status.st_mode & S_IFMT == S_IFDIR
        let existing = try? target.open(destination, flags: O_PATH).status()
        let intoFolder = existing.map { $0.st_mode & S_IFMT == S_IFDIR } ?? false

        if isFolder {
            let from = try source.open(path, flags: O_RDONLY | O_DIRECTORY)
            if existing != nil, !intoFolder { throw SystemCallError("replace", destination, errno: .notDirectory) }
            if intoFolder, isContents {
                let to = try target.open(destination, flags: O_RDONLY | O_DIRECTORY)
                try transfer.copyContents(of: from, to: to)
            } else {
                let (parent, last) = intoFolder ? (destination, name) : Self.split(Self.trimmed(destination))
                let to = try target.open(parent, flags: O_RDONLY | O_DIRECTORY)
                try transfer.copy([UInt8(ascii: ".")], of: from, to: Array(last.utf8), of: to)
            }
        } else {
            if existing == nil, destination.hasSuffix("/") {
                throw SystemCallError("copy into", destination, errno: .noSuchFile)
            }
            var (fromFolder, fromName) = (folder, name)
            if follow {
                // Through the open file, since the link's target lies elsewhere.
                let real = try source.open(path, flags: O_PATH)
                (fromFolder, fromName) = Self.split(try source.root.place(of: real))
            }
            let from = try source.open(fromFolder, flags: O_RDONLY | O_DIRECTORY)
            let (parent, last) = intoFolder ? (destination, name) : Self.split(destination)
            let to = try target.open(parent, flags: O_RDONLY | O_DIRECTORY)
            try transfer.copy(Array(fromName.utf8), of: from, to: Array(last.utf8), of: to)
        }
        return Copied(bytes: transfer.bytes, skipped: transfer.skipped)
    }

    /// Folder and last part; of what ends with `/.` or `/..`, which name nothing, the last part is empty, and the folder
    /// is all of it.
    fileprivate static func split(_ path: String) -> (folder: String, name: String) {
        let path = trimmed(path)
        let slash = path.lastIndex(of: "/")
        let name = slash.map { path[path.index(after: $0)...] } ?? path[...]
        if ["", ".", ".."].contains(name) { return (path, "") }
        guard let slash else { return (".", path) }
        return (slash == path.startIndex ? "/" : String(path[..<slash]), String(name))
    }

    private static func trimmed(_ path: String) -> String {
        var path = path
        while path.utf8.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }
}
