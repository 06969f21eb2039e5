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
        let from = try side(source, writing: false, follow: follow)
        let to = try side(target, writing: true)
        if let place = SubordinateUsers.asRoot({ Self.hidden(from, in: to) }) {
            throw ContainerError(
                .conflict,
                "\(failing): what is mounted at \(place) when the container runs would hide what goes there; copy that "
                    + "to \(place) itself")
        }
        do throws(SystemCallError) {
            return try SubordinateUsers.asRoot { () throws(SystemCallError) in
                let acting = try to.isContainer ? ContainerActor(to.shift) : nil
                defer { acting?.end() }
                let destination = try to.followed(to.path)
                // Before it is there, which makes it a folder to copy into.
                let final = Self.final(from, destination, in: to)
                var copied = Copied(bytes: 0, skipped: [])
                if from.mounts.isEmpty || (try? from.open(from.path, flags: O_PATH)) != nil {
                    let owner = Self.owner(from, to, keepOwners)
                    copied = try Self.copy(from, to: destination, in: to, owner: owner, follow: follow)
                } else {
                    // A folder that is there for what is mounted in it alone.
                    try to.makeFolders(final)
                }
                for mounted in from.mounts {
                    let source = try CopySide(source: mounted.source, owner: mounted.owner)
                    let place = "\(final)/\(mounted.relative)"
                    try to.makeFolders(Self.split(place).folder)
                    let owner = Self.owner(source, to, keepOwners)
                    let more = try Self.copy(source, to: place, in: to, owner: owner, follow: false)
                    copied.bytes += more.bytes
                    copied.skipped += more.skipped
                }
                return copied
            }
        } catch { throw ContainerError(failing, error) }
    }

    private static func owner(
        _ from: borrowing CopySide, _ to: borrowing CopySide, _ keepOwners: Bool
    ) -> TreeTransfer.Owner {
        keepOwners
            ? .same(plus: Int64(to.shift.user) - Int64(from.shift.user))
            : to.isContainer ? .one(to.shift.user, to.shift.group) : .caller
    }

    /// Where the copy itself will be.
    private static func final(
        _ source: borrowing CopySide, _ destination: String, in target: borrowing CopySide
    ) -> String {
        goesInside(source, destination, in: target) ? "\(destination)/\(source.ownName)" : destination
    }

    /// Whether the copy becomes a part of the folder `destination`.
    private static func goesInside(
        _ source: borrowing CopySide, _ destination: String, in target: borrowing CopySide
    ) -> Bool {
        !source.ownName.isEmpty && target.isFolder(destination)
    }

    /// What somebody has had mounted, in a container that does not run, where something of the copy would go: in its
    /// layers nobody would ever see that.
    private static func hidden(
        _ source: borrowing CopySide, in target: borrowing CopySide
    ) -> String? {
        let above = goesInside(source, target.path, in: target) ? "\(source.ownName)/" : ""
        for mounted in target.mounts where mounted.isAsked {
            let relative = "\(mounted.relative)/"
            if relative == above { return mounted.place }
            guard relative.hasPrefix(above) else { continue }
            let path = "\(source.path)/\(relative.dropFirst(above.count).dropLast())"
            if (try? source.open(path, flags: O_PATH | O_NOFOLLOW)) != nil { return mounted.place }
        }
        return nil
    }

    /// Whether what is at `place` is no folder; nothing is none either way.
    func isFile(_ place: CopyPlace) throws(ContainerError) -> Bool {
        let side = try side(place, writing: false, follow: true)
        return SubordinateUsers.asRoot {
            guard let path = try? side.followed(Self.trimmed(side.path)),
                let status = try? side.open(path, flags: O_PATH).status()
            else { return false }
            return status.st_mode & S_IFMT != S_IFDIR
        }
    }

    private static func copy(
        _ source: borrowing CopySide, to destination: String, in target: borrowing CopySide,
        owner: TreeTransfer.Owner, follow: Bool
    ) throws(SystemCallError) -> Copied {
        var transfer = TreeTransfer(owner: owner)
        let (folder, ownName) = Self.split(source.path)
        let name = source.ownName
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
            var (fromFolder, fromName) = (folder, ownName)
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
    static func split(_ path: String) -> (folder: String, name: String) {
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
