import Linux
import Networking
import Records

extension Containers {
    /// What container `id` is removed by. One whose record cannot be read has its id, and the name that is kept for it.
    ///
    /// - Parameter force: without it, such a one is an error.
    func recordForRemoval(
        of id: String, force: Bool
    ) throws(ContainerError) -> (record: ContainerRecord, isStandIn: Bool) {
        do throws(RecordError) { return (try files.record(of: id), false) } catch {
            guard force, case .content = error else { return (try record(id), false) }
        }
        let name = Claims.names(layout).key(of: id) ?? ContainerID.short(id)
        let standIn = ContainerRecord(
            id: id, name: name, created: .now, image: "", rootfs: .directory("/"), command: [])
        return (standIn, true)
    }

    /// Gives back what the record would have told of, once the container is no more.
    func releaseAll(of id: String) {
        for claims in [Claims.names(layout), Claims.idRanges(layout)] { claims.sweep() }
        Networks(layout).releaseAddresses(of: id)
    }

    /// Throws where a record cannot be read: what that container is made of, nobody could tell, and so not remove what
    /// no container uses either.
    package func requireReadableRecords() throws(ContainerError) {
        for id in (try? Files.names(in: layout.containers)) ?? [] where ContainerID.isComplete(id) {
            do throws(RecordError) { _ = try files.record(of: id) } catch {
                guard case .content(_, let reason) = error, files.has(id) || isActive(id) else { continue }
                throw ContainerError(
                    .failed,
                    "what container \(ContainerID.short(id)) uses is in no record that can be read (\(reason)), so "
                        + "nothing is removed: mend \(layout.record(id)), or remove the container with "
                        + "boxtop rm -f \(ContainerID.short(id))")
            }
        }
    }
}
