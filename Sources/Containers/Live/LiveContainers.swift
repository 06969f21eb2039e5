import Cgroups
import Glibc
import Linux
import Monitoring
import Records

/// The containers of one root and their gauges, live: what the dashboard and `stats` show.
///
/// A sweep costs three stat(2) for a container that does not run, and 1–2 µs a gauge for one that does: its folders are
/// under watch. Quick gauges are read in each sweep; slow ones (memory.stat, disk, pressure, network) of at most
/// `thoroughEach` containers in turn, so that a thousand containers cost a few percent of a core. A reference, since it
/// holds open files.
package final class LiveContainers: ContainerSource {
    let containers: Containers
    private var host: LiveHost
    private var hostSampler: HostSampler
    private var watched: [LiveContainer] = []
    private var folderStamp: FileStamp?
    private var isListed = false
    /// Why `watched` are those that were listed last; `nil` where they are those that there are.
    private var problem: String?
    private var sweeps = 0
    /// Those of them that have measured: whose slow gauges are read goes by these.
    private var samples = 0
    /// Whether the last one has.
    private var hasMeasured = true
    private var current: Sweep?
    private var processSamplers: [String: ProcessSampler] = [:]
    /// Containers that are looked at closely, and until which sweep: all their gauges are read each time.
    private var closely: [String: Int] = [:]

    /// A sweep under way.
    private struct Sweep {
        var time = MonotonicTime.now
        var clock = Timestamp.now
        var host: HostReading
        var isSample: Bool
        /// The next to be read.
        var next = 0
        /// Seconds spent so far.
        var cost = 0.0
    }

    /// As many containers have all their gauges read in one sweep.
    private static let thoroughEach = 40
    /// In one of so many sweeps it is made sure that a container's processes and files are still the same.
    private static let sureEvery = 32

    package init(_ containers: Containers) {
        self.containers = containers
        host = LiveHost(layout: containers.layout, hierarchy: containers.hierarchy)
        hostSampler = HostSampler(
            hierarchy: containers.hierarchy.name, state: containers.layout.state, limitable: containers.limitable())
    }

    package func sweep() -> Snapshot {
        current = nil
        while true {
            if let snapshot = sweep(until: MonotonicTime(nanoseconds: .max), measuring: true) { return snapshot }
        }
    }

    package func watch(_ ids: [String]) {
        for id in ids { closely[id] = max(closely[id] ?? 0, sweeps &+ 1) }
    }

    package func sweep(until deadline: MonotonicTime, measuring: Bool) -> Snapshot? {
        let start = MonotonicTime.now
        var sweep = current ?? begin(measuring)
        let turns = max(1, (watched.count + Self.thoroughEach - 1) / Self.thoroughEach)
        while sweep.next < watched.count {
            let container = watched[sweep.next]
            let isItsTurn = sweep.isSample && sweep.next % turns == samples % turns
            let isThorough = !container.isLive || isItsTurn || closely[container.id] ?? 0 >= sweeps
            let isSure = sweep.next % Self.sureEvery == sweeps % Self.sureEvery
            container.refresh(host, isThorough: isThorough, isMeasured: sweep.isSample, isSure: isSure)
            sweep.next += 1
            // The clock costs little, but not nothing.
            if sweep.next % 16 == 0, MonotonicTime.now > deadline {
                sweep.cost += MonotonicTime.now.seconds(since: start)
                current = sweep
                return nil
            }
        }
        current = nil
        let readings = watched.compactMap(\.reading)
        sweep.cost += MonotonicTime.now.seconds(since: start)
        var snapshot = Snapshot(
            time: sweep.time, clock: sweep.clock, host: sweep.host, containers: readings, cost: sweep.cost)
        snapshot.problem = problem
        snapshot.isSample = sweep.isSample
        return snapshot
    }

    private func begin(_ measuring: Bool) -> Sweep {
        sweeps &+= 1
        if measuring { samples &+= 1 }
        hasMeasured = measuring
        host.begin()
        closely = closely.filter { $0.value >= sweeps }
        findContainers()
        let reading = hostSampler.sample(with: host.buffer, measuring: measuring)
        var sweep = Sweep(clock: host.clock, host: reading, isSample: measuring)
        // Without their folder their records cannot be read either: they stay as they were.
        if problem != nil { sweep.next = watched.count }
        return sweep
    }

    /// Lists the folder of containers anew where it has changed. One that cannot be listed any more is not taken for an
    /// empty one.
    private func findContainers() {
        let stamp = FileStamp(host.layout.containers)
        if let stamp, stamp == folderStamp { return }
        let names: [String]
        do throws(SystemCallError) {
            names = try Files.names(in: host.layout.containers).filter(ContainerID.isComplete)
        } catch {
            folderStamp = nil
            // It is made with the first container.
            problem = isListed || error.errno != .noSuchFile ? error.description : nil
            return
        }
        (isListed, problem) = (true, nil)
        folderStamp = stamp.flatMap { $0.isFresh(at: host.clock) ? nil : $0 }
        let known = Dictionary(watched.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        if names.count == known.count, names.allSatisfy({ known[$0] != nil }) { return }
        let found = names.map { known[$0] ?? LiveContainer($0) }
        host.share(among: found.count)
        // The order that lists have, without the records of those that were not read yet.
        watched = found.sorted { a, b in
            switch (a.reading, b.reading) {
            case (let a?, let b?): ContainerReading.isBefore(a, b)
            case (nil, nil): a.id < b.id
            case (let reading, nil): reading != nil
            case (nil, _): false
            }
        }
        let there = Set(names)
        processSamplers = processSamplers.filter { there.contains($0.key) }
    }

    package func processes(of id: String) -> [ProcessReading] {
        watchClosely(id)
        return processSamplers[id, default: ProcessSampler()].sample(
            containers.processes(of: id), measuring: hasMeasured)
    }

    package func log(of id: String, last count: Int) -> [LogLine] {
        LogReader.lines(path: host.layout.log(id), last: count).map {
            LogLine(time: $0.time, isError: $0.stream == .error, text: String(decoding: $0.text, as: UTF8.self))
        }
    }

    package func events(of id: String, last count: Int) -> [Records.Event] {
        EventLog(host.layout).last(count, of: id)
    }

    package func particulars(of id: String) -> [Particulars] {
        watchClosely(id)
        do { return Particulars.all(of: try containers.inspect(id)) } catch {
            return [Particulars(title: "Particulars", lines: ["\(error)"])]
        }
    }

    /// For the next few sweeps.
    private func watchClosely(_ id: String) { closely[id] = sweeps &+ 5 }
}
