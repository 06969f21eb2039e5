import Cgroups
import Glibc
import Linux
import Monitoring
import Records

/// One container under watch: what was read of it last, and how to notice cheaply that it has changed. A reference,
/// since it holds open files and lives in an array.
final class LiveContainer {
    let id: String
    private let recordName: String
    private let stateName: String
    private var recordStamp: FileStamp?
    private var stateStamp: LiveHost.StateStamp?
    /// Its folders, which tell of a change by themselves; `nil`: the stamps are compared in each sweep.
    private var watched: LiveHost.Watched?
    /// Whether the last look at its files has found them changed.
    private var wasChanged = false
    /// As it was written; `reading.status` is the truth about it.
    private var state: ContainerState?
    /// `nil` until its record has been read.
    private(set) var reading: ContainerReading?
    private var gauges: LiveGauges?

    init(_ id: String) {
        self.id = id
        recordName = Layout.recordName(id)
        stateName = Layout.stateName(id)
    }

    /// Whether it has gauges: is it running?
    var isLive: Bool { gauges != nil }

    /// Brings the reading up to date.
    ///
    /// - Parameters:
    ///   - isThorough: whether to read the slow gauges too.
    ///   - isMeasured: whether rates are measured.
    ///   - isSure: whether to make sure that its processes are still the same, whose ids others may have by now, and its
    ///     files too.
    func refresh(_ host: borrowing LiveHost, isThorough: Bool, isMeasured: Bool, isSure: Bool) {
        lookAtFiles(host, isSure: isSure)
        checkLife(host, isSure: isSure)
        guard let running = reading?.status.running else {
            gauges = nil
            reading?.clearGauges()
            return
        }
        if gauges?.process != running.process {
            gauges = try? LiveGauges(running.process, Cgroup(host.layout.cgroup(id), in: host.hierarchy), host)
            reading?.clearGauges()
        }
        gauges?.sample(isThorough: isThorough, isMeasured: isMeasured, with: host.buffer)
        gauges?.show(in: &reading)
        // Its group has been removed under it: a new one, if the container still runs next time.
        if gauges?.isGone ?? false { gauges = nil }
    }

    private func lookAtFiles(_ host: borrowing LiveHost, isSure: Bool) {
        if !isSure, !wasChanged, let watched {
            if host.areStill(watched) { return }
            wasChanged = true
        }
        // Before the look, so that what is written after it is told; and not at the first one, which may be the only one.
        if isSure || wasChanged { watched = isLive ? host.watch(id, run: state?.run ?? host.layout.run) : nil }
        wasChanged = readRecord(host)
        if readState(host) { wasChanged = true }
    }

    /// Whether it had to.
    private func readRecord(_ host: borrowing LiveHost) -> Bool {
        let stamp = host.stamp(ofRecord: recordName)
        if let stamp, stamp == recordStamp { return false }
        // A stamp that is too fresh is not kept: the next look reads again.
        recordStamp = stamp.flatMap { $0.isFresh(at: host.clock) ? nil : $0 }
        guard stamp != nil, let record = host.files.recordOrStandIn(of: id) else {
            reading = nil
            return true
        }
        if reading == nil {
            reading = ContainerReading(record, host.files.state(of: id), host.files)
        } else {
            reading?.take(record)
        }
        // A new limit may have taken the group into a further tree.
        gauges?.lookAgain()
        return true
    }

    /// Whether it had to.
    private func readState(_ host: borrowing LiveHost) -> Bool {
        if reading == nil { return false }
        let stamp = host.stamp(ofState: stateName, run: state?.run, isLive: isLive)
        if stamp == stateStamp { return false }
        stateStamp = stamp.isFresh(at: host.clock) ? nil : stamp
        state = host.files.written(for: id)
        takeTruth(host)
        return true
    }

    private func takeTruth(_ host: borrowing LiveHost) {
        let state = state.map { host.files.truth($0) } ?? host.files.unwritten(id)
        reading?.take(state, isSupervised: host.files.isSupervised(state))
    }

    /// A killed supervisor writes nothing: so the processes themselves are asked, which costs a third of a microsecond
    /// each where the truth about a state costs thirty.
    private func checkLife(_ host: borrowing LiveHost, isSure: Bool) {
        guard let state, let running = state.status.running, let reading else { return }
        let isSupervised = state.supervisor.map { Self.exists($0.pid) } ?? false
        if isSure || !Self.exists(running.process.pid) || isSupervised == reading.unsupervised { takeTruth(host) }
    }

    private static func exists(_ pid: Int32) -> Bool { kill(pid, 0) == 0 || Errno.current != .noSuchProcess }
}
