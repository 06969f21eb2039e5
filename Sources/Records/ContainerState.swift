import Linux

/// How a container is: `state.json`, written by its supervisor, read by everybody.
package struct ContainerState: Hashable, Sendable, Codable {
    package var status: Status
    /// The supervisor, while there is one.
    package var supervisor: ProcessIdentity?
    /// How often the restart policy has started it again.
    package var restarts: Int = 0
    package var health: Health?
    /// The boot that this was written in (`/proc/sys/kernel/random/boot_id`): after another, nothing of it runs.
    package var boot: String
    package var written: Timestamp
    /// The run folder that its supervisor works in, which need not be that of whoever reads this; absent in states of
    /// older versions.
    package var run: String?

    package init(status: Status, supervisor: ProcessIdentity?, boot: String, written: Timestamp) {
        self.status = status
        self.supervisor = supervisor
        self.boot = boot
        self.written = written
    }
}

package enum Status: Hashable, Sendable, Codable {
    /// Never started.
    case created
    case running(Running)
    case paused(Running)
    /// Ended, and to be started again by the policy.
    case restarting(at: Timestamp, attempt: Int, last: Exit)
    case exited(Exit)
    /// Being removed.
    case removing

    /// Whether it runs, or is to run again without being asked.
    package var isActive: Bool {
        switch self {
        case .running, .paused, .restarting: true
        case .created, .exited, .removing: false
        }
    }

    /// Its first process, while it has one.
    package var running: Running? {
        switch self {
        case .running(let running), .paused(let running): running
        case .created, .restarting, .exited, .removing: nil
        }
    }
}

/// A container's live first process.
package struct Running: Hashable, Sendable, Codable {
    package var process: ProcessIdentity
    package var started: Timestamp

    package init(process: ProcessIdentity, started: Timestamp) {
        self.process = process
        self.started = started
    }
}

/// A process id that cannot be mistaken after reuse: with the start time of /proc/PID/stat, field 22.
package struct ProcessIdentity: Hashable, Sendable, Codable {
    package var pid: Int32
    /// Clock ticks since boot.
    package var startTime: UInt64

    package init(pid: Int32, startTime: UInt64) {
        self.pid = pid
        self.startTime = startTime
    }
}

/// How a container ended.
package struct Exit: Hashable, Sendable, Codable {
    /// 0…255 as `docker run` gives it: 125 ours, 126 not executable, 127 not found, 128 + n killed by signal n.
    package var code: Int32
    /// The kernel killed it, or a process in it, for want of memory.
    package var outOfMemory: Bool
    package var at: Timestamp
    package var started: Timestamp?
    /// Why it could not be started, or what else there is to say, as a sentence.
    package var reason: String?

    package init(
        code: Int32, outOfMemory: Bool = false, at: Timestamp, started: Timestamp? = nil, reason: String? = nil
    ) {
        self.code = code
        self.outOfMemory = outOfMemory
        self.at = at
        self.started = started
        self.reason = reason
    }
}

package enum Health: String, Hashable, Sendable, Codable {
    case starting
    case healthy
    case unhealthy
}
