import Linux

extension StateFiles {
    /// The last state that was written of `id`, whichever run folder its supervisor works in; after a reboot, from the
    /// container's folder.
    package func written(for id: String) -> ContainerState? { look(at: id)?.state }

    /// The same, and whether the process that supervises it by that lives.
    package func look(at id: String) -> (state: ContainerState, isSupervised: Bool)? {
        let live = live(of: id, in: layout.run)
        // There is one supervisor at most, and it writes nowhere else.
        if let live, isSupervised(live) { return (live, true) }
        let last = try? state(at: layout.lastState(id))
        // Beside a login, cron or a service may have had it in a folder of theirs: what was written last is so.
        var other: ContainerState?
        if let run = last?.run ?? layout.olderRun, run != layout.run {
            other = self.live(of: id, in: run)
            other?.run = run
        }
        let ofThisBoot = [live, other, last?.boot == boot ? last : nil].compactMap { $0 }
        return (ofThisBoot.max { $0.written < $1.written } ?? last).map { ($0, isSupervised($0)) }
    }

    /// The layout that the supervisor of container `id` goes by, or has gone by last: with its run folder, where that is
    /// another one and still there.
    package func place(of id: String) -> Layout {
        guard let run = written(for: id)?.run, run != layout.run, Files.exists("\(run)/\(id)") else { return layout }
        var place = layout
        place.run = run
        return place
    }

    private func live(of id: String, in run: String) -> ContainerState? {
        guard let state = try? state(at: "\(run)/\(Layout.stateName(id))"), state.boot == boot else { return nil }
        return state
    }
}
