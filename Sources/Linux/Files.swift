import CLinux
import Glibc

/// Whole files and folders by path.
package enum Files {
    /// The bytes of the file at `path`, at most `limit`.
    package static func read(_ path: String, limit: Int = 64 << 20) throws(SystemCallError) -> [UInt8] {
        let file = try FileDescriptor.open(path)
        do { return try file.readAll(limit: limit) } catch {
            throw SystemCallError("read", path, errno: error.errno)
        }
    }

    /// The text of the file at `path`, or `nil` where it cannot be read.
    package static func text(_ path: String) -> String? {
        guard let bytes = try? read(path) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Writes `bytes` to a file that is there already, in one write: what control files of the kernel want.
    package static func write(_ bytes: some Collection<UInt8>, to path: String) throws(SystemCallError) {
        let file = try FileDescriptor.open(path, flags: O_WRONLY)
        do { try file.write(bytes) } catch { throw SystemCallError("write to", path, errno: error.errno) }
    }

    /// Replaces the file at `path` so that a reader, or a crash, sees all of the old or all of the new:
    /// a temporary name, fsync unless `durable` is off, rename. With `durable` it is there after a power cut too;
    /// without `andName` only once the folder has been flushed, which many files may share.
    package static func replace(
        _ path: String, with bytes: some Collection<UInt8>, mode: mode_t = 0o644, durable: Bool = true,
        andName: Bool = true
    ) throws(SystemCallError) {
        let temporary = "\(path).\(getpid()).tmp"
        do throws(SystemCallError) {
            let file = try FileDescriptor.open(temporary, flags: O_WRONLY | O_CREAT | O_TRUNC, mode: mode)
            try file.write(bytes)
            let number = file.number
            if durable { try systemCall("flush") { fsync(number) } }
            try systemCall("rename") { rename(temporary, path) }
            if durable && andName { try flush(folder: String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])) }
        } catch {
            unlink(temporary)
            throw SystemCallError("write", path, errno: error.errno)
        }
    }

    /// Returns when what was made, renamed and removed in the folder `path` would be so after a power cut. A rename
    /// alone is not: it may be in memory for seconds.
    package static func flush(folder path: String) throws(SystemCallError) {
        let folder = try FileDescriptor.open(path.isEmpty ? "." : path, flags: O_RDONLY | O_DIRECTORY)
        let number = folder.number
        try systemCall("flush", path) { fsync(number) }
    }

    /// Makes the folder `path` and those above it; one that is there already is fine.
    package static func makeDirectories(_ path: String, mode: mode_t = 0o755) throws(SystemCallError) {
        if mkdir(path, mode) == 0 || Errno.current == .exists { return }
        let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
        if !parent.isEmpty { try makeDirectories(parent, mode: mode) }
        do { try systemCall("make folder", path) { mkdir(path, mode) } } catch {
            if error.errno != .exists { throw error }
        }
    }

    /// Makes the folder `path`, for its owner alone; one that is there and open to others is closed to them.
    package static func makePrivate(_ path: String) throws(SystemCallError) {
        try makeDirectories(path)
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & 0o077 != 0 else { return }
        try systemCall("change the mode of", path) { chmod(path, 0o700) }
    }

    /// The names in the folder `path`, without `.` and `..`, in no order.
    package static func names(in path: String) throws(SystemCallError) -> [String] {
        guard let stream = opendir(path) else { throw SystemCallError("list", path, errno: .current) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = Glibc.readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix(while: { $0 != 0 }), as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    /// Whether something is at `path`; a symbolic link counts, wherever it points.
    package static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// Removes `path` and all below it, never following a symbolic link or crossing into another file system.
    /// What is already gone is fine; what an ordinary user's containers have given to others of their ids goes as well.
    package static func removeTree(_ path: String) throws(SystemCallError) {
        do throws(SystemCallError) { try removeWhole(path) } catch {
            guard geteuid() != 0, [.accessDenied, .notPermitted].contains(error.errno) else { throw error }
            try SubordinateUsers.asRoot { () throws(SystemCallError) in try removeWhole(path) }
        }
    }

    private static func removeWhole(_ path: String) throws(SystemCallError) {
        if unlink(path) == 0 || Errno.current == .noSuchFile { return }
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW
        let folder: FileDescriptor
        do { folder = try FileDescriptor.open(path, flags: flags) } catch {
            if error.errno == .noSuchFile { return }
            throw SystemCallError("remove", path, errno: error.errno)
        }
        var status = stat()
        let number = folder.number
        try systemCall("look at", path) { fstat(number, &status) }
        try removeContents(of: folder, device: status.st_dev, path: path)
        // Somebody else may be removing it at the same moment.
        if rmdir(path) != 0, Errno.current != .noSuchFile { throw SystemCallError("remove", path, errno: .current) }
    }

    /// Removes what is called `name`, given as bytes, in `folder`, and all below it, as `removeTree` of a path does.
    ///
    /// - Parameter path: what error messages call the folder.
    package static func removeTree(
        named name: [UInt8], in folder: borrowing FileDescriptor, path: String
    ) throws(SystemCallError) {
        var status = stat()
        let number = folder.number
        try systemCall("look at", path) { fstat(number, &status) }
        try remove(name + [0], in: folder, device: status.st_dev, path: path)
    }

    private static func removeContents(
        of folder: borrowing FileDescriptor, device: dev_t, path: String
    ) throws(SystemCallError) {
        guard let stream = fdopendir(try folder.duplicate().release()) else {
            throw SystemCallError("list", path, errno: .current)
        }
        defer { closedir(stream) }
        while let entry = Glibc.readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix(while: { $0 != 0 })) + [0] }
            if name == [UInt8(ascii: "."), 0] || name == [UInt8(ascii: "."), UInt8(ascii: "."), 0] { continue }
            try remove(name, in: folder, device: device, path: path)
        }
    }

    private static func remove(
        _ name: [UInt8], in folder: borrowing FileDescriptor, device: dev_t, path: String
    ) throws(SystemCallError) {
        let base = folder.number
        let text = String(decoding: name.dropLast(), as: UTF8.self)
        func call(_ body: (UnsafePointer<CChar>) -> Int32) -> Int32 {
            name.withUnsafeBytes { $0.withMemoryRebound(to: CChar.self) { $0.baseAddress.map(body) ?? -1 } }
        }
        if call({ unlinkat(base, $0, 0) }) == 0 { return }
        guard Errno.current == .isDirectory else {
            if Errno.current == .noSuchFile { return }
            throw SystemCallError("remove", "\(path)/\(text)", errno: .current)
        }
        // Without root's rights, what a container or an overlay has made for itself alone (mode 0) is opened to its owner.
        if geteuid() != 0 { _ = call { fchmodat(base, $0, 0o700, 0) } }
        let child = FileDescriptor(
            owning: try systemCall("open", "\(path)/\(text)") {
                call { clinux_openat(base, $0, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0) }
            })
        var status = stat()
        let number = child.number
        try systemCall("look at", "\(path)/\(text)") { fstat(number, &status) }
        guard status.st_dev == device else {
            throw SystemCallError("remove, since it is mounted,", "\(path)/\(text)", errno: .busy)
        }
        try removeContents(of: child, device: device, path: "\(path)/\(text)")
        try systemCall("remove", "\(path)/\(text)") { call { unlinkat(base, $0, AT_REMOVEDIR) } }
    }
}
