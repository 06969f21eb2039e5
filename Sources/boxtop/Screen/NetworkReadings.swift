import Dashboard
import Networking
import Records

extension Context {
    /// The networks of this host, for the dashboard's page of them.
    func networkReadings() -> [NetworkReading] {
        var users: [String: [String]] = [:]
        for (record, _) in list() {
            for attachment in record.network?.attachments ?? [] {
                users[attachment.network, default: []].append(record.name)
            }
        }
        return networks.list().map { network in
            NetworkReading(
                name: network.name, subnet: network.subnet4, subnet6: network.subnet6, gateway: network.gateway4,
                isInternal: network.isInternal, users: (users[network.name] ?? []).sorted(), created: network.created)
        }
    }
}
