import Glibc
import Linux

/// How soon the kernel kills a process for want of memory. See proc_pid_oom_score_adj(5).
package enum OOMScore {
    /// This process's own, which whatever it starts has as well; `nil` where nobody tells.
    package static var own: Int? {
        Files.text("/proc/self/oom_score_adj").flatMap { Int($0.prefix { !$0.isNewline }) }
    }

    /// Sets this process's own. With CAP_SYS_RESOURCE the score is from then on also the lowest that it, and whatever it
    /// starts, may go back to without.
    package static func setOwn(_ score: Int) throws(SystemCallError) {
        try Files.write("\(score)".utf8, to: "/proc/self/oom_score_adj")
    }

    /// Sets it for process `pid`, from outside: the process itself may not lower it.
    static func set(_ score: Int?, of pid: Int32) throws(LaunchError) {
        guard let score else { return }
        do { try Files.write("\(score)".utf8, to: "/proc/\(pid)/oom_score_adj") } catch {
            // Only root may lower it: a person's container runs without.
            if geteuid() == 0 || error.errno != .accessDenied { throw LaunchError(.oomScore, on: "\(score)", error) }
        }
    }
}
