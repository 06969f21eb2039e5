import Glibc
import Linux

/// How soon the kernel kills a process for want of memory. See proc_pid_oom_score_adj(5).
enum OOMScore {
    /// Sets it for process `pid`, from outside: the process itself may not lower it.
    static func set(_ score: Int?, of pid: Int32) throws(LaunchError) {
        guard let score else { return }
        do { try Files.write("\(score)".utf8, to: "/proc/\(pid)/oom_score_adj") } catch {
            // Only root may lower it: a person's container runs without.
            if geteuid() == 0 || error.errno != .accessDenied { throw LaunchError(.oomScore, on: "\(score)", error) }
        }
    }
}
