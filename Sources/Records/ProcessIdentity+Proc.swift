import Glibc
import Linux

extension ProcessIdentity {
    /// Process `pid` as it is now; `nil` where there is none.
    package init?(of pid: Int32) {
        guard let status = ProcessStatus(of: pid) else { return nil }
        self.init(pid: pid, startTime: status.startTime)
    }

    /// This process.
    package static var current: ProcessIdentity? { ProcessIdentity(of: getpid()) }

    /// Whether exactly this process lives; a zombie does not.
    package var isAlive: Bool { status?.hasEnded == false }

    /// Whether it does nothing until somebody lets it: it was sent SIGSTOP, or a debugger holds it.
    package var isStopped: Bool { status?.isStopped ?? false }

    /// `nil` where exactly this process is no more.
    private var status: ProcessStatus? {
        guard let status = ProcessStatus(of: pid), status.startTime == startTime else { return nil }
        return status
    }
}

/// The boot that this system is in: after another one nothing of a container runs.
package enum Boot {
    package static var id: String {
        (Files.text("/proc/sys/kernel/random/boot_id") ?? "").filter { !$0.isNewline }
    }
}
