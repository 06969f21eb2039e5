import CLinux
import Glibc
import Linux

/// Copies files between a container and the host by open folders alone: no name on either side is ever followed where it
/// is a symbolic link, so that neither leads the other astray, whatever it changes meanwhile.
package struct TreeTransfer {
    /// Whose the copies are.
    package enum Owner {
        /// Whoever runs this.
        case caller
        /// On disk, or on the host, this user and group.
        case one(uid_t, gid_t)
        /// As the source has it, with this added; ids below the second are kept at 0.
        case same(plus: Int64)
    }

    private let owner: Owner
    /// Permissions in place of the source's; for folders as well.
    package var permissions: mode_t?
    /// Says of a path, from what is copied on (`a/b`), whether it stays where it is. A folder is looked into all the same
    /// where something in it might not.
    package var leavesOut: (_ path: String) -> Bool = { _ in false }
    package var looksIntoLeftOut = false
    /// Bytes that were copied.
    package private(set) var bytes: Int64 = 0
    /// Devices and sockets that were left out.
    package private(set) var skipped: [String] = []

    package init(owner: Owner) { self.owner = owner }

    /// Copies `name` of the folder `source` to `newName` of the folder `target`; a folder with all in it, joined with one
    /// that is there, anything else in place of what is there.
    package mutating func copy(
        _ name: [UInt8], of source: borrowing FileDescriptor, to newName: [UInt8], of target: borrowing FileDescriptor,
        at path: String = "", depth: Int = 0
    ) throws(SystemCallError) {
        let text = String(decoding: name, as: UTF8.self)
        guard depth < 500 else { throw SystemCallError("copy", text, errno: Errno(rawValue: ENAMETOOLONG)) }
        let (from, to) = (source.number, target.number)
        var status = stat()
        try systemCall("copy", text) { name.asCString { fstatat(from, $0, &status, AT_SYMLINK_NOFOLLOW) } }
        if leavesOut(path) {
            guard looksIntoLeftOut, status.st_mode & S_IFMT == S_IFDIR else { return }
            try copyFolder(name, source, newName, target, path, depth)
            // It goes again where nothing has come into it.
            _ = newName.asCString { unlinkat(to, $0, AT_REMOVEDIR) }
            return
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: try copyFile(name, source, newName, target)
        case S_IFLNK:
            let link = try Self.link(name, source)
            try Self.clear(newName, target)
            try systemCall("link", text) { link.asCString { old in newName.asCString { symlinkat(old, to, $0) } } }
            try adopt(status, newName, target)
        case S_IFDIR:
            try copyFolder(name, source, newName, target, path, depth)
        case S_IFIFO:
            try Self.clear(newName, target)
            try systemCall("make", text) { newName.asCString { mknodat(to, $0, S_IFIFO | 0o600, 0) } }
            try adopt(status, newName, target)
        default: skipped.append(text)
        }
    }

    private mutating func copyFolder(
        _ name: [UInt8], _ source: borrowing FileDescriptor, _ newName: [UInt8], _ target: borrowing FileDescriptor,
        _ path: String, _ depth: Int
    ) throws(SystemCallError) {
        let text = String(decoding: name, as: UTF8.self)
        let (from, to) = (source.number, target.number)
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        let inside = FileDescriptor(
            owning: try systemCall("open", text) { name.asCString { clinux_openat(from, $0, flags, 0) } })
        var status = stat()
        let number = inside.number
        try systemCall("look at", text) { fstat(number, &status) }
        let above = try source.status()
        let made = newName.asCString { mkdirat(to, $0, 0o700) } == 0
        if !made, Errno.current != .exists { throw SystemCallError("make folder", text, errno: .current) }
        let copy = FileDescriptor(
            owning: try systemCall("open", text) { newName.asCString { clinux_openat(to, $0, flags, 0) } })
        if above.st_dev == status.st_dev || !Self.isOfKernel(inside) {
            try copyContents(of: inside, to: copy, at: path, depth: depth + 1)
        }
        if made { try adopt(status, newName, target) }
    }

    /// Whether what is mounted here is the kernel's own account of something, /proc or /sys, and nobody's files.
    private static func isOfKernel(_ folder: borrowing FileDescriptor) -> Bool {
        var status = statfs()
        guard fstatfs(folder.number, &status) == 0 else { return false }
        return kernelFileSystems.contains(Int64(status.f_type))
    }

    /// See linux/magic.h: proc, sysfs, cgroup, cgroup2, devpts, mqueue, securityfs, debugfs, tracefs, bpf.
    private static let kernelFileSystems: Set<Int64> = [
        0x9fa0, 0x6265_6572, 0x27_e0eb, 0x6367_7270, 0x1cd1, 0x1980_0202, 0x7363_6673, 0x6462_6720, 0x7472_6163,
        0xcafe_4a11,
    ]

    /// Copies all that is in the folder `source` into the folder `target`.
    package mutating func copyContents(
        of source: borrowing FileDescriptor, to target: borrowing FileDescriptor, at path: String = "", depth: Int = 0
    ) throws(SystemCallError) {
        // A list of its own, since what is copied may come to lie in the folder that is read.
        for name in try Self.names(source) {
            let text = String(decoding: name, as: UTF8.self)
            let below = path.isEmpty ? text : "\(path)/\(text)"
            try copy(name, of: source, to: name, of: target, at: below, depth: depth)
        }
    }

    private mutating func copyFile(
        _ name: [UInt8], _ source: borrowing FileDescriptor, _ newName: [UInt8], _ target: borrowing FileDescriptor
    ) throws(SystemCallError) {
        let (from, text) = (source.number, String(decoding: name, as: UTF8.self))
        // What was a file may be a pipe by now, which must not make us wait.
        let reading = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
        let file = FileDescriptor(
            owning: try systemCall("open", text) { name.asCString { clinux_openat(from, $0, reading, 0) } })
        try copyOpen(file, named: text, to: newName, of: target)
    }

    /// Copies the open file `file` to `newName` of the folder `target`.
    ///
    /// - Parameter name: what errors call it; else its new name.
    package mutating func copyOpen(
        _ file: borrowing FileDescriptor, named name: String? = nil, to newName: [UInt8],
        of target: borrowing FileDescriptor
    ) throws(SystemCallError) {
        let (number, to, text) = (file.number, target.number, name ?? String(decoding: newName, as: UTF8.self))
        var status = stat()
        try systemCall("look at", text) { fstat(number, &status) }
        guard status.st_mode & S_IFMT == S_IFREG else { return skipped.append(text) }
        try Self.clear(newName, target)
        let writing = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let copy = FileDescriptor(
            owning: try systemCall("make", text) { newName.asCString { clinux_openat(to, $0, writing, 0o600) } })
        try copyContent(of: file, to: copy, text)
        try adopt(status, newName, target)
    }

    private mutating func copyContent(
        of file: borrowing FileDescriptor, to copy: borrowing FileDescriptor, _ text: String
    ) throws(SystemCallError) {
        let (from, to) = (file.number, copy.number)
        do throws(SystemCallError) {
            while case let count = try systemCall("copy", text, { sendfile(to, from, nil, 1 << 30) }), count > 0 {
                bytes += Int64(count)
            }
        } catch {
            // Files of /proc and the like can only be read.
            guard error.errno == .invalid else { throw error }
            let content = try file.readAll()
            try copy.write(content)
            bytes += Int64(content.count)
        }
    }

    /// Takes away what is in the way of a new file; a folder is not.
    private static func clear(_ name: [UInt8], _ folder: borrowing FileDescriptor) throws(SystemCallError) {
        let number = folder.number
        if name.asCString({ unlinkat(number, $0, 0) }) == 0 || Errno.current == .noSuchFile { return }
        throw SystemCallError("replace", String(decoding: name, as: UTF8.self), errno: .current)
    }

    /// Owner before mode, since a change of owner takes set-id bits away; times last.
    private func adopt(
        _ status: stat, _ name: [UInt8], _ folder: borrowing FileDescriptor
    ) throws(SystemCallError) {
        let (number, text) = (folder.number, String(decoding: name, as: UTF8.self))
        let ids: (uid_t, gid_t)? =
            switch owner {
            case .caller: nil
            case .one(let user, let group): (user, group)
            case .same(let plus):
                (uid_t(clamping: Int64(status.st_uid) + plus), gid_t(clamping: Int64(status.st_gid) + plus))
            }
        if let ids {
            try systemCall("own", text) { name.asCString { fchownat(number, $0, ids.0, ids.1, AT_SYMLINK_NOFOLLOW) } }
        }
        if status.st_mode & S_IFMT != S_IFLNK {
            // Set-id bits are for the user that they were given by, who is not the one that has the copy.
            let mode = permissions ?? status.st_mode & (ids == nil ? 0o1777 : 0o7777)
            try systemCall("change the mode of", text) {
                name.asCString { fchmodat(number, $0, mode, 0) }
            }
        }
        let times = [status.st_atim, status.st_mtim]
        _ = name.asCString { utimensat(number, $0, times, AT_SYMLINK_NOFOLLOW) }
    }

    static func link(_ name: [UInt8], _ folder: borrowing FileDescriptor) throws(SystemCallError) -> [UInt8] {
        let number = folder.number
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = try systemCall("read a link", String(decoding: name, as: UTF8.self)) {
            name.asCString { readlinkat(number, $0, &buffer, buffer.count) }
        }
        return buffer.prefix(count).map { UInt8(bitPattern: $0) }
    }

    private static func names(_ folder: borrowing FileDescriptor) throws(SystemCallError) -> [[UInt8]] {
        let copy = try folder.open(".", flags: O_RDONLY | O_DIRECTORY).release()
        guard let stream = fdopendir(copy) else {
            let reason = Errno.current
            close(copy)
            throw SystemCallError("list", errno: reason)
        }
        defer { closedir(stream) }
        var names: [[UInt8]] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix(while: { $0 != 0 })) }
            if !name.elementsEqual(".".utf8), !name.elementsEqual("..".utf8) { names.append(name) }
        }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }
}

extension [UInt8] {
    /// Gives these bytes with a zero after them to `body`, as system calls want a name.
    func asCString<R>(_ body: (UnsafePointer<CChar>) -> R) -> R {
        (self + [0]).withUnsafeBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { $0.baseAddress.map(body) ?? "".withCString(body) }
        }
    }
}
