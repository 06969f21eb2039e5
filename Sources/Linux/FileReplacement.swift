import CLinux
import Glibc

/// A file that is written without a name and gets its own when it is whole. What was not kept when this goes is gone,
/// whatever ends the process; where the file system has no files without a name, it is written under another one.
/// A device or a pipe is not replaced but written to.
package struct FileReplacement: ~Copyable {
    package let file: FileDescriptor
    private let path: String
    private var temporary: String?
    private var isUnnamed = false

    /// - Parameter mode: permissions of a new file; who replaces one of their own keeps what that one has.
    /// - Throws: `SystemCallError` about `path`, where no file can be made beside it.
    package init(of path: String, mode: mode_t = 0o600) throws(SystemCallError) {
        var status = stat()
        self.path = path
        var name: String?
        var isNew = true
        do {
            if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
                file = try FileDescriptor.open(path, flags: O_WRONLY | O_NOCTTY)
                isNew = false
            } else if let unnamed = try? FileDescriptor.makeUnnamed(in: Self.folder(of: path), mode: mode) {
                file = unnamed
                isUnnamed = true
            } else {
                file = try FileDescriptor.make(beside: path, mode: mode, as: &name)
            }
        } catch {
            throw SystemCallError("write", path, errno: error.errno)
        }
        temporary = name
        // Somebody else's, who may have put it there to read what comes in its place, says nothing; nor does what a link
        // leads to, which anybody may have laid.
        if isNew, lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid() {
            fchmod(file.number, status.st_mode & 0o777)
        }
    }

    /// The file is whole.
    package mutating func keep() throws(SystemCallError) {
        if isUnnamed {
            if try file.link(as: path) { return }
            try linkBeside()
        }
        guard let temporary else { return }
        try systemCall("write", path) { rename(temporary, path) }
        self.temporary = nil
    }

    /// link(2) replaces nothing, as rename(2) does: for that moment it has another name.
    private mutating func linkBeside() throws(SystemCallError) {
        for _ in 0..<100 {
            let name = FileDescriptor.name(beside: path)
            guard try file.link(as: name) else { continue }
            (temporary, isUnnamed) = (name, false)
            return
        }
        throw SystemCallError("write", path, errno: .exists)
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return String(path[...slash])
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
            let temporary = Self.name(beside: path)
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

    fileprivate static func name(beside path: String) -> String { "\(path).\(UInt32.random(in: .min ... .max)).tmp" }
}
