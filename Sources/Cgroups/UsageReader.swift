import Linux

/// Reads a group's gauges again and again. Its files stay open, and are read into a buffer that all readers share.
///
/// A file costs 1–2 µs where it is open, 10 µs where it is not; memory.stat costs 11 µs in any case, so it is read
/// only when the memory charged has changed since. `swift run -c release sweep` measures it.
package struct UsageReader: ~Copyable {
    /// What was read last. A gauge that was not asked for this time keeps its value.
    package private(set) var usage = Usage()
    /// The group was removed: nothing more will come of this reader.
    package private(set) var isGone = false
    /// The gauges whose files stay open between reads. The others are slower but hold no descriptor; the reader empties
    /// this itself when the process has none left.
    package private(set) var kept: Gauges
    private let group: Cgroup
    private var files: GaugeFiles
    /// The memory charged when memory.stat was read.
    private var memoryAtStat: UInt64?

    package init(_ group: Cgroup, keeping kept: Gauges = .everything) {
        self.group = group
        self.kept = kept
        files = GaugeFiles(group)
    }

    /// The most descriptors that a reader holds: the v2 tree's CPU time and pressure, and the rest in v1 trees.
    package static func mostDescriptors(keeping kept: Gauges) -> Int {
        let each: [(Gauges, Int)] = [
            (.cpu, 1), (.throttling, 1), (.memory, 1), (.cache, 1), (.swap, 1), (.memoryPeak, 1), (.oomKills, 1),
            (.processes, 1), (.disk, 2), (.pressure, 3),
        ]
        return each.reduce(0) { kept.contains($1.0) ? $0 + $1.1 : $0 }
    }

    /// All gauges of `group`, read once.
    package static func once(_ group: Cgroup) -> Usage {
        var reader = UsageReader(group, keeping: [])
        reader.read(.everything, with: ReadBuffer())
        return reader.usage
    }

    /// Looks again for files that were not there: a group joins a controller's tree when its first limit is set.
    package mutating func lookAgain() { files.close() }

    /// Reads `gauges` into `usage`.
    package mutating func read(_ gauges: Gauges, with buffer: borrowing ReadBuffer) {
        if isGone { return }
        // Without an open file, a group that is gone looks like one that never had the gauge.
        if !kept.contains(.cpu) && !group.exists { isGone = true }
        do throws(PolledFile.Failure) {
            try readCPU(gauges, buffer)
            try readMemory(gauges, buffer)
            if gauges.contains(.processes) {
                usage.processes = try parse(&files.processes, buffer, kept.contains(.processes)) {
                    KernelText.number($0)
                }
            }
            if gauges.contains(.disk) { try readDisk(buffer) }
            if gauges.contains(.pressure) { try readPressure(buffer) }
        } catch {
            switch error {
            case .gone: isGone = true
            case .outOfDescriptors: kept = []
            case .absent: break
            }
        }
        if isGone || kept.isEmpty { files.close() }
    }

    private mutating func readCPU(_ gauges: Gauges, _ buffer: borrowing ReadBuffer) throws(PolledFile.Failure) {
        if files.cpuIsUnified {
            guard !gauges.isDisjoint(with: [.cpu, .throttling]) else { return }
            let all = try parse(&files.cpu, buffer, kept.contains(.cpu)) {
                text -> (UInt64?, UInt64?, UInt64?, UInt64?) in
                (
                    KernelText.number(after: "usage_usec", in: text), KernelText.number(after: "nr_periods", in: text),
                    KernelText.number(after: "nr_throttled", in: text),
                    KernelText.number(after: "throttled_usec", in: text)
                )
            }
            usage.cpu = all?.0.map { $0 &* 1_000 }
            (usage.periods, usage.throttledPeriods) = (all?.1, all?.2)
            usage.throttled = all?.3.map { $0 &* 1_000 }
        } else if gauges.contains(.cpu) {
            usage.cpu = try parse(&files.cpu, buffer, kept.contains(.cpu)) { KernelText.number($0) }
        }
        // Beside v1 the v2 tree has no CPU controller, and its cpu.stat says nothing of throttling.
        guard gauges.contains(.throttling),
            let legacy = try parse(
                &files.legacyThrottling, buffer, kept.contains(.throttling),
                { text -> (UInt64?, UInt64?, UInt64?) in
                    (
                        KernelText.number(after: "nr_periods", in: text),
                        KernelText.number(after: "nr_throttled", in: text),
                        KernelText.number(after: "throttled_time", in: text)
                    )
                })
        else { return }
        (usage.periods, usage.throttledPeriods, usage.throttled) = legacy
    }

    private mutating func readMemory(_ gauges: Gauges, _ buffer: borrowing ReadBuffer) throws(PolledFile.Failure) {
        if gauges.contains(.memory) {
            usage.memory = try parse(&files.memory, buffer, kept.contains(.memory)) { KernelText.number($0) }
        }
        if gauges.contains(.cache), memoryAtStat == nil || memoryAtStat != usage.memory {
            let stat = try parse(&files.memoryStat, buffer, kept.contains(.cache)) {
                text -> (UInt64?, UInt64?, UInt64?) in
                // On v1 a group's own numbers come first, and those with the groups below it as total_….
                let inactive = KernelText.number(after: "total_inactive_file", in: text)
                if inactive == nil {
                    return (
                        KernelText.number(after: "inactive_file", in: text),
                        KernelText.number(after: "active_file", in: text), nil
                    )
                }
                return (
                    inactive, KernelText.number(after: "total_active_file", in: text),
                    KernelText.number(after: "total_swap", in: text)
                )
            }
            (usage.inactiveFile, usage.activeFile) = (stat?.0, stat?.1)
            if let swap = stat?.2 { usage.swap = swap }
            memoryAtStat = usage.memory
        }
        if gauges.contains(.swap),
            let swap = try parse(&files.swap, buffer, kept.contains(.swap), { KernelText.number($0) })
        {
            usage.swap = swap
        }
        if gauges.contains(.memoryPeak) {
            usage.memoryPeak = try parse(&files.memoryPeak, buffer, kept.contains(.memoryPeak)) {
                KernelText.number($0)
            }
        }
        if gauges.contains(.oomKills) {
            usage.oomKills = try parse(&files.oom, buffer, kept.contains(.oomKills)) {
                KernelText.number(after: "oom_kill", in: $0)
            }
        }
    }

    private mutating func readDisk(_ buffer: borrowing ReadBuffer) throws(PolledFile.Failure) {
        if files.diskIsUnified {
            let all = try parse(&files.disk, buffer, kept.contains(.disk)) { text -> (UInt64, UInt64, UInt64, UInt64) in
                (
                    KernelText.sum(of: "rbytes", in: text), KernelText.sum(of: "wbytes", in: text),
                    KernelText.sum(of: "rios", in: text), KernelText.sum(of: "wios", in: text)
                )
            }
            (usage.readBytes, usage.writeBytes) = (all?.0, all?.1)
            (usage.readOperations, usage.writeOperations) = (all?.2, all?.3)
        } else {
            func readWrite(_ text: UnsafeRawBufferPointer) -> (UInt64, UInt64)? {
                (KernelText.sum(of: "Read", in: text), KernelText.sum(of: "Write", in: text))
            }
            let bytes = try parse(&files.disk, buffer, kept.contains(.disk), readWrite)
            (usage.readBytes, usage.writeBytes) = (bytes?.0, bytes?.1)
            let operations = try parse(&files.diskOperations, buffer, kept.contains(.disk), readWrite)
            (usage.readOperations, usage.writeOperations) = (operations?.0, operations?.1)
        }
    }

    private mutating func readPressure(_ buffer: borrowing ReadBuffer) throws(PolledFile.Failure) {
        usage.cpuPressure = try parse(&files.cpuPressure, buffer, kept.contains(.pressure)) { Pressure($0) }
        usage.memoryPressure = try parse(&files.memoryPressure, buffer, kept.contains(.pressure)) { Pressure($0) }
        usage.ioPressure = try parse(&files.ioPressure, buffer, kept.contains(.pressure)) { Pressure($0) }
    }
}

/// What `body` makes of the file; `nil` where it is not there.
private func parse<R>(
    _ file: inout PolledFile, _ buffer: borrowing ReadBuffer, _ keepOpen: Bool, _ body: (UnsafeRawBufferPointer) -> R?
) throws(PolledFile.Failure) -> R? {
    do { return body(try file.read(into: buffer, keepOpen: keepOpen)) } catch {
        if error == .absent { return nil }
        throw error
    }
}
