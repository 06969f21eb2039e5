import CLinux
import Glibc

extension Files {
    /// Removes `path` and all below it, never following a symbolic link or crossing into another file system.
    /// What is already gone is fine; what an ordinary user's containers have given to others of their ids goes as well.
    package static func removeTree(_ path: String) throws(SystemCallError) {
        do throws(SystemCallError) { try removeWhole(path) } catch {
            guard geteuid() != 0, [.accessDenied, .notPermitted].contains(error.errno) else { throw error }
            try SubordinateUsers.asRoot { () throws(SystemCallError) in try removeWhole(path) }
        }
    }

    private static func removeWhole(_ path: String) throws(SystemCallError) {
        var removal = TreeRemoval(device: nil)
        try removal.remove(Array(path.utf8), in: AT_FDCWD, path: path)
    }

    /// Removes what is called `name`, given as bytes, in `folder`, and all below it, as `removeTree` of a path does.
    ///
    /// - Parameter path: what error messages call the folder.
    package static func removeTree(
        named name: [UInt8], in folder: borrowing FileDescriptor, path: String
    ) throws(SystemCallError) {
        var removal = TreeRemoval(device: try folder.status().st_dev)
        try removal.remove(name, in: folder.number, path: "\(path)/\(String(decoding: name, as: UTF8.self))")
    }
}

/// One removal of a folder with all in it, however deep that is: a container makes folders in folders without end, an
/// image of a few hundred bytes has thousands, and a process may have 1,024 files open.
private struct TreeRemoval {
    /// So many folders are open at once at most. Those that lie deeper are moved up into the first one, each by one
    /// rename(2), and removed from there.
    private static let deepest = 20

    /// Of the file system that it stays in; `nil`: of the first folder's.
    private var device: dev_t?
    /// The first folder, and how many have been moved into it.
    private var top: Int32 = -1
    private var moved = 0

    init(device: dev_t?) { self.device = device }

    mutating func remove(
        _ name: [UInt8], in base: Int32, path: String, level: Int = 0
    ) throws(SystemCallError) {
        if name.asCString({ unlinkat(base, $0, 0) }) == 0 { return }
        guard Errno.current == .isDirectory else {
            if Errno.current == .noSuchFile { return }
            throw SystemCallError("remove", path, errno: .current)
        }
        // Without root's rights, what a container or an overlay has made for itself alone (mode 0) is opened to its owner.
        if geteuid() != 0 { _ = name.asCString { fchmodat(base, $0, 0o700, 0) } }
        if level >= Self.deepest, move(name, from: base) { return }
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        let folder = name.asCString { clinux_openat(base, $0, flags, 0) }
        guard folder >= 0 else {
            if Errno.current == .noSuchFile { return }
            throw SystemCallError("remove", path, errno: .current)
        }
        guard let stream = fdopendir(folder) else {
            let reason = Errno.current
            close(folder)
            throw SystemCallError("list", path, errno: reason)
        }
        defer { closedir(stream) }
        var status = stat()
        try systemCall("look at", path) { fstat(folder, &status) }
        guard status.st_dev == device ?? status.st_dev else {
            throw SystemCallError("remove, since it is mounted,", path, errno: .busy)
        }
        if level == 0 { (top, device) = (folder, status.st_dev) }
        var before: Int
        repeat {
            before = moved
            rewinddir(stream)
            while let entry = Glibc.readdir(stream) {
                let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix(while: { $0 != 0 })) }
                if name.elementsEqual(".".utf8) || name.elementsEqual("..".utf8) { continue }
                try remove(
                    name, in: folder, path: "\(path)/\(String(decoding: name, as: UTF8.self))", level: level + 1)
            }
            // What has been moved here on the way is not sure to have been listed.
        } while level == 0 && moved > before
        // Somebody else may be removing it at the same moment.
        if name.asCString({ unlinkat(base, $0, AT_REMOVEDIR) }) != 0, Errno.current != .noSuchFile {
            throw SystemCallError("remove", path, errno: .current)
        }
    }

    /// Moves a folder into the first one, under a name that nothing has there; whether that was possible. What is
    /// mounted is not moved, and quotas of a part of a tree may forbid it.
    private mutating func move(_ name: [UInt8], from base: Int32) -> Bool {
        while true {
            moved += 1
            let target = Array(".deep-\(moved)".utf8)
            let isMoved = name.asCString { from in target.asCString { renameat(base, from, top, $0) } } == 0
            if isMoved { return true }
            guard [.exists, .notEmpty, .notDirectory].contains(Errno.current) else { return false }
        }
    }
}
