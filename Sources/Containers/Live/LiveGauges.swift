import Cgroups
import Linux
import Monitoring
import Records

/// The gauges of one life of a container: from its control group and its first process.
struct LiveGauges: ~Copyable {
    /// Whose gauges they are: a container that is started again begins anew.
    let process: ProcessIdentity
    private(set) var usage = Usage()
    private(set) var cpu = Rate()
    private(set) var throttled = Share()
    private(set) var diskRead = Rate()
    private(set) var diskWritten = Rate()
    private(set) var received = Rate()
    private(set) var sent = Rate()
    private(set) var network: NetworkCounters?
    private var reader: UsageReader
    private let hasOwnNetwork: Bool

    init(_ process: ProcessIdentity, _ group: Cgroup, _ host: borrowing LiveHost) {
        self.process = process
        reader = UsageReader(group, keeping: host.kept)
        hasOwnNetwork = !NetworkCounters.isShared(by: process.pid)
    }

    var isGone: Bool { reader.isGone }

    mutating func lookAgain() { reader.lookAgain() }

    /// - Parameters:
    ///   - isThorough: whether to read the slow gauges too.
    ///   - isMeasured: whether to measure rates since last time; else they stay as they were.
    mutating func sample(isThorough: Bool, isMeasured: Bool, with buffer: borrowing ReadBuffer) {
        reader.read(isThorough ? .everything : .quick, with: buffer)
        let time = MonotonicTime.now
        usage = reader.usage
        if reader.isGone || !isMeasured { return }
        cpu.update(usage.cpu, at: time)
        throttled.update(usage.throttledPeriods, of: usage.periods)
        guard isThorough else { return }
        diskRead.update(usage.readBytes, at: time)
        diskWritten.update(usage.writeBytes, at: time)
        guard hasOwnNetwork else { return }
        network = NetworkCounters(of: process.pid, with: buffer)
        received.update(network?.received, at: .now)
        sent.update(network?.sent, at: .now)
    }

    /// Fills in what is known.
    func show(in reading: inout ContainerReading?) {
        reading?.usage = usage
        // Nanoseconds of CPU a second are billionths of a core.
        reading?.cpu = cpu.value.map { $0 / 1e9 }
        reading?.throttled = throttled.value
        reading?.diskRead = diskRead.value
        reading?.diskWritten = diskWritten.value
        reading?.received = received.value
        reading?.sent = sent.value
        reading?.network = network
    }
}

extension ContainerReading {
    mutating func clearGauges() {
        usage = Usage()
        (cpu, throttled, diskRead, diskWritten, received, sent) = (nil, nil, nil, nil, nil, nil)
        network = nil
    }
}
