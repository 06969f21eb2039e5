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
        var temporary: String?
        do throws(SystemCallError) {
            let file = try FileDescriptor.make(beside: path, mode: mode, as: &temporary)
            try file.write(bytes)
            let number = file.number
            if durable { try systemCall("flush") { fsync(number) } }
            try systemCall("rename") { rename(temporary ?? "", path) }
            if durable && andName { try flush(folder: String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])) }
        } catch {
            if let temporary { unlink(temporary) }
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

    /// What the symbolic link at `path` says, up to 255 bytes; `nil` where none is there.
    package static func linkTarget(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 255)
        let count = readlink(path, &buffer, buffer.count)
        guard count > 0 else { return nil }
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
