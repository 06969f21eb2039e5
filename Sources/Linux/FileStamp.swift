import CLinux
import Glibc

/// Which file lies at a path and when it was last written: two equal stamps mean that nobody has replaced or changed
/// it. See stat(2).
package struct FileStamp: Hashable, Sendable {
    package let device: dev_t
    package let inode: ino_t
    package let size: off_t
    /// When its contents were last written, and when anything of it was last changed.
    package let modified: Timestamp
    package let changed: Timestamp

    /// `nil` where nothing is there. A symbolic link is followed.
    ///
    /// - Parameter folder: what a relative path begins at; the shorter it is, the sooner the kernel is there.
    package init?(_ path: String, in folder: Int32 = AT_FDCWD) {
        var status = stat()
        guard fstatat(folder, path, &status, 0) == 0 else { return nil }
        device = status.st_dev
        inode = status.st_ino
        size = status.st_size
        modified = Self.time(status.st_mtim)
        changed = Self.time(status.st_ctim)
    }

    /// Whether it is the same file, changed or not.
    package func isSameFile(as other: FileStamp) -> Bool { device == other.device && inode == other.inode }

    /// Whether the file was changed so short before `time` that a further change could bear the same stamp: the kernel
    /// stamps files by its tick, at most 10 ms.
    package func isFresh(at time: Timestamp) -> Bool { time.seconds(since: changed) < 0.05 }

    private static func time(_ time: timespec) -> Timestamp {
        Timestamp(nanoseconds: UInt64(max(0, time.tv_sec)) * 1_000_000_000 + UInt64(time.tv_nsec))
    }
}
