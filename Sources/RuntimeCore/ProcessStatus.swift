import Linux
import OCI

/// What /proc/PID/stat says of a process.
package enum ProcessStatus {
    /// When it started, in clock ticks since boot; `nil` where there is no such process.
    package static func startTime(of pid: Int32) -> UInt64? { field(22, of: pid).flatMap { UInt64($0) } }

    /// `R`, `S`, `Z`, …; `nil` where there is no such process.
    package static func state(of pid: Int32) -> Character? { field(3, of: pid)?.first }

    /// Fields are counted from 1. The second, the name in parentheses, may itself hold spaces and parentheses, so
    /// counting begins after the last one.
    private static func field(_ number: Int, of pid: Int32) -> Substring? {
        guard let text = Files.text("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        return fields.count > number - 3 ? fields[number - 3] : nil
    }
}
