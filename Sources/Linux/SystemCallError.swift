import Glibc

/// A system call that failed: what was tried, on what, and the system's reason, which together make a sentence.
///
///     cannot open /sys/fs/cgroup/memory/boxtop: permission denied
package struct SystemCallError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was tried, as a verb that fits after "cannot": `open`, `mount proc on`.
    package let operation: String
    /// What it was tried on, where there is such a thing.
    package let path: String?
    /// The system's reason.
    package let errno: Errno

    package init(_ operation: String, _ path: String? = nil, errno: Errno) {
        self.operation = operation
        self.path = path
        self.errno = errno
    }

    package var description: String {
        "cannot \(operation)\(path.map { " \($0)" } ?? ""): \(errno)"
    }
}

/// The result of `body` where it is not −1; else an error made of `operation`, `path` and errno.
/// EINTR is retried.
///
/// Twice in place of one for any integer: other rooms would call that one through tables of what integers can do, which
/// the runtime makes at the first use.
@discardableResult
package func systemCall(
    _ operation: @autoclosure () -> String, _ path: @autoclosure () -> String? = nil, _ body: () -> Int32
) throws(SystemCallError) -> Int32 {
    Int32(truncatingIfNeeded: try systemCall(operation(), path(), { Int(body()) }))
}

/// The same for calls that count bytes.
@discardableResult
package func systemCall(
    _ operation: @autoclosure () -> String, _ path: @autoclosure () -> String? = nil, _ body: () -> Int
) throws(SystemCallError) -> Int {
    while true {
        let result = body()
        if result != -1 { return result }
        let reason = Errno.current
        if reason != .interrupted { throw SystemCallError(operation(), path(), errno: reason) }
    }
}
