import Linux
import OCI

/// What /proc/PID/stat says of a process, in one reading of it. See proc_pid_stat(5).
package struct ProcessStatus {
    /// `R`, `S`, `Z`, …, as a byte.
    package let state: UInt8
    /// Clock ticks since boot: with it a process id is never mistaken after reuse.
    package let startTime: UInt64

    /// Whether it has ended, and only waits to be waited for.
    package var isZombie: Bool { state == UInt8(ascii: "Z") }

    /// `nil` where there is no process `pid`.
    package init?(of pid: Int32) {
        guard let bytes = try? Files.read("/proc/\(pid)/stat") else { return nil }
        self.init(bytes)
    }

    /// The second field, the name in parentheses, may itself hold spaces and parentheses, so counting begins after the
    /// last one, with the third.
    init?(_ bytes: [UInt8]) {
        guard let end = bytes.lastIndex(of: UInt8(ascii: ")")), end + 2 < bytes.count else { return nil }
        state = bytes[end + 2]
        var field = 2
        var number: UInt64 = 0
        for byte in bytes[(end + 1)...] {
            if byte == UInt8(ascii: " ") {
                if field == 22 { break }
                field += 1
            } else if field == 22 {
                guard byte >= 48, byte <= 57 else { return nil }
                number = number &* 10 &+ UInt64(byte &- 48)
            }
        }
        if field != 22 { return nil }
        startTime = number
    }

    /// When process `pid` started; `nil` where there is none.
    package static func startTime(of pid: Int32) -> UInt64? { ProcessStatus(of: pid)?.startTime }
}
