import CLinux
import Containers
import Glibc
import Linux

/// Where COPY takes files from: the build's folder, or the files of another stage or image. No symbolic link in it leads
/// out.
struct BuildSource: ~Copyable {
    let root: FileDescriptor
    let ignored: IgnoreList
    /// `--exclude`: paths from what is copied on, or its own name.
    var excluded = IgnoreList("")
    /// They are a stage's or an image's, whose users are this image's too: what is copied stays whose it is. Those of a
    /// folder of the host are the image's root's.
    let keepsOwners: Bool
    /// What messages call it.
    let name: String

    /// The paths that `pattern` stands for, from the root on, none where nothing fits; one that is no pattern stands for
    /// itself.
    ///
    /// - Parameter deep: `**` stands for any number of folders.
    func matches(_ pattern: String, deep: Bool = false) throws(BuildError) -> [String] {
        let path = BuildPath.normal(pattern)
        guard Glob.isPattern(path) else { return [path] }
        var found = [""]
        for part in path.split(separator: "/") {
            var next: [String] = []
            for folder in found {
                if deep, part == "**" {
                    next += [folder] + folders(below: folder)
                    continue
                }
                guard Glob.isPattern(String(part)) else {
                    next.append("\(folder)/\(part)")
                    continue
                }
                for name in names(in: folder) where Glob.matches(name[...], part) { next.append("\(folder)/\(name)") }
            }
            found = []
            for path in Set(next) {
                if path.isEmpty || (try? root.open(inRoot: path, flags: O_PATH)) != nil {
                    found.append(path)
                } else if path.contains("\u{FFFD}"), !ignored.leavesOut(path) {
                    // Else it would be missing from the image without a word.
                    throw Self.notText(path, in: name)
                }
            }
        }
        found.removeAll { !isThere($0) }
        return found.sorted()
    }

    private func folders(below folder: String) -> [String] {
        names(in: folder).map { "\(folder)/\($0)" }.filter { isPlainFolder($0) }.flatMap { [$0] + folders(below: $0) }
    }

    /// Whether `path` is a folder, and no link to one.
    private func isPlainFolder(_ path: String) -> Bool {
        (try? root.open(inRoot: path, flags: O_PATH | O_NOFOLLOW).status()).map { $0.st_mode & S_IFMT == S_IFDIR }
            ?? false
    }

    /// Whether `path` is part of the build: a folder that is left out is, where something in it is taken back in.
    private func isThere(_ path: String) -> Bool {
        if !ignored.leavesOut(path) { return true }
        return ignored.hasExceptions && isPlainFolder(path) && names(in: path).contains { isThere("\(path)/\($0)") }
    }

    /// What `path` leads to, and where that lies, by no symbolic link. ENOENT where either is not part of the build, as
    /// where there is nothing.
    func find(_ path: String) throws(SystemCallError) -> (place: String, status: stat) {
        let file = try root.open(inRoot: path, flags: O_PATH)
        let status = try file.status()
        if ignored.isEmpty { return (path, status) }
        let place = try root.place(of: file)
        guard isThere(place), place == path || !ignored.leavesOut(path) else {
            throw SystemCallError("find", path, errno: .noSuchFile)
        }
        return (place, status)
    }

    func isFolder(_ path: String) -> Bool { (try? root.open(inRoot: path, flags: O_PATH | O_DIRECTORY)) != nil }

    private static func notText(_ path: String, in name: String) -> BuildError {
        BuildError(
            "\(path.dropFirst()) in \(name) has a name that is no UTF-8, which no pattern fits: rename it, or copy the "
                + "whole folder")
    }

    private func names(in folder: String) -> [String] {
        guard let opened = try? root.open(inRoot: folder.isEmpty ? "." : folder, flags: O_RDONLY | O_DIRECTORY) else {
            return []
        }
        return (try? Files.names(in: "/proc/self/fd/\(opened.number)")) ?? []
    }

