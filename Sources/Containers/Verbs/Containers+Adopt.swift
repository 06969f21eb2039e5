import Linux
import Networking
import Records

/// What becomes of containers whose supervisors were killed. A verb that acts on one of them notices; `start --boot` and
/// the dashboard look for all.
extension Containers {
    /// Gives a running container whose supervisor is gone a new one.
    func adopt(_ record: ContainerRecord) throws(ContainerError) {
        let lock = try ContainerLock.hold(record.id, in: layout)
        defer { _ = lock.number }
        // Another command may have been faster.
        let state = files.state(of: record.id)
        if files.isSupervised(state) { return }
        _ = try launch(record, adopting: true, attach: false)
    }

    /// The same beside what a verb is asked for, which a container that cannot be adopted is no reason not to do.
    ///
    /// - Returns: how it is.
    @discardableResult
    func adoptIfLost(_ record: ContainerRecord) -> ContainerState {
        let state = files.state(of: record.id)
        guard state.status.running != nil, !files.isSupervised(state) else { return state }
        try? adopt(record)
        return files.state(of: record.id)
    }

    /// Gives each running container whose supervisor was killed a new one. Until then nobody reads what it writes, and
    /// once its pipe is full it stands still; and its restart policy is nobody's to follow. One that ended meanwhile is
    /// started again where its policy asks for that, and removed where it was to be.
    package func adoptAll() {
        for id in ids() {
            // What it says of the life that it was left in; what has become of that, the kernel knows.
            guard let written = files.written(for: id) else {
                mendState(of: id)
                continue
            }
            guard isLost(written), let record = try? record(id) else { continue }
            // One that cannot be adopted is shown as it is, and the next verb says why.
            if files.truth(written).status.running != nil {
                try? adopt(record)
            } else if record.autoRemove {
                try? discard(id, volumes: true)
            } else {
                noticeEnd(of: id, after: written)
            }
        }
    }

    /// Whether nobody is there who would have seen what became of the life that `state` tells of.
    func isLost(_ state: ContainerState) -> Bool {
        state.status.isActive && !files.isSupervised(state)
    }

    /// How it is, in truth: what the files say, corrected by what the kernel says. An end that nobody has seen is noticed
    /// by this, and one whose policy would have it run does so again.
    package func state(of record: ContainerRecord) -> ContainerState {
        if let written = files.written(for: record.id), isLost(written), files.truth(written).status.running == nil {
            noticeEnd(of: record.id, after: written)
        }
        mendState(of: record.id)
        return files.state(of: record.id)
    }

    private func noticeEnd(of id: String, after written: ContainerState) {
        guard let record = try? record(id) else { return }
        try? noteEnd(of: id)
        // Its ports of the host are anybody's.
        if written.status.running != nil { Networks(layout).releaseUnseen() }
        // After a reboot that is `start --boot`'s.
        if written.boot == files.boot, Self.isWanted(record, after: written.status) { _ = try? start(id) }
    }

    /// Writes down an end that nobody has seen: when it was noticed, and that its status is unknown. Not of one that is
    /// to be removed then: `adoptAll` does that.
    func noteEnd(of id: String) throws(ContainerError) {
        let lock = try ContainerLock.hold(id, in: layout)
        defer { _ = lock.number }
        let record = try record(id)
        guard !record.autoRemove, let written = files.written(for: id), isLost(written) else { return }
        var state = files.truth(written)
        guard case .exited(var exit) = state.status else { return }
        let isUnseen = written.status.running != nil
        if isUnseen {
            exit.at = .now
            Networks(layout).disconnect(id)
        }
        state.status = .exited(exit)
        (state.supervisor, state.boot, state.written) = (nil, files.boot, .now)
        // In this order: the live state is what counts, where there is one.
        do throws(RecordError) {
            try files.write(last: state, of: id)
            if Files.exists(layout.liveState(id)) { try files.write(live: state, of: id) }
        } catch { throw ContainerError(.failed, "\(error)") }
        if isUnseen { say(.exited, record, "exited \(exit.code), \(exit.reason ?? "unseen")") }
    }

    /// Whether the policy of one that has lost its supervisor would have it run. Of a life that nobody saw end, nobody
    /// knows whether it has failed.
    private static func isWanted(_ record: ContainerRecord, after status: Status) -> Bool {
        var isWaiting = false
        if case .restarting = status { isWaiting = true }
        return switch record.restart {
        case .always, .unlessStopped: !record.stoppedByUser
        case .onFailure: !record.stoppedByUser && isWaiting
        case .no: false
        }
    }
}
