import CLinux
import Glibc

/// Paths inside a root that is not trusted. This descriptor is the root: no symbolic link, `..` or magic link of /proc
/// leads out of it. See openat2(2).
extension FileDescriptor {
    /// Opens `path` as a process whose root this folder is would see it.
    package func open(inRoot path: String, flags: Int32, mode: mode_t = 0) throws(SystemCallError) -> FileDescriptor {
        let resolve = UInt64(CLINUX_RESOLVE_IN_ROOT | CLINUX_RESOLVE_NO_MAGICLINKS)
        return try open(path, flags: flags, mode: mode, resolve: resolve)
    }

    /// Opens `path` where nothing on the way is a symbolic link or another mount: for /proc held by a descriptor,
    /// parts of which may have been covered.
    package func open(plainly path: String, flags: Int32) throws(SystemCallError) -> FileDescriptor {
        let resolve =
            CLINUX_RESOLVE_BENEATH | CLINUX_RESOLVE_NO_SYMLINKS | CLINUX_RESOLVE_NO_XDEV
        return try open(path, flags: flags, mode: 0, resolve: UInt64(resolve))
    }

    private func open(
        _ path: String, flags: Int32, mode: mode_t, resolve: UInt64
    ) throws(SystemCallError) -> FileDescriptor {
        let base = number
        let flags = UInt64(UInt32(bitPattern: flags | O_CLOEXEC))
        var doubts = 0
        while true {
            let descriptor = clinux_openat2(base, path, flags, UInt64(mode), resolve)
            if descriptor >= 0 { return FileDescriptor(owning: descriptor) }
            switch Errno.current {
            case .interrupted: continue
            // A rename elsewhere made the kernel unsure whether `..` stayed inside. Whoever renames without end, or a
            // kernel that is never sure, does not keep this process for ever.
            case .again where doubts < 1_000: doubts += 1
            case let reason: throw SystemCallError("open", path, errno: reason)
            }
        }
    }

    /// Where the open file `file` lies in this folder, by no symbolic link: `/a/b`, or `/` for the folder itself. See
    /// proc_pid_fd(5).
    package func place(of file: borrowing FileDescriptor) throws(SystemCallError) -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        func path(_ number: Int32) throws(SystemCallError) -> String {
            let count = try systemCall("look at a file") {
                readlink("/proc/self/fd/\(number)", &buffer, buffer.count)
            }
            return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        let (root, whole) = (try path(number), try path(file.number))
        if root == whole { return "/" }
        return root == "/" || !whole.hasPrefix(root) ? whole : String(whole.dropFirst(root.count))
    }

    /// This file's type and permissions, owner and device. See fstat(2).
    package func status() throws(SystemCallError) -> stat {
        var status = stat()
        let number = self.number
        try systemCall("look at a file") { fstat(number, &status) }
        return status
    }
}

/// Only the place of a file, not its contents: for paths below it, and to mount on. See open(2).
package let O_PATH = Int32(CLINUX_O_PATH)
