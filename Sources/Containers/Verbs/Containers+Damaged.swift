import Glibc
import Linux
import Networking
import Records

extension ContainerRecord {
    /// What stands for container `id`, whose record cannot be read: its id, the name that is kept for it, and the usual.
    package static func standIn(for id: String, in layout: Layout) -> ContainerRecord {
        let folder = layout.container(id)
        return ContainerRecord(
            id: id, name: Claims.names(layout).key(of: id) ?? ContainerID.short(id),
            created: FileStamp(layout.record(id))?.modified ?? .now, image: "(damaged)",
            rootfs: .layers([], upper: "\(folder)/upper", work: "\(folder)/work"), command: [])
    }
}

extension StateFiles {
    /// The record of container `id`, or what stands for it; `nil` where there is no such container.
    func recordOrStandIn(of id: String) -> ContainerRecord? {
        do throws(RecordError) { return try record(of: id) } catch {
            guard case .content = error, has(id) else { return nil }
            return .standIn(for: id, in: layout)
        }
    }
}

extension Containers {
    /// The container that `reference` stands for, for what its supervisor alone is needed for: one whose record cannot be
    /// read, too.
    package func reach(_ reference: String) throws(ContainerError) -> ContainerRecord {
        try recordForRemoval(of: try id(of: reference), force: true).record
    }

    /// The record of container `id`, or what stands for one that cannot be read: its id, and the name that is kept for it.
    ///
    /// - Parameter force: without it, such a one is an error.
    func recordForRemoval(
        of id: String, force: Bool
    ) throws(ContainerError) -> (record: ContainerRecord, isStandIn: Bool) {
        do throws(RecordError) { return (try files.record(of: id), false) } catch {
            guard force, case .content = error else { return (try record(id), false) }
        }
        return (.standIn(for: id, in: layout), true)
    }

    /// Has the supervisor of container `id` write its state anew where that cannot be read, and waits a moment for it.
    func mendState(of id: String) {
        guard files.isLiveStateDamaged(of: id), files.isHeld(id),
            let socket = try? UnixSocket.connect(to: files.place(of: id).controlSocket(id)),
            let peer = try? UnixSocket.peer(of: socket), let process = try? FileDescriptor.process(peer.process),
            (try? process.send(signal: SIGHUP)) != nil
        else { return }
        for _ in 0..<100 {
            if !files.isLiveStateDamaged(of: id) { return }
            usleep(10_000)
        }
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
