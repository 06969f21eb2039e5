import Glibc
import Linux
import Networking
import Records

extension Containers {
    /// Takes a container away: its record, its writable layer, its log and its name.
    ///
    /// - Parameters:
    ///   - force: one that runs is killed first, and one whose record cannot be read goes too; without it, refused.
    ///   - volumes: its anonymous volumes go as well, those that another container has aside. Named ones stay.
    package func remove(_ reference: String, force: Bool = false, volumes: Bool = false) throws(ContainerError) {
        try finishRemove(try beginRemove(reference, force: force), force: force, volumes: volumes)
    }

    /// Kills it, where it runs, without waiting for its end: so many are removed side by side.
    package func beginRemove(_ reference: String, force: Bool = false) throws(ContainerError) -> PendingEnd {
        let id: String
        do throws(ContainerError) { id = try self.id(of: reference) } catch {
            // By force that is as good as removed, so it is to stay away after a power cut too: a supervisor that removes
            // with --rm has not waited for the disk.
            if force { try? Files.flush(folder: layout.containers) }
            throw error
        }
        let (record, isStandIn) = try recordForRemoval(of: id, force: force)
        guard isActive(id) else { return PendingEnd(record) }
        if force { killSupervisor(of: id) }
        if isStandIn {
            if files.isSupervised(files.state(of: id)) { return try beginEnd(of: record) }
            // Nobody could take it over.
            try endUnsupervised(id)
            return PendingEnd(record)
        }
        guard force else {
            throw ContainerError(.conflict, "container \(record.name) runs: stop it first, or remove it with --force")
        }
        do throws(ContainerError) { return try beginStop(id, signal: SIGKILL, timeout: 0) } catch {
            let state = files.state(of: id)
            guard state.status.running != nil, !files.isSupervised(state) else { throw error }
            // Nobody could take it over, this one neither.
            try endUnsupervised(id)
            return PendingEnd(record)
        }
    }

    /// Kills what runs of one that has no supervisor and gets none: its first process, and all in its group.
    private func endUnsupervised(_ id: String) throws(ContainerError) {
        guard let process = files.state(of: id).status.running?.process,
            let descriptor = try? FileDescriptor.process(process.pid), process.isAlive
        else { return try clean(id) }
        try? descriptor.send(signal: SIGKILL)
        try clean(id)
        _ = descriptor.isReadable(within: 5)
    }

    /// Removes it once it has ended.
    ///
    /// - Parameter force: one that somebody has started again meanwhile is killed again.
    package func finishRemove(
        _ pending: PendingEnd, force: Bool = false, volumes: Bool = false
    ) throws(ContainerError) {
        var pending = pending
        for _ in 0..<(force ? 20 : 0) {
            do throws(ContainerError) { return try removeEnded(pending, force: force, volumes: volumes) } catch {
                guard isActive(pending.record.id) else { throw error }
                pending = try beginRemove(pending.record.id, force: true)
            }
        }
        try removeEnded(pending, force: force, volumes: volumes)
    }

    /// Kills a supervisor that is stopped, and so would end nothing: in its place comes another one, which does.
    private func killSupervisor(of id: String) {
        let state = files.state(of: id)
        guard let supervisor = state.supervisor, supervisor.isStopped,
            let process = try? FileDescriptor.process(supervisor.pid), supervisor.isStopped
        else { return }
        try? process.send(signal: SIGKILL)
        awaitSupervisor(of: state)
    }

    private func removeEnded(_ pending: PendingEnd, force: Bool, volumes: Bool) throws(ContainerError) {
        try end(pending)
        let record = pending.record
        if let state = files.written(for: record.id) { awaitSupervisor(of: state) }
        // With --rm its supervisor has removed it by now, but has not waited for the disk.
        guard Files.exists(layout.container(record.id)) else {
            try? Files.flush(folder: layout.containers)
            return
        }
        do throws(ContainerError) { try discard(record.id, force: force, volumes: volumes) } catch {
            // It was there, and somebody else has done it.
            if error.kind != .notFound { throw error }
        }
    }

    /// Removes those that have ended or were never started, and are meant; gives their ids. Their volumes stay. Each that
    /// could not be goes to `onFailure`, and the others go all the same.
    package func prune(
        where isMeant: (ContainerRecord) -> Bool = { _ in true }, onFailure: (ContainerError) -> Void = { _ in }
    ) -> [String] {
        var removed: [String] = []
        // A step of a build is the build's, which has use for its files after its end.
        func isWanted(_ record: ContainerRecord) -> Bool { record.builder?.isAlive != true && isMeant(record) }
        for id in ids() where !isActive(id) && (try? record(id)).map(isWanted) ?? false {
            do throws(ContainerError) {
                try discard(id, volumes: false)
                removed.append(id)
            } catch {
                // One that is started or removed meanwhile is not ours to take.
                if error.kind != .conflict && error.kind != .notFound { onFailure(error) }
            }
        }
        sweep()
        sweepLost()
        return removed
    }

    func isActive(_ id: String) -> Bool {
        if files.state(of: id).status.isActive { return true }
        // Of one whose state cannot be read, its supervisor knows better.
        guard files.isLiveStateDamaged(of: id), files.isHeld(id) else { return false }
        mendState(of: id)
        return files.isLiveStateDamaged(of: id) || files.state(of: id).status.isActive
    }

    func discard(_ id: String, force: Bool = false, volumes: Bool) throws(ContainerError) {
        let lock = try ContainerLock.hold(id, in: layout)
        defer { _ = lock.number }
        let (record, isStandIn) = try recordForRemoval(of: id, force: force)
        guard !isActive(id) else {
            throw ContainerError(.conflict, "container \(record.name) has been started meanwhile: stop it first")
        }
        try clean(id)
        let place = files.place(of: id)
        let leaving = layout.leaving(id)
        // In one step it is in no list any more; whatever is cut short after that is swept by the next command.
        do throws(SystemCallError) {
            try systemCall("rename", layout.container(id)) { Glibc.rename(layout.container(id), leaving) }
            // Whoever is told that it is gone does not find it again after a power cut.
            try Files.flush(folder: layout.containers)
        } catch {
            // Its supervisor, which removes it with --rm, does not hold the lock.
            if error.errno == .noSuchFile { throw .removed(id) }
            throw ContainerError("cannot remove container \(record.name)", error)
        }
        Claims.names(layout).release(record.name, by: id)
        if let ids = record.ids { Claims.idRanges(layout).release("\(ids.first)", by: id) }
        if record.network?.needsHooks ?? false { Networks(layout).releaseAddresses(of: id) }
        say(.removed, record)
        try explaining("container \(record.name) is removed, but not all of its files") { () throws(SystemCallError) in
            try Files.removeTree(leaving)
            for folder in Set([place.runtime(id), layout.runtime(id)]) { try Files.removeTree(folder) }
        }
        if isStandIn { releaseAll(of: id) }
        guard volumes else { return }
        do { try files.removeUnused(volumes: record.volumes.filter(\.anonymous).map(\.name)) } catch {
            throw ContainerError(.failed, "container \(record.name) is removed, but not its volumes: \(error)")
        }
    }
}
