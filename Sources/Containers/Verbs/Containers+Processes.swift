import Glibc
import OCI
import Records

extension Containers {
    /// The container whose process ids `new` is to share. They belong to that one's user ids: from any others the kernel
    /// lets nobody see them in a /proc, so the new one has the same, or the host's.
    func sharedProcesses(of new: NewContainer) throws(ContainerError) -> ContainerRecord? {
        guard case .container(let reference) = new.pids else { return nil }
        let other = try find(reference)
        guard try specification(other.id).linux?.namespaces.contains(where: { $0.type == .pid }) ?? false else {
            throw ContainerError(
                .conflict, "container \(other.name) sees the process ids of this host: --pid host is the same")
        }
        if geteuid() == 0, new.userNamespace == .host { return other }
        guard other.ids != nil else {
            throw ContainerError(
                .conflict,
                "container \(other.name) has this host's user ids, and so must have who shares its process ids: add "
                    + "--userns host")
        }
        try checkNetwork(of: new, in: other)
        return other
    }

    /// Without root, only what belongs to the user namespace of `other` can be joined together with it.
    private func checkNetwork(of new: NewContainer, in other: ContainerRecord) throws(ContainerError) {
        guard geteuid() != 0, case .container(let reference) = new.network else { return }
        let network = try find(reference)
        if network.id == other.id { return }
        throw ContainerError(
            .unsupported,
            "the process ids of container \(other.name) and the network of \(network.name) can be shared together by root "
                + "alone: name one container for both")
    }

    /// Whoever supervises `record` lets it join the process ids that container `id` has in this life.
    func requireProcesses(for record: ContainerRecord) throws(ContainerError) {
        guard let id = record.processesOf else { return }
        try requireLife(of: id, "container \(record.name) is to share the process ids of")
    }

    /// - Parameter purpose: what container `id` has to run for, up to its name.
    func requireLife(of id: String, _ purpose: String) throws(ContainerError) {
        if files.state(of: id).status.running != nil { return }
        guard files.has(id) else {
            throw ContainerError(.conflict, "\(purpose) a container that has been removed: make it anew")
        }
        let name = try record(id).name
        throw ContainerError(.conflict, "\(purpose) \(name), which does not run: boxtop start \(name)")
    }
}
