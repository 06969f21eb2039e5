/// What a control group has used so far, as the kernel counts it. Absent is `nil`: the file is not there on this host.
package struct Usage: Hashable, Sendable {
    /// CPU time, in nanoseconds.
    package var cpu: UInt64?
    /// Enforcement periods of the CPU limit so far, and those in which the group was throttled.
    package var periods: UInt64?
    package var throttledPeriods: UInt64?
    /// Time spent throttled, in nanoseconds.
    package var throttled: UInt64?
    /// Memory charged now, with page cache, in bytes.
    package var memory: UInt64?
    /// The parts of `memory` that are page cache: not used lately, given back first (`inactive_file`), and used again
    /// since (`active_file`).
    package var inactiveFile: UInt64?
    package var activeFile: UInt64?
    /// The most memory ever charged, in bytes.
    package var memoryPeak: UInt64?
    /// Swap used now, in bytes.
    package var swap: UInt64?
    /// Processes that the kernel killed here for want of memory.
    package var oomKills: UInt64?
    /// Processes and threads now.
    package var processes: UInt64?
    /// Bytes and operations to and from block devices so far, all devices together.
    package var readBytes: UInt64?
    package var writeBytes: UInt64?
    package var readOperations: UInt64?
    package var writeOperations: UInt64?
    package var cpuPressure: Pressure?
    package var memoryPressure: Pressure?
    package var ioPressure: Pressure?

    package init() {}

    /// Charged less the page cache that was not used lately, as `docker stats` shows it.
    package var memoryInUse: UInt64? {
        guard let memory else { return nil }
        return memory - min(memory, inactiveFile ?? 0)
    }

    /// Page cache: what the kernel gives back before it kills. Files of a tmpfs are none, since nothing else has them.
    package var pageCache: UInt64? {
        guard inactiveFile != nil || activeFile != nil else { return nil }
        return (inactiveFile ?? 0) &+ (activeFile ?? 0)
    }

    /// What programs hold, and files of a tmpfs: charged less all page cache.
    package var memoryOfPrograms: UInt64? {
        guard let memory, let pageCache else { return nil }
        return memory - min(memory, pageCache)
    }
}

/// Share of time that tasks waited for a resource, a line each for some and all of them. See the kernel's PSI document.
package struct Pressure: Hashable, Sendable {
    package struct Line: Hashable, Sendable {
        /// Percent of the last 10, 60 and 300 seconds.
        package var average10: Double
        package var average60: Double
        package var average300: Double
        /// Microseconds waited in all.
        package var total: UInt64

        package init(average10: Double, average60: Double, average300: Double, total: UInt64) {
            self.average10 = average10
            self.average60 = average60
            self.average300 = average300
            self.total = total
        }
    }

    package var some: Line
    /// Absent where the kernel gives none (CPU, before Linux 5.13).
    package var full: Line?

    package init(some: Line, full: Line? = nil) {
        self.some = some
        self.full = full
    }
}
