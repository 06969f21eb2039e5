import CLinux
import Glibc
import Linux

/// `tmpcopyup`: a new tmpfs begins with what the folder below it holds. Everything is reached by descriptors: no link
/// in the image leads elsewhere.
enum CopyUp {
    /// Copies what is in the folder `source` to the folder `target`: files, folders and links, with owners and
    /// permissions. Devices stay behind.
    static func copy(from source: borrowing FileDescriptor, to target: borrowing FileDescriptor) throws(SystemCallError)
    {
        let listed = try source.open(".", flags: O_RDONLY | O_DIRECTORY)
        guard let stream = fdopendir(try listed.duplicate().release()) else {
            throw SystemCallError("list", errno: .current)
        }
        defer { closedir(stream) }
        while let entry = Glibc.readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) + [0] }
            if name == [46, 0] || name == [46, 46, 0] { continue }
            try copy(name.map { CChar(bitPattern: $0) }, from: listed, to: target)
        }
    }

    private static func copy(
        _ name: [CChar], from source: borrowing FileDescriptor, to target: borrowing FileDescriptor
    ) throws(SystemCallError) {
        let (from, to) = (source.number, target.number)
        var status = stat()
        try systemCall("look at a file") { fstatat(from, name, &status, AT_SYMLINK_NOFOLLOW) }
        let mode = status.st_mode & 0o7777
        switch status.st_mode & S_IFMT {
        case S_IFDIR:
            try systemCall("make a folder") { mkdirat(to, name, 0o700) }
            let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
            let inner = FileDescriptor(owning: try systemCall("open a folder") { clinux_openat(from, name, flags, 0) })
            let copied = FileDescriptor(owning: try systemCall("open a folder") { clinux_openat(to, name, flags, 0) })
            try copy(from: inner, to: copied)
            try keep(status, mode, of: copied.number)
        case S_IFREG:
            let read = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
            let write = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
            let file = FileDescriptor(owning: try systemCall("open a file") { clinux_openat(from, name, read, 0) })
            let copied = FileDescriptor(owning: try systemCall("make a file") { clinux_openat(to, name, write, 0o600) })
            let (input, output) = (file.number, copied.number)
            var left = 1
            while left > 0 { left = try systemCall("copy a file") { sendfile(output, input, nil, 1 << 30) } }
            try keep(status, mode, of: output)
        case S_IFLNK:
            var text = [CChar](repeating: 0, count: Int(PATH_MAX))
            try systemCall("read a link") { readlinkat(from, name, &text, text.count - 1) }
            try systemCall("make a link") { symlinkat(text, to, name) }
            try systemCall("set an owner") {
                fchownat(to, name, status.st_uid, status.st_gid, AT_SYMLINK_NOFOLLOW)
            }
        default: break
        }
    }

    /// The owner first: a change of it takes setuid away.
    private static func keep(_ status: stat, _ mode: mode_t, of number: Int32) throws(SystemCallError) {
        try systemCall("set an owner") { fchown(number, status.st_uid, status.st_gid) }
        try systemCall("set permissions") { fchmod(number, mode) }
    }
}
