import Glibc

/// Privileges that root is divided into, numbered as in <linux/capability.h>. See capabilities(7).
package enum Capability {
    /// By number.
    package static let names = [
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP",
        "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER",
        "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE",
        "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP",
        "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF",
        "CHECKPOINT_RESTORE",
    ]

    /// The number of `name`, which has `CAP_` in front or not, in either case; `nil` for no capability.
    package static func number(_ name: String) -> Int? {
        var upper = name.utf8.map { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) ? $0 - 32 : $0 }
        if upper.starts(with: "CAP_".utf8) { upper.removeFirst(4) }
        return names.firstIndex { $0.utf8.count == upper.count && $0.utf8.elementsEqual(upper) }
    }

    /// Whether `process` has the capability `name`. See CapEff in proc_pid_status(5).
    package static func isEffective(_ name: String, in process: pid_t) -> Bool {
        let lines = Files.text("/proc/\(process)/status")?.split(separator: "\n") ?? []
        let digits = lines.first { $0.hasPrefix("CapEff:") }?.split(whereSeparator: \.isWhitespace).last
        guard let set = digits.flatMap({ UInt64($0, radix: 16) }) else { return false }
        return set & mask([name]) != 0
    }

    /// The set of `names` as a bit mask; what is no capability is left out.
    package static func mask(_ names: [String]) -> UInt64 {
        names.reduce(0) { mask, name in mask | (number(name).map { 1 << UInt64($0) } ?? 0) }
    }
}
