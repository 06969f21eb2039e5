import Cgroups
import OCI

/// What every container is kept from, unless it is told otherwise: podman's usual lists.
package enum DefaultIsolation {
    /// The capabilities of a container's root.
    package static let capabilities = [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_NET_BIND_SERVICE", "CAP_SETFCAP",
        "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID", "CAP_SYS_CHROOT",
    ]

    /// As many processes and threads as a program may need, and few enough that a fork bomb stays the container's.
    package static var limits: Limits {
        var limits = Limits()
        limits.processes = 4_096
        return limits
    }

    /// Paths that show the host's hardware or keys, or that slow it down: covered.
    package static let maskedPaths = [
        "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
        "/proc/sched_debug", "/proc/scsi", "/proc/timer_list", "/proc/timer_stats", "/sys/dev/block",
        "/sys/devices/virtual/powercap", "/sys/firmware", "/sys/fs/selinux",
    ]

    /// Paths through which the host is configured: read-only.
    package static let readOnlyPaths = [
        "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger",
    ]

    /// The devices that every container may use, as rules of the device filter; the last that matches counts.
    /// Making device files is allowed, using them is not.
    package static let deviceRules: [RuntimeSpec.DeviceRule] =
        [
            .init(allow: false, access: "rwm"),
            .init(allow: true, type: "c", access: "m"), .init(allow: true, type: "b", access: "m"),
        ]
        + [(1, 3), (1, 5), (1, 7), (1, 8), (1, 9), (5, 0), (5, 1), (5, 2)].map {
            .init(allow: true, type: "c", major: $0.0, minor: $0.1, access: "rwm")
        } + [.init(allow: true, type: "c", major: 136, access: "rwm")]

    /// All that the kernel knows, by number: capabilities(7), linux/capability.h.
    package static let everyCapability = [
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP",
        "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER",
        "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE",
        "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP",
        "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF",
        "CHECKPOINT_RESTORE",
    ].map { "CAP_\($0)" }
}
