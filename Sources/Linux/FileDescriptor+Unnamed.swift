import CLinux
import Glibc

/// Files without a name (O_TMPFILE of open(2)): one is gone with its last descriptor, whatever ends the process that
/// writes it. Not every file system has them: overlayfs since Linux 6.1, NFS not at all.
extension FileDescriptor {
    /// Makes one in the folder `path`, to be written.
    package static func makeUnnamed(in path: String, mode: mode_t) throws(SystemCallError) -> FileDescriptor {
        try open(path, flags: Int32(CLINUX_O_TMPFILE) | O_WRONLY, mode: mode)
    }

    /// Makes one in this folder, to be written.
    package func makeUnnamed(mode: mode_t) throws(SystemCallError) -> FileDescriptor {
        try open(".", flags: Int32(CLINUX_O_TMPFILE) | O_WRONLY, mode: mode)
    }

    /// Gives such a file its name; `false` where something has that already.
    package func link(as path: String) throws(SystemCallError) -> Bool {
        try link(as: Array(path.utf8), in: AT_FDCWD)
    }

    /// Gives such a file the name `name` in the folder `folder`; `false` where something has that already.
    package func link(as name: [UInt8], in folder: Int32) throws(SystemCallError) -> Bool {
        let source = "/proc/self/fd/\(number)"
        if name.asCString({ linkat(AT_FDCWD, source, folder, $0, AT_SYMLINK_FOLLOW) }) == 0 { return true }
        let reason = Errno.current
        if reason == .exists { return false }
        throw SystemCallError("write", String(decoding: name, as: UTF8.self), errno: reason)
    }
}
