import CLinux
import Glibc

/// A file that is written under another name and takes its own when it is whole. What was not kept when this goes is gone.
/// A device or a pipe is not replaced but written to.
package struct FileReplacement: ~Copyable {
    package let file: FileDescriptor
    private let path: String
    private var temporary: String?

    /// - Parameter mode: permissions of a new file; who replaces one of their own keeps what that one has.
    /// - Throws: `SystemCallError` about `path`, where no file can be made beside it.
    package init(of path: String, mode: mode_t = 0o600) throws(SystemCallError) {
        var status = stat()
        self.path = path
        var name: String?
        do {
            if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
                file = try FileDescriptor.open(path, flags: O_WRONLY | O_NOCTTY)
            } else {
                file = try FileDescriptor.make(beside: path, mode: mode, as: &name)
            }
        } catch {
            throw SystemCallError("write", path, errno: error.errno)
        }
        temporary = name
        // Somebody else's, who may have put it there to read what comes in its place, says nothing; nor does what a link
        // leads to, which anybody may have laid.
        if name != nil, lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid() {
            fchmod(file.number, status.st_mode & 0o777)
        }
    }

    /// The file is whole.
    package mutating func keep() throws(SystemCallError) {
        guard let temporary else { return }
        try systemCall("write", path) { rename(temporary, path) }
        self.temporary = nil
    }

    deinit { if let temporary { unlink(temporary) } }
}

extension FileDescriptor {
    /// Makes a file beside `path` and opens it to be written, under a name that nobody has foreseen: in a folder that
    /// others may write to, a link that waits under it would lead to another file.
    ///
    /// - Parameter name: gets the file's path.
    package static func make(
        beside path: String, mode: mode_t, as name: inout String?
    ) throws(SystemCallError) -> FileDescriptor {
        var attempts = 0
        while true {
            let temporary = "\(path).\(UInt32.random(in: .min ... .max)).tmp"
            do throws(SystemCallError) {
                let file = try open(temporary, flags: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode)
                name = temporary
                return file
            } catch {
                attempts += 1
                if error.errno != .exists || attempts == 100 { throw error }
            }
        }
    }
}
