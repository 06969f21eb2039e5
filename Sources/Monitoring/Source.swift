import Cgroups
import Linux
import Records

/// Where the dashboard's containers come from. The real one reads cgroup and status files; a mock makes them up.
package protocol ContainerSource {
    /// Samples everything once. Called at the screen's rate; must not wait for anybody.
    mutating func sweep() -> Snapshot
    /// Goes on with a sweep until `deadline`, then returns what is complete, or `nil` to be called again soon: so that
    /// no key waits for a thousand containers. Without an own one, a sweep is done at once.
    ///
    /// - Parameter measuring: whether one that is begun now measures rates. Else it reads how all is, states and limits,
    ///   and rates stay as they were: over the moment since the last sweep they would say nothing.
    mutating func sweep(until deadline: MonotonicTime, measuring: Bool) -> Snapshot?
    /// These are on the screen: the next sweep reads all their gauges, where it reads only some of the others'.
    mutating func watch(_ ids: [String])
    /// The processes of one container, as a tree in depth-first order. Only called for what is on the screen.
    mutating func processes(of id: String) -> [ProcessReading]
    /// The newest lines of a container's log, at most `count`, oldest first.
    mutating func log(of id: String, last count: Int) -> [LogLine]
    /// What happened to a container, newest last.
    mutating func events(of id: String, last count: Int) -> [Event]
    /// Everything that a person may want to know beside gauges, as titled lines (environment, mounts, ports, isolation).
    mutating func particulars(of id: String) -> [Particulars]
}

extension ContainerSource {
    package mutating func sweep(until deadline: MonotonicTime, measuring: Bool) -> Snapshot? {
        var snapshot = sweep()
        snapshot.isSample = measuring
        return snapshot
    }
    package mutating func watch(_ ids: [String]) {}
}

/// What the dashboard does to containers at once, without waiting. Verbs that take time (start, stop, remove) are
/// child processes of the program itself, not calls.
package protocol ContainerControls {
    /// Changes the limits that a container has now, whoever has set them, in the kernel and in its record. Throws a
    /// sentence.
    ///
    /// - Returns: the limits that it has after this.
    mutating func limit(_ id: String, _ change: (Limits) -> Limits) throws(Refused) -> Limits
    /// Sends the signal called `name`, `TERM` say, to one process of a container, and to no other that has its id by now.
    /// Throws a sentence.
    mutating func signal(_ process: ProcessIdentity, of id: String, _ name: String) throws(Refused)
}

/// Why something was not done, as a sentence.
package struct Refused: Error, CustomStringConvertible, Sendable {
    package let description: String

    package init(_ description: String) { self.description = description }
}

package struct ProcessReading: Sendable, Hashable {
    /// The id inside the container, and on the host.
    package var pid: Int32
    package var hostPid: Int32
    /// Clock ticks since boot: with it the id is never mistaken after reuse.
    package var startTime: UInt64
    /// 0 for the first process; its children are 1 deeper.
    package var depth: Int
    package var command: String
    package var user: UInt32
    /// Cores in use; absent in the first sample.
    package var cpu: Double?
    /// Resident memory, in bytes.
    package var memory: UInt64
    /// The letter of /proc/PID/stat: R, S, D, Z, T …
    package var state: Character

    package init(
        pid: Int32, hostPid: Int32, startTime: UInt64, depth: Int, command: String, user: UInt32, cpu: Double?,
        memory: UInt64, state: Character
    ) {
        self.pid = pid
        self.hostPid = hostPid
        self.startTime = startTime
        self.depth = depth
        self.command = command
        self.user = user
        self.cpu = cpu
        self.memory = memory
        self.state = state
    }

    /// Exactly this process, by the host's id.
    package var identity: ProcessIdentity { ProcessIdentity(pid: hostPid, startTime: startTime) }
}

package struct LogLine: Sendable, Hashable {
    package var time: Timestamp
    /// From standard error.
    package var isError: Bool
    package var text: String

    package init(time: Timestamp, isError: Bool, text: String) {
        self.time = time
        self.isError = isError
        self.text = text
    }
}

package struct Particulars: Sendable, Hashable {
    package var title: String
    package var lines: [String]
    /// The same in a few words, where it is worth a place in a title.
    package var summary: String?

    package init(title: String, lines: [String], summary: String? = nil) {
        self.title = title
        self.lines = lines
        self.summary = summary
    }
}