    /// Copies what lies at `path` to `target` in `destination`, as COPY does: of a folder what is in it.
    ///
    /// - Parameter intoFolder: `target` is a folder, made where it is missing; else the new name of a file.
    func copy(
        _ path: String, to target: String, in destination: borrowing BuildTarget, intoFolder: Bool,
        with transfer: inout TreeTransfer
    ) throws(BuildError) {
        do throws(SystemCallError) {
            let (place, status) = try find(path)
            let (ignored, excluded) = (self.ignored, self.excluded)
            let inside = String(place.dropFirst())
            if let name = path.split(separator: "/").last, excluded.leavesOut(name) { return }
            transfer.leavesOut = { ignored.leavesOut($0) || excluded.leavesOut($0.dropFirst(inside.count)) }
            transfer.looksIntoLeftOut = ignored.hasExceptions || excluded.hasExceptions
            if status.st_mode & S_IFMT == S_IFDIR {
                let from = try root.open(inRoot: path, flags: O_RDONLY | O_DIRECTORY)
                let to = try destination.folder(target)
                return try transfer.copyContents(of: from, to: to, at: inside)
            }
            let (folder, name) = Self.split(path)
            let from = try root.open(inRoot: folder, flags: O_RDONLY | O_DIRECTORY)
            let (parent, last) = intoFolder ? (target, name) : Self.split(BuildPath.normal(target))
            let to = try destination.folder(parent)
            let link = try root.open(inRoot: path, flags: O_PATH | O_NOFOLLOW).status()
            if link.st_mode & S_IFMT == S_IFLNK {
                // What it leads to, under its own name.
                return try transfer.copyOpen(try file(path), to: Array(last.utf8), of: to)
            }
            try transfer.copy(Array(name.utf8), of: from, to: Array(last.utf8), of: to, at: inside)
        } catch {
            switch error.errno {
            case .noSuchFile: throw BuildError("there is no \(path.dropFirst()) in \(name)")
            case .isPipe: throw BuildError("\(path.dropFirst()) leads to a pipe, a device or a socket: it is no file")
            default: throw BuildError("cannot copy \(path): \(error)")
            }
        }
    }

    /// Opens what `path` leads to without waiting, as a pipe would make us; ESPIPE where it is no plain file.
    func file(_ path: String) throws(SystemCallError) -> FileDescriptor {
        let file = try root.open(inRoot: path, flags: O_RDONLY | O_NONBLOCK)
        guard try file.status().st_mode & S_IFMT == S_IFREG else { throw SystemCallError("read", path, errno: .isPipe) }
        return file
    }

    private static func split(_ path: String) -> (String, String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        return (slash == path.startIndex ? "/" : String(path[..<slash]), String(path[path.index(after: slash)...]))
    }
}

/// The files of a stage, to be written to.
struct BuildTarget: ~Copyable {
    let root: FileDescriptor
    /// Of what is made.
    var owner = BuildTarget.imageRoot

    /// The image's root on disk: without root's rights whoever keeps the images.
    static var imageRoot: (user: uid_t, group: gid_t) { (geteuid(), getegid()) }

    /// Opens the folder `path`, made with those above it where it is missing; symbolic links lead inside.
    func folder(_ path: String) throws(SystemCallError) -> FileDescriptor {
        var done = ""
        for part in path.split(separator: "/") {
            let parent = try root.open(inRoot: done.isEmpty ? "." : done, flags: O_RDONLY | O_DIRECTORY)
            done += "/\(part)"
            if (try? root.open(inRoot: done, flags: O_PATH)) != nil { continue }
            let number = parent.number
            try systemCall("make folder", done) { mkdirat(number, String(part), 0o755) }
            fchmodat(number, String(part), 0o755, 0)
            fchownat(number, String(part), owner.user, owner.group, AT_SYMLINK_NOFOLLOW)
        }
        return try root.open(inRoot: done.isEmpty ? "." : done, flags: O_RDONLY | O_DIRECTORY)
    }

    func isFolder(_ path: String) -> Bool { (try? root.open(inRoot: path, flags: O_PATH | O_DIRECTORY)) != nil }

    /// Writes `bytes` to the file `path`.
    func write(_ bytes: [UInt8], to path: String, permissions: mode_t) throws(SystemCallError) {
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let parent = try folder(String(path[..<slash]))
        let (number, name) = (parent.number, String(path[path.index(after: slash)...]))
        unlinkat(number, name, 0)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let file = FileDescriptor(
            owning: try systemCall("make", path) { clinux_openat(number, name, flags, 0o600) })
        try file.write(bytes)
        let open = file.number
        try systemCall("own", path) { fchown(open, owner.user, owner.group) }
        try systemCall("change the mode of", path) { fchmod(open, permissions) }
    }
}
