import CLinux
import Glibc
import Linux

/// How much of a disk files take.
package enum DiskUsage {
    /// Bytes of the disk that `path` and all below it take, a file with several names counted once; what cannot be
    /// looked at counts nothing.
    package static func bytes(below path: String) -> Int64 {
        var seen = Set<ino_t>()
        return bytes(Array(path.utf8), in: AT_FDCWD, &seen)
    }

    /// Bytes that are free for anybody on the disk of `path`.
    package static func free(at path: String) -> Int64 {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return 0 }
        return Int64(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
    }

    private static func bytes(_ name: [UInt8], in folder: Int32, _ seen: inout Set<ino_t>) -> Int64 {
        var status = stat()
        guard name.asCString({ fstatat(folder, $0, &status, AT_SYMLINK_NOFOLLOW) }) == 0 else { return 0 }
        if status.st_nlink > 1, !status.isFolder, !seen.insert(status.st_ino).inserted { return 0 }
        var total = Int64(status.st_blocks) * 512
        guard status.isFolder else { return total }
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        let opened = name.asCString { clinux_openat(folder, $0, flags, 0) }
        guard opened >= 0, let stream = fdopendir(opened) else { return total }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let child = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix(while: { $0 != 0 })) }
            if child.elementsEqual(".".utf8) || child.elementsEqual("..".utf8) { continue }
            total += bytes(child, in: dirfd(stream), &seen)
        }
        return total
    }
}
