import Dashboard
import Networking
import Records

extension Context {
    /// The networks of this host, for the dashboard's page of them.
    func networkReadings() -> [NetworkReading] {
        let users = containerNames { ($0.network?.attachments ?? []).map(\.network) }
        return networks.list().map { network in
            NetworkReading(
                name: network.name, subnet: network.subnet4, subnet6: network.subnet6, gateway: network.gateway4,
                isInternal: network.isInternal, users: users[network.name] ?? [], created: network.created)
        }
    }

    /// The names of containers, in order, by what each has of some kind. Of one whose record cannot be read nobody knows.
    func containerNames<Key: Hashable>(by keys: (ContainerRecord) -> [Key]) -> [Key: [String]] {
        let files = StateFiles(layout)
        var names: [Key: [String]] = [:]
        for id in files.ids() {
            guard let record = try? files.record(of: id) else { continue }
            for key in keys(record) { names[key, default: []].append(record.name) }
        }
        return names.mapValues { $0.sorted() }
    }
}
