import Linux
import Monitoring
import Records

/// The containers of a root as lists show them, without gauges: from their records and states on disk, corrected by
/// what the kernel says.
package enum ContainerListing {
    /// All containers, the oldest first. One whose record cannot be read is a row all the same: it may run.
    package static func list(_ layout: Layout) -> [ContainerReading] {
        let files = StateFiles(layout)
        var readings: [ContainerReading] = []
        for id in files.ids() {
            guard let record = files.recordOrStandIn(of: id) else { continue }
            readings.append(ContainerReading(record, files.state(of: id), files))
        }
        return readings.sorted { isBefore($0, $1) }
    }

    /// The order of lists: by creation, then by id.
    static func isBefore(_ a: ContainerReading, _ b: ContainerReading) -> Bool {
        a.created == b.created ? a.id < b.id : a.created < b.created
    }
}

extension ContainerReading {
    /// What lists show of a container without gauges.
    ///
    /// - Parameter state: the truth, as `StateFiles.state` tells it.
    init(_ record: ContainerRecord, _ state: ContainerState, _ files: StateFiles) {
        self.init(
            id: record.id, name: record.name, image: record.image, command: record.command, created: record.created,
            status: state.status)
        take(record)
        take(state, isSupervised: files.isSupervised(state))
    }

    mutating func take(_ record: ContainerRecord) {
        (name, image, command) = (record.name, record.image, record.command)
        (limits, restart, privileged) = (record.limits, record.restart, record.privileged)
        optOuts = record.optOuts ?? (record.privileged ? ["privileged"] : [])
        ports = record.network?.ports ?? []
        stoppedByUser = record.stoppedByUser
    }

    mutating func take(_ state: ContainerState, isSupervised: Bool) {
        (status, restarts, health) = (state.status, state.restarts, state.health)
        unsupervised = state.status.running != nil && !isSupervised
    }
}
