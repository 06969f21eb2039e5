import CLinux
import Glibc

/// A file that is written under another name and takes its own when it is whole. What was not kept when this goes is gone.
/// A device or a pipe is not replaced but written to.
package struct FileReplacement: ~Copyable {
    package let file: FileDescriptor
    private let path: String
    private var temporary: String?

    /// - Throws: `SystemCallError` about `path`, where no file can be made beside it.
    package init(of path: String) throws(SystemCallError) {
        var status = stat()
        let isReplaced = stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG
        self.path = path
        temporary = isReplaced ? "\(path).\(getpid()).tmp" : nil
        do {
            file = try FileDescriptor.open(
                temporary ?? path, flags: isReplaced ? O_WRONLY | O_CREAT | O_TRUNC : O_WRONLY | O_NOCTTY)
        } catch {
            temporary = nil
            throw SystemCallError("write", path, errno: error.errno)
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
