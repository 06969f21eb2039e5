import CLinux
import Glibc
import Linux

/// The folder that a layer is unpacked into, and nothing outside of it.
///
/// Every path is resolved by openat2(2) with RESOLVE_IN_ROOT: a symbolic link of the archive, absolute or with `..`, ends
/// inside. The last part is never followed: it is made with O_EXCL or mkdirat(2) and the like, which refuse links.
struct LayerFolder: ~Copyable {
    let root: FileDescriptor
    /// The folder that was opened last, and its path while that is sure to mean it: entries of one folder come together.
    private var last: FileDescriptor
    private var lastPath: [UInt8]?
    /// The kernel lets only root write `trusted.`; overlay mounts of others read `user.`.
    private let opaqueAttribute =
        SubordinateUsers.isHostRoot ? "trusted.overlay.opaque" : "user.overlay.opaque"

    init(_ path: String) throws(ImageError) {
        let opened = try system { () throws(SystemCallError) in
            try FileDescriptor.open(path, flags: O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        }
        let copy = try Self.duplicate(opened)
        root = opened
        last = copy
    }

    private static func duplicate(_ file: borrowing FileDescriptor) throws(ImageError) -> FileDescriptor {
        do throws(SystemCallError) { return try file.duplicate() } catch { throw .system(error) }
    }

    /// A descriptor of the folder `path`, made with those above it where it is missing; valid until the next call.
    mutating func folder(_ path: [UInt8]) throws(ImageError) -> Int32 {
        if lastPath == path { return last.number }
        let opened = open(path, flags: O_RDONLY | O_DIRECTORY)
        last = opened >= 0 ? FileDescriptor(owning: opened) : try makeFolders(path)
        lastPath = path
        return last.number
    }

    /// What lies at `name` in the folder `number`, a symbolic link as itself.
    func status(_ name: [UInt8], in number: Int32) -> stat? {
        var status = stat()
        return name.asCString { fstatat(number, $0, &status, AT_SYMLINK_NOFOLLOW) } == 0 ? status : nil
    }

    /// Removes what lies at `name` in the folder that was opened last, so that the entry that comes last wins.
    mutating func clear(_ name: [UInt8]) throws(ImageError) {
        // What was resolved through it means something else now.
        lastPath = nil
        do throws(SystemCallError) { try Files.removeTree(named: name, in: last, path: "the layer") } catch {
            throw .system(error)
        }
    }

    /// Makes `entry` by `body`, which gives -1 and errno as system calls do; what is in the way goes.
    mutating func make(
        _ entry: LayerPath, _ body: (_ folder: Int32, UnsafePointer<CChar>) -> Int32
    ) throws(ImageError) -> Int32 {
        let number = try folder(entry.folder)
        var result = entry.name.asCString { body(number, $0) }
        if result == -1, Errno.current == .exists {
            try clear(entry.name)
            result = entry.name.asCString { body(number, $0) }
        }
        guard result != -1 else { throw .system(SystemCallError("unpack", printable(entry.text), errno: .current)) }
        return result
    }

    /// Makes the folder `entry`, or takes the one that is there.
    mutating func makeFolder(_ entry: LayerPath) throws(ImageError) {
        let number = try folder(entry.folder)
        if let status = status(entry.name, in: number) {
            if status.isFolder { return }
            let hid = status.isWhiteout
            try clear(entry.name)
            try makeFolder(entry)
            // The whiteout came first; it hid what lower layers have, and still must.
            if hid { try hideLower(entry.bytes) }
            return
        }
        _ = try make(entry) { mkdirat($0, $1, 0o700) }
    }

    /// Says that what lower layers have at `name` beside `entry` is gone.
    mutating func whiteOut(_ name: [UInt8], at entry: LayerPath) throws(ImageError) {
        let number = try folder(entry.folder)
        if let status = status(name, in: number) {
            // The layer has something there itself, which stays; it hides what is lower by itself, unless it is a folder.
            let folder = entry.folder.isEmpty ? name : entry.folder + [UInt8(ascii: "/")] + name
            if status.isFolder { try hideLower(folder) }
            return
        }
        // Anybody may make the device 0:0, which overlayfs takes for a whiteout.
        let result = name.asCString { mknodat(number, $0, S_IFCHR, 0) }
        guard result == 0 else {
            throw .system(SystemCallError("make a whiteout for", printable(entry.text), errno: .current))
        }
    }

    /// Says that nothing of what lower layers have in the folder `path` is to be seen.
    mutating func hideLower(_ path: [UInt8]) throws(ImageError) {
        let number = try folder(path)
        guard fsetxattr(number, opaqueAttribute, "y", 1, 0) == 0 else {
            throw .system(SystemCallError("mark as opaque", "a folder of the layer", errno: .current))
        }
    }

    /// Makes `entry` another name of the file `target` of the layer.
    mutating func link(_ entry: LayerPath, to target: LayerPath) throws(ImageError) {
        let source = open(target.folder, flags: O_RDONLY | O_DIRECTORY)
        guard source >= 0 else { throw missing(target, for: entry) }
        let targetFolder = FileDescriptor(owning: source)
        guard let found = status(target.name, in: targetFolder.number), !found.isFolder, !found.isWhiteout else {
            throw missing(target, for: entry)
        }
        let number = try folder(entry.folder)
        if let there = status(entry.name, in: number) {
            if there.st_ino == found.st_ino, there.st_dev == found.st_dev { return }
            try clear(entry.name)
        }
        let result = target.name.asCString { old in
            entry.name.asCString { linkat(targetFolder.number, old, number, $0, 0) }
        }
        guard result == 0 else { throw .system(SystemCallError("unpack", printable(entry.text), errno: .current)) }
    }

    private func missing(_ target: LayerPath, for entry: LayerPath) -> ImageError {
        .hostile(entry: entry.text, reason: "it is a hard link to \(printable(target.text)), no file of this layer")
    }

    /// The number of the folder `entry`, by which it is known again whatever its path leads to by then.
    mutating func inode(_ entry: LayerPath) throws(ImageError) -> ino_t? {
        status(entry.name.isEmpty ? [UInt8(ascii: ".")] : entry.name, in: try folder(entry.folder))?.st_ino
    }

    /// Sets permissions and time of the folder `path`, where it still is the one with the number `inode`: a symbolic link
    /// that has come in its place, or in that of one above it, leads to another.
    borrowing func finishFolder(_ path: [UInt8], _ inode: ino_t?, _ attributes: EntryAttributes) throws(ImageError) {
        let opened = open(path, flags: O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        guard opened >= 0 else { return }
        let file = FileDescriptor(owning: opened)
        guard try system({ () throws(SystemCallError) in try file.status() }).st_ino == inode else { return }
        try attributes.apply(to: file.number, path: String(decoding: path, as: UTF8.self))
    }

    /// The descriptor of `path` inside the root, or -1 and errno.
    private borrowing func open(_ path: [UInt8], flags: Int32) -> Int32 {
        let (number, path) = (root.number, path.isEmpty ? [UInt8(ascii: ".")] : path)
        while true {
            let result = path.asCString {
                clinux_openat2(number, $0, UInt64(flags | O_CLOEXEC), 0, Self.resolveInside)
            }
            // EAGAIN: something was renamed meanwhile, anywhere on the host.
            if result >= 0 || (Errno.current != .again && Errno.current != .interrupted) { return result }
        }
    }

    private mutating func makeFolders(_ path: [UInt8]) throws(ImageError) -> FileDescriptor {
        var folder = try Self.duplicate(root)
        var done: [UInt8] = []
        for part in path.split(separator: UInt8(ascii: "/")) {
            let name = Array(part)
            done += (done.isEmpty ? [] : [UInt8(ascii: "/")]) + part
            var opened = open(done, flags: O_RDONLY | O_DIRECTORY)
            if opened < 0 {
                let number = folder.number
                let hid = status(name, in: number)?.isWhiteout ?? false
                if hid { _ = name.asCString { unlinkat(number, $0, 0) } }
                // A symbolic link that leads nowhere, or a file, is in the way of what lies below: not for us to mend.
                if name.asCString({ mkdirat(number, $0, 0o755) }) == 0 {
                    opened = open(done, flags: O_RDONLY | O_DIRECTORY)
                    // The archive says nothing of it; a narrow umask is not to.
                    if opened >= 0 { fchmod(opened, 0o755) }
                }
                if opened >= 0, hid { _ = fsetxattr(opened, opaqueAttribute, "y", 1, 0) }
            }
            guard opened >= 0 else {
                let reason =
                    Errno.current == .noSuchCall ? "this kernel lacks openat2 (5.6 has it)" : "\(Errno.current)"
                throw .hostile(
                    entry: String(decoding: path, as: UTF8.self),
                    reason: "\(printable(String(decoding: done, as: UTF8.self))) cannot be a folder: \(reason)")
            }
            folder = FileDescriptor(owning: opened)
        }
        return folder
    }

    /// RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV of <linux/openat2.h>.
    private static let resolveInside: UInt64 = 0x10 | 0x02 | 0x01
}

extension stat {
    var isFolder: Bool { st_mode & S_IFMT == S_IFDIR }
    /// The device that overlayfs takes for a whiteout.
    var isWhiteout: Bool { st_mode & S_IFMT == S_IFCHR && st_rdev == 0 }
}
