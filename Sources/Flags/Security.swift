/// What `--security-opt` asks for.
package enum SecurityFlag: Hashable, Sendable {
    case noNewPrivileges(Bool)
    /// No system call filter.
    case seccompUnconfined
    /// The filter of a file, as docker's seccomp.json.
    case seccompProfile(String)
    /// Paths under /proc and /sys to be left as they are; empty: all of them.
    case unmask([String])
    /// A security module's word, which says that it should be off: so it is.
    case ignored
}

extension Flag {
    /// `no-new-privileges[:false]`, `seccomp=unconfined`, `seccomp=FILE`, `unmask=ALL`, `unmask=PATH:PATH`,
    /// `label=disable`, `apparmor=unconfined`.
    package func securityOption() throws(FlagError) -> SecurityFlag {
        let split = text.firstIndex { $0 == "=" || $0 == ":" } ?? text.endIndex
        let value = split == text.endIndex ? nil : String(text[text.index(after: split)...])
        switch (text[..<split], value) {
        case ("no-new-privileges", nil), ("no-new-privileges", "true"): return .noNewPrivileges(true)
        case ("no-new-privileges", "false"): return .noNewPrivileges(false)
        case ("seccomp", "unconfined"): return .seccompUnconfined
        case ("seccomp", let path?) where !path.isEmpty: return .seccompProfile(path)
        case ("unmask", "ALL"), ("systempaths", "unconfined"): return .unmask([])
        case ("unmask", let paths?) where !paths.isEmpty:
            return .unmask(paths.split(separator: ":").map(String.init))
        case ("label", "disable"), ("apparmor", "unconfined"): return .ignored
        case ("label", _), ("apparmor", _):
            throw refused("boxtop sets no labels of security modules; leave it out")
        default:
            throw refused("must be no-new-privileges, seccomp=unconfined, seccomp=FILE or unmask=ALL")
        }
    }

    /// A capability as the kernel names it, `CAP_NET_ADMIN`, from any usual spelling; `ALL` stays.
    package func capability() throws(FlagError) -> String {
        let upper = text.uppercased()
        if upper == "ALL" { return upper }
        let bare = upper.hasPrefix("CAP_") ? String(upper.dropFirst(4)) : upper
        guard Self.capabilities.contains(bare) else {
            throw refused("no capability has that name; see capabilities(7), as in \(name) NET_ADMIN")
        }
        return "CAP_\(bare)"
    }

    private static let capabilities: Set<String> = [
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP",
        "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER",
        "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE",
        "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP",
        "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF",
        "CHECKPOINT_RESTORE",
    ]
}
