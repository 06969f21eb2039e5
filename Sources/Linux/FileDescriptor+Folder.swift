import CLinux
import Glibc

/// What is in this folder, by name: in bytes, since a name need not be text, and never following a symbolic link, so
/// that whoever changes a folder meanwhile leads nobody out of it.
extension FileDescriptor {
    /// The names in it, without `.` and `..`, sorted.
    package func names() throws(SystemCallError) -> [[UInt8]] {
        // A descriptor of its own, since those of one open file share their place in the list.
        let copy = try open(".", flags: O_RDONLY | O_DIRECTORY).release()
        guard let stream = fdopendir(copy) else {
            let reason = Errno.current
            close(copy)
            throw SystemCallError("list", errno: reason)
        }
        defer { closedir(stream) }
        var names: [[UInt8]] = []
        while let entry = Glibc.readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix(while: { $0 != 0 })) }
            if !name.elementsEqual(".".utf8), !name.elementsEqual("..".utf8) { names.append(name) }
        }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// What `name` is, a symbolic link as itself.
    package func status(of name: [UInt8]) throws(SystemCallError) -> stat {
        var status = stat()
        let number = self.number
        try systemCall("look at", String(decoding: name, as: UTF8.self)) {
            name.asCString { fstatat(number, $0, &status, AT_SYMLINK_NOFOLLOW) }
        }
        return status
    }

    /// Opens `name`, always close-on-exec; where it is a symbolic link, only with O_PATH, as itself.
    package func open(named name: [UInt8], flags: Int32, mode: mode_t = 0) throws(SystemCallError) -> FileDescriptor {
        let (number, flags) = (self.number, flags | O_NOFOLLOW | O_CLOEXEC)
        return FileDescriptor(
            owning: try systemCall("open", String(decoding: name, as: UTF8.self)) {
                name.asCString { clinux_openat(number, $0, flags, mode) }
            })
    }

    /// Where the symbolic link `name` leads.
    package func link(named name: [UInt8]) throws(SystemCallError) -> [UInt8] {
        let number = self.number
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = try systemCall("read a link", String(decoding: name, as: UTF8.self)) {
            name.asCString { readlinkat(number, $0, &buffer, buffer.count) }
        }
        return buffer.prefix(count).map { UInt8(bitPattern: $0) }
    }
}

extension [UInt8] {
    /// Gives these bytes with a zero after them to `body`, as system calls want a name.
    package func asCString<R>(_ body: (UnsafePointer<CChar>) -> R) -> R {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: count + 1) { buffer in
            for (index, byte) in enumerated() { buffer.initializeElement(at: index, to: CChar(bitPattern: byte)) }
            buffer.initializeElement(at: count, to: 0)
            // A temporary allocation of at least one byte has an address.
            return buffer.baseAddress.map { body($0) } ?? "".withCString(body)
        }
    }
}
