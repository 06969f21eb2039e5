import Records

extension Containers {
    /// The names of those that are to run whenever the machine does, and don't: with policy `always`, or
    /// `unless-stopped` where nobody stopped them. What was never started waits for its first start. One whose record
    /// cannot be read is among them: to start it is an error that says why.
    ///
    /// By name, but for those that share something of another one: that must run before.
    package func wantedAtBoot() -> [String] {
        var waiting = ids().compactMap(wanted).sorted { $0.name < $1.name }
        var order: [String] = []
        while !waiting.isEmpty {
            let ids = Set(waiting.map(\.id))
            let first = waiting.filter { $0.needs.isDisjoint(with: ids) }
            // Only damaged records need one another.
            if first.isEmpty { return order + waiting.map(\.name) }
            order += first.map(\.name)
            waiting.removeAll { $0.needs.isDisjoint(with: ids) }
        }
        return order
    }

    private func wanted(_ id: String) -> (id: String, name: String, needs: Set<String>)? {
        guard case .exited = files.state(of: id).status else { return nil }
        guard let record = try? record(id) else { return files.has(id) ? (id, id, []) : nil }
        switch record.restart {
        case .always: break
        case .unlessStopped where !record.stoppedByUser: break
        case .unlessStopped, .no, .onFailure: return nil
        }
        return (id, record.name, record.needs)
    }
}

extension ContainerRecord {
    /// The containers that must run for this one to start, by their ids.
    fileprivate var needs: Set<String> {
        var ids = Set(processesOf.map { [$0] } ?? [])
        if case .container(let id)? = network?.mode { ids.insert(id) }
        return ids
    }
}
