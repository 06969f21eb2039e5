import Glibc

/// What /proc/PID/stat says of a process, in one reading of it. See proc_pid_stat(5).
package struct ProcessStatus: Sendable {
    /// `R`, `S`, `Z`, …, as a byte.
    package let state: UInt8
    /// The process that is told of its end.
    package let parent: Int32
    /// Whether it is a program by now, and no mere copy of the process that made it: told of one that has ended too.
    package let hasExecuted: Bool
    /// CPU time so far, in clock ticks.
    package let ticks: UInt64
    /// Clock ticks since boot: with it a process id is never mistaken after reuse.
    package let startTime: UInt64
    package let residentPages: UInt64

    /// Whether it has ended, and at most waits to be waited for.
    package var hasEnded: Bool { state == UInt8(ascii: "Z") || state == UInt8(ascii: "X") }

    /// Whether it does nothing until somebody lets it: it was sent SIGSTOP, or a debugger holds it.
    package var isStopped: Bool { state == UInt8(ascii: "T") || state == UInt8(ascii: "t") }

    /// `nil` where there is no process `pid`.
    package init?(of pid: Int32) {
        guard let status = ProcessStatusFile(of: pid)?.read() else { return nil }
        self = status
    }

    /// `nil` where any of it is missing, cut off or no number. The second field, the name in parentheses, may itself hold
    /// spaces and parentheses, so counting begins after the last one, with the third.
    package init?(_ bytes: [UInt8]) {
        guard let end = bytes.lastIndex(of: UInt8(ascii: ")")), end + 2 < bytes.count else { return nil }
        var fields = Fields(bytes: bytes, index: end + 2, field: 3)
        guard let parent = fields.number(4).flatMap(Int32.init(exactly:)), let flags = fields.number(9),
            let user = fields.number(14), let system = fields.number(15), let startTime = fields.number(22),
            let residentPages = fields.number(24)
        else { return nil }
        state = bytes[end + 2]
        self.parent = parent
        hasExecuted = flags & Self.isForked == 0
        ticks = user &+ system
        self.startTime = startTime
        self.residentPages = residentPages
    }

    /// PF_FORKNOEXEC of the kernel's <linux/sched.h>.
    private static var isForked: UInt64 { 0x40 }

    /// The name, for whoever shows it; `nil` where there is none.
    package static func name(in bytes: [UInt8]) -> String? {
        guard let begin = bytes.firstIndex(of: UInt8(ascii: "(")), let end = bytes.lastIndex(of: UInt8(ascii: ")")),
            begin < end
        else { return nil }
        return String(decoding: bytes[(begin + 1)..<end], as: UTF8.self)
    }
}

/// A walk over fields with one space between, by their numbers in the manual page, upwards.
private struct Fields {
    let bytes: [UInt8]
    var index: Int
    var field: Int

    mutating func number(_ wanted: Int) -> UInt64? {
        while field < wanted, index < bytes.count {
            if bytes[index] == UInt8(ascii: " ") { field += 1 }
            index += 1
        }
        let start = index
        var number: UInt64 = 0
        // What is longer than that, no clock has counted.
        while index < bytes.count, bytes[index] &- 48 <= 9, number < 1 << 60 {
            number = number &* 10 &+ UInt64(bytes[index] &- 48)
            index += 1
        }
        guard index > start, index < bytes.count, bytes[index] == UInt8(ascii: " ") else { return nil }
        return number
    }
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
