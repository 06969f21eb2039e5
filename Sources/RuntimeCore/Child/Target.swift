import CLinux
import Glibc
import Linux
import OCI

/// Places inside the container's root: found, and made where they are absent, without ever leaving it.
extension FileDescriptor {
    /// The file or folder at `path` below this root, as something to mount onto. What is absent is made: folders on
    /// the way, and at the end a folder or an empty file.
    ///
    /// A link to what is absent is followed like any other: its destination, inside, is made.
    ///
    /// - Parameter links: how many have been followed.
    func target(_ path: String, folder: Bool, links: Int = 0) throws(SystemCallError) -> FileDescriptor {
        if links > Self.linksAtMost { throw SystemCallError("open", path, errno: .loop) }
        do { return try open(inRoot: path, flags: O_PATH) } catch {
            if error.errno != .noSuchFile { throw error }
        }
        if folder { return try makeFolder(path) }
        let (parent, name) = Self.split(path)
        let above = try parent.isEmpty ? duplicate() : makeFolder(parent, links: links)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let number = above.number
        do {
            let made = FileDescriptor(
                owning: try systemCall("make", path) { clinux_openat(number, name, flags, 0o644) })
            _ = made
        } catch {
            guard error.errno == .exists, let place = above.destination(of: name, in: parent) else { throw error }
            return try target(place, folder: false, links: links + 1)
        }
        return try open(inRoot: path, flags: O_PATH | O_NOFOLLOW)
    }

    /// The folder at `path` below this root, made with those above it where absent.
    ///
    /// - Parameter links: how many links to what is absent have been followed.
    func makeFolder(
        _ path: String, mode: mode_t = 0o755, links: Int = 0
    ) throws(SystemCallError) -> FileDescriptor {
        if links > Self.linksAtMost { throw SystemCallError("open", path, errno: .loop) }
        if path.isEmpty { return try duplicate() }
        do { return try open(inRoot: path, flags: O_PATH | O_DIRECTORY) } catch {
            if error.errno != .noSuchFile { throw error }
        }
        let (parent, name) = Self.split(path)
        let above = try makeFolder(parent, mode: mode, links: links)
        let number = above.number
        do { try systemCall("make folder", path) { mkdirat(number, name, mode) } } catch {
            if error.errno != .exists { throw error }
            if let place = above.destination(of: name, in: parent) {
                return try makeFolder(place, mode: mode, links: links + 1)
            }
        }
        return try open(inRoot: path, flags: O_PATH | O_DIRECTORY)
    }

    /// As many as the kernel follows: see path_resolution(7).
    private static var linksAtMost: Int { 40 }

    /// Where the link `name` in this folder, which is `parent` below the root, leads; `nil` where it is no link.
    private func destination(of name: String, in parent: String) -> String? {
        let number = self.number
        let link = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Int(PATH_MAX)) { room -> String? in
            let count = room.baseAddress.map { readlinkat(number, name, $0, room.count) } ?? 0
            return count > 0 ? String(decoding: room[..<count], as: UTF8.self) : nil
        }
        return link.map { $0.begins(with: "/") || parent.isEmpty ? $0 : "\(parent)/\($0)" }
    }

    private static func split(_ path: String) -> (parent: String, name: String) {
        // By bytes: by characters the whole path would be looked up in Unicode's tables.
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return ("", path) }
        let parent = String(decoding: path.utf8[..<slash], as: UTF8.self)
        return (parent, String(decoding: path.utf8[slash...].dropFirst(), as: UTF8.self))
    }
}
