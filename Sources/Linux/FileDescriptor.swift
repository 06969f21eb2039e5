import CLinux
import Glibc

/// An open file that is closed once, when this goes out of scope. See open(2), close(2).
package struct FileDescriptor: ~Copyable, Sendable {
    /// The number, valid while this lives.
    package let number: Int32

    /// Takes over `number`: nobody else closes it.
    package init(owning number: Int32) { self.number = number }

    deinit { close(number) }

    /// Gives the number away without closing it.
    package consuming func release() -> Int32 {
        let number = self.number
        discard self
        return number
    }

    /// Opens `path`, always close-on-exec.
    ///
    /// - Parameters:
    ///   - flags: `O_RDONLY | …` of open(2).
    ///   - mode: permissions of a file that the call makes.
    package static func open(
        _ path: String, flags: Int32 = O_RDONLY, mode: mode_t = 0o644
    ) throws(SystemCallError) -> FileDescriptor {
        FileDescriptor(
            owning: try systemCall("open", path) { clinux_openat(AT_FDCWD, path, flags | O_CLOEXEC, mode) })
    }

    /// Opens `path` as seen from this folder, always close-on-exec. Symbolic links are followed: for a path inside
    /// a root that is not trusted, use `openat2`.
    package func open(
        _ path: String, flags: Int32 = O_RDONLY, mode: mode_t = 0o644
    ) throws(SystemCallError) -> FileDescriptor {
        let base = number
        return FileDescriptor(
            owning: try systemCall("open", path) { clinux_openat(base, path, flags | O_CLOEXEC, mode) })
    }

    /// Another descriptor of the same open file, close-on-exec.
    package func duplicate() throws(SystemCallError) -> FileDescriptor {
        let number = self.number
        return FileDescriptor(owning: try systemCall("duplicate a descriptor") { fcntl(number, F_DUPFD_CLOEXEC, 3) })
    }

    /// Standard input and output as descriptors of their own, close-on-exec.
    package static func standardInput() throws(SystemCallError) -> FileDescriptor {
        FileDescriptor(owning: try systemCall("read", "standard input") { fcntl(0, F_DUPFD_CLOEXEC, 3) })
    }

    package static func standardOutput() throws(SystemCallError) -> FileDescriptor {
        FileDescriptor(owning: try systemCall("write", "standard output") { fcntl(1, F_DUPFD_CLOEXEC, 3) })
    }

    /// Reads once into `buffer`; 0 at the end of the file.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemCallError) -> Int {
        let number = self.number
        return try systemCall("read") { Glibc.read(number, buffer.baseAddress, buffer.count) }
    }

    /// Writes all of `bytes`, in as many calls as it takes.
    package func write(_ bytes: some Collection<UInt8>) throws(SystemCallError) {
        let bytes = ContiguousArray(bytes)
        var done = 0
        while done < bytes.count {
            let number = self.number
            done += try systemCall("write") {
                bytes.withUnsafeBytes { Glibc.write(number, $0.baseAddress?.advanced(by: done), $0.count - done) }
            }
        }
    }

    /// Writes to a descriptor that stays open, such as standard output.
    package static func write(_ text: String, to number: Int32) throws(SystemCallError) {
        let descriptor = FileDescriptor(owning: number)
        let result: Result<Void, SystemCallError>
        do throws(SystemCallError) { result = .success(try descriptor.write(text.utf8)) } catch {
            result = .failure(error)
        }
        _ = descriptor.release()
        try result.get()
    }

    /// All that is left to read, at most `limit` bytes; EFBIG where there is more.
    package func readAll(limit: Int = 64 << 20) throws(SystemCallError) -> [UInt8] {
        // A small file comes in one chunk, which is returned as it is: lists read hundreds of them.
        let first = 4 << 10
        var bytes = try chunk(first)
        var isEnd = bytes.isEmpty
        while !isEnd {
            let more = try chunk(bytes.count < first ? first : 64 << 10)
            isEnd = more.isEmpty
            bytes += more
            if bytes.count > limit { throw SystemCallError("read", errno: Errno(rawValue: EFBIG)) }
        }
        return bytes
    }

    /// What one read gives, at most `size` bytes; nothing at the end of the file.
    package func chunk(_ size: Int) throws(SystemCallError) -> [UInt8] {
        let number = self.number
        return try [UInt8](upTo: size) { room throws(SystemCallError) in
            try systemCall("read") { Glibc.read(number, room.baseAddress, size) }
        }
    }
}

extension Optional where Wrapped == FileDescriptor {
    /// The number, where there is a descriptor; which optional chaining would use up.
    package var number: Int32? {
        switch self {
        case .some(let descriptor): descriptor.number
        case .none: nil
        }
    }
}

/// A pipe's two ends, close-on-exec. See pipe2(2).
package struct Pipe: ~Copyable, Sendable {
    package var reader: FileDescriptor
    package var writer: FileDescriptor

    package init() throws(SystemCallError) {
        var ends: (Int32, Int32) = (-1, -1)
        try systemCall("make a pipe") {
            withUnsafeMutableBytes(of: &ends) {
                clinux_pipe2($0.baseAddress?.assumingMemoryBound(to: Int32.self), O_CLOEXEC)
            }
        }
        reader = FileDescriptor(owning: ends.0)
        writer = FileDescriptor(owning: ends.1)
    }

    /// The reading end, once nobody here writes any more: then its end comes with the last other writer's.
    package consuming func closeWriter() -> FileDescriptor { reader }
}
