import CLinux
import Glibc

/// The limits of setrlimit(2), which a process keeps and hands on to those that it starts.
package enum ResourceLimit {
    private static let names = [
        "CPU", "FSIZE", "DATA", "STACK", "CORE", "RSS", "NPROC", "NOFILE", "MEMLOCK", "AS", "LOCKS", "SIGPENDING",
        "MSGQUEUE", "NICE", "RTPRIO", "RTTIME",
    ]

    /// The kernel's number of `NOFILE`, …; the same on all architectures that Swift runs on. `nil` for no limit.
    package static func number(_ name: String) -> Int32? { names.firstIndex(of: name).map { Int32($0) } }

    /// How many files this process may have open; `nil` where that cannot be asked.
    package static var openFiles: Int? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        return Int(clamping: limit.rlim_cur)
    }

    /// Raises this process's own hard limit to `hard` where it is lower.
    ///
    /// - Returns: what it stays at where this process may not raise it.
    package static func makeRoom(_ number: Int32, for hard: UInt64) -> UInt64? {
        var (oldSoft, oldHard): (UInt64, UInt64) = (0, 0)
        guard clinux_getrlimit(number, &oldSoft, &oldHard) == 0, oldHard < hard else { return nil }
        return clinux_setrlimit(number, oldSoft, hard) == 0 ? nil : oldHard
    }

    /// Where the hard limit of what `process` starts stays, if that is below `hard` and it may not raise it; `nil` where
    /// nobody may ask, too.
    package static func ceiling(_ number: Int32, of process: pid_t, for hard: UInt64) -> UInt64? {
        var (soft, own): (UInt64, UInt64) = (0, 0)
        guard clinux_getrlimit_of(process, number, &soft, &own) == 0, own < hard else { return nil }
        return Capability.isEffective("SYS_RESOURCE", in: process) ? nil : own
    }
}
