import Glibc
import Linux
import OCI

/// What /proc/PID/stat says of a process, in one reading of it. See proc_pid_stat(5).
package struct ProcessStatus {
    /// `R`, `S`, `Z`, …, as a byte.
    package let state: UInt8
    /// Clock ticks since boot: with it a process id is never mistaken after reuse.
    package let startTime: UInt64
    /// Whether it is a program by now, and no mere copy of the process that made it: told of one that has ended too.
    package let hasExecuted: Bool

    /// Whether it has ended, and only waits to be waited for.
    package var isZombie: Bool { state == UInt8(ascii: "Z") }

    /// `nil` where there is no process `pid`.
    package init?(of pid: Int32) {
        guard let status = ProcessStatusFile(of: pid)?.read() else { return nil }
        self = status
    }

    /// The second field, the name in parentheses, may itself hold spaces and parentheses, so counting begins after the
    /// last one, with the third.
    init?(_ bytes: [UInt8]) {
        guard let end = bytes.lastIndex(of: UInt8(ascii: ")")), end + 2 < bytes.count else { return nil }
        state = bytes[end + 2]
        var field = 2
        var number: UInt64 = 0
        var flags: UInt64 = 0
        for byte in bytes[(end + 1)...] {
            if byte == UInt8(ascii: " ") {
                if field == 22 { break }
                if field == 9 { (flags, number) = (number, 0) }
                field += 1
            } else if field == 9 || field == 22 {
                guard byte >= 48, byte <= 57 else { return nil }
                number = number &* 10 &+ UInt64(byte &- 48)
            }
        }
        if field != 22 { return nil }
        startTime = number
        hasExecuted = flags & Self.isForked == 0
    }

    /// PF_FORKNOEXEC of the kernel's <linux/sched.h>.
    private static var isForked: UInt64 { 0x40 }
}

/// /proc/PID/stat, open: each reading is of the moment, and of the process that had the id when it was opened.
package struct ProcessStatusFile: ~Copyable {
    private let file: FileDescriptor

    /// `nil` where there is no process `pid`.
    package init?(of pid: Int32) {
        guard let file = try? FileDescriptor.open("/proc/\(pid)/stat") else { return nil }
        self.file = file
    }

    /// `nil` where the process has been waited for.
    package func read() -> ProcessStatus? {
        let number = file.number
        // 52 numbers and a name of at most 64 bytes: one piece.
        let bytes = try? [UInt8](upTo: 2 << 10) { room throws(SystemCallError) in
            try systemCall("read") { pread(number, room.baseAddress, room.count, 0) }
        }
        return bytes.flatMap(ProcessStatus.init)
    }
}
