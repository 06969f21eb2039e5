import Linux
import Monitoring
import Records

extension ContainerReading {
    /// The order of lists: by creation, then by id.
    static func isBefore(_ a: ContainerReading, _ b: ContainerReading) -> Bool {
        a.created == b.created ? a.id < b.id : a.created < b.created
    }

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
