import Glibc
import Linux

extension ProcessIdentity {
    /// Process `pid` as it is now; `nil` where there is none.
    package init?(of pid: Int32) {
        guard let stat = ProcessStatus(of: pid) else { return nil }
        self.init(pid: pid, startTime: stat.startTime)
    }

    /// This process.
    package static var current: ProcessIdentity? { ProcessIdentity(of: getpid()) }

    /// Whether exactly this process lives; a zombie does not.
    package var isAlive: Bool {
        state.map { $0 != UInt8(ascii: "Z") && $0 != UInt8(ascii: "X") } ?? false
    }

    /// Whether it does nothing until somebody lets it: it was sent SIGSTOP, or a debugger holds it.
    package var isStopped: Bool { state == UInt8(ascii: "T") || state == UInt8(ascii: "t") }

    /// `nil` where exactly this process is no more.
    private var state: UInt8? {
        guard let status = ProcessStatus(of: pid), status.startTime == startTime else { return nil }
        return status.state
    }
}

/// The fields of /proc/PID/stat that tell one process from another. See proc_pid_stat(5).
private struct ProcessStatus {
    let state: UInt8
    let startTime: UInt64

    private static let space = UInt8(ascii: " ")

    init?(of pid: Int32) {
        guard let bytes = try? Files.read("/proc/\(pid)/stat", limit: 8 << 10),
            // The name, field 2, may hold spaces and brackets of its own: the last bracket ends it.
            let end = bytes.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        // Walked instead of split: lists ask this of every container. Field 3 is the state, 22 the start time.
        var rest = bytes[(end + 1)...].drop { $0 == Self.space }
        guard let state = rest.first else { return nil }
        for _ in 3..<22 {
            guard let next = rest.firstIndex(of: Self.space) else { return nil }
            rest = rest[(next + 1)...]
        }
        guard let startTime = UInt64(String(decoding: rest.prefix { $0 != Self.space }, as: UTF8.self)) else {
            return nil
        }
        self.state = state
        self.startTime = startTime
    }
}

/// The boot that this system is in: after another one nothing of a container runs.
package enum Boot {
    package static var id: String {
        (Files.text("/proc/sys/kernel/random/boot_id") ?? "").filter { !$0.isNewline }
    }
}
