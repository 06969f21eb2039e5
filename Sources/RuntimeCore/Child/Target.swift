import CLinux
import Glibc
import Linux
import OCI

/// Places inside the container's root: found, and made where they are absent, without ever leaving it.
extension FileDescriptor {
    /// The file or folder at `path` below this root, as something to mount onto. What is absent is made: folders on
    /// the way, and at the end a folder or an empty file.
    func target(_ path: String, folder: Bool) throws(SystemCallError) -> FileDescriptor {
        do { return try open(inRoot: path, flags: O_PATH) } catch {
            if error.errno != .noSuchFile { throw error }
        }
        if folder { return try makeFolder(path) }
        let (parent, name) = Self.split(path)
        let above = try parent.isEmpty ? duplicate() : makeFolder(parent)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let number = above.number
        let made = FileDescriptor(owning: try systemCall("make", path) { clinux_openat(number, name, flags, 0o644) })
        _ = made
        return try open(inRoot: path, flags: O_PATH | O_NOFOLLOW)
    }

    /// The folder at `path` below this root, made with those above it where absent.
    func makeFolder(_ path: String, mode: mode_t = 0o755) throws(SystemCallError) -> FileDescriptor {
        if path.isEmpty { return try duplicate() }
        do { return try open(inRoot: path, flags: O_PATH | O_DIRECTORY) } catch {
            if error.errno != .noSuchFile { throw error }
        }
        let (parent, name) = Self.split(path)
        let above = try makeFolder(parent, mode: mode)
        let number = above.number
        do { try systemCall("make folder", path) { mkdirat(number, name, mode) } } catch {
            if error.errno != .exists { throw error }
        }
        return try open(inRoot: path, flags: O_PATH | O_DIRECTORY)
    }

    private static func split(_ path: String) -> (parent: String, name: String) {
        // By bytes: by characters the whole path would be looked up in Unicode's tables.
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return ("", path) }
        let parent = String(decoding: path.utf8[..<slash], as: UTF8.self)
        return (parent, String(decoding: path.utf8[slash...].dropFirst(), as: UTF8.self))
    }
}
