import Glibc
import Linux

/// What a created container's process waits at: one FIFO that says when to start, and one that tells the starter how it
/// went. The second ends when the program has been executed, and says before why it was not.
package struct Hold: ~Copyable {
    private let start: FileDescriptor
    private let answer: FileDescriptor

    package static func make(at path: String) throws(SystemCallError) {
        try systemCall("make", path) { mkfifo(path, 0o600) }
        try systemCall("make", path) { mkfifo(answerPath(path), 0o600) }
    }

    /// In the launching process, for the child.
    init(_ path: String) throws(LaunchError) {
        // Both ways: then they open at once, and the child waits for a byte and not for the other side.
        let first = try during(.hold, on: path) { () throws(SystemCallError) in
            try FileDescriptor.open(path, flags: O_RDWR)
        }
        let second = try during(.hold, on: path) { () throws(SystemCallError) in
            try FileDescriptor.open(Self.answerPath(path), flags: O_RDWR)
        }
        start = first
        answer = second
    }

    private static func answerPath(_ path: String) -> String { "\(path)-answer" }

    /// In the child.
    func wait() throws(LaunchError) {
        var byte: UInt8 = 0
        let number = start.number
        try during(.hold) { () throws(SystemCallError) in
            try systemCall("read") { read(number, &byte, 1) }
        }
    }

    func tell(_ error: LaunchError) { try? answer.write(error.bytes) }

    /// Lets the program of the container that waits at `path` begin, and returns when it has been executed.
    ///
    /// - Returns: false where nobody waits there: the process has gone, or somebody else has let it begin.
    package static func release(_ path: String) throws(LaunchError) -> Bool {
        let failure: [UInt8]
        do throws(SystemCallError) {
            let answer = try FileDescriptor.open(answerPath(path), flags: O_RDONLY | O_NONBLOCK)
            // Not waiting: that nobody reads means that the process is gone.
            try FileDescriptor.open(path, flags: O_WRONLY | O_NONBLOCK).write([1])
            try systemCall("remove", path) { unlink(path) }
            unlink(answerPath(path))
            let number = answer.number
            try systemCall("wait for", path) { fcntl(number, F_SETFL, 0) }
            failure = try answer.readAll(limit: 64 << 10)
        } catch {
            if [ENOENT, ENXIO, EPIPE].contains(error.errno.rawValue) { return false }
            throw LaunchError(.hold, error)
        }
        if !failure.isEmpty { throw LaunchError(failure) }
        return true
    }
}
