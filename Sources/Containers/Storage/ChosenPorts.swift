import Networking
import Records

/// Ports of the host that nobody has asked for by number, at a start that no verb has looked at: by the restart policy,
/// or by `restart`.
package enum ChosenPorts {
    /// Gives `record` others in place of those that somebody has by now, and writes it down. A container whose lock is held
    /// is being started by a verb, which has done so.
    package static func renew(for record: inout ContainerRecord, in layout: Layout) throws(ContainerError) {
        guard record.network?.ports.contains(where: { $0.chosen != nil }) ?? false,
            let lock = ContainerLock.takeIfFree(layout.lock(record.id))
        else { return }
        defer { _ = lock.number }
        let files = StateFiles(layout)
        do throws(RecordError) { record = try files.record(of: record.id) } catch {
            throw ContainerError(.failed, "\(error)")
        }
        guard let request = record.network else { return }
        let id = record.id
        let ports = try ofNetworks { () throws(NetworkError) in
            try Networks(layout).refilled(request.ports, for: id)
        }
        if ports == request.ports { return }
        record.network?.ports = ports
        do throws(RecordError) { try files.write(record) } catch { throw ContainerError(.failed, "\(error)") }
    }
}
