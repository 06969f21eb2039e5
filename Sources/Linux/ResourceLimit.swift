import CLinux

/// The limits of setrlimit(2), which a process keeps and hands on to those that it starts.
package enum ResourceLimit {
    private static let names = [
        "CPU", "FSIZE", "DATA", "STACK", "CORE", "RSS", "NPROC", "NOFILE", "MEMLOCK", "AS", "LOCKS", "SIGPENDING",
        "MSGQUEUE", "NICE", "RTPRIO", "RTTIME",
    ]

    /// The kernel's number of `NOFILE`, …; the same on all architectures that Swift runs on. `nil` for no limit.
    package static func number(_ name: String) -> Int32? { names.firstIndex(of: name).map { Int32($0) } }

    /// Raises this process's own hard limit to `hard` where it is lower.
    ///
    /// - Returns: what it stays at where this process may not raise it.
    package static func makeRoom(_ number: Int32, for hard: UInt64) -> UInt64? {
        var (oldSoft, oldHard): (UInt64, UInt64) = (0, 0)
        guard clinux_getrlimit(number, &oldSoft, &oldHard) == 0, oldHard < hard else { return nil }
        return clinux_setrlimit(number, oldSoft, hard) == 0 ? nil : oldHard
    }
}
