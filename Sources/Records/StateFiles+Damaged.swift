import Glibc
import Linux

/// States that cannot be read.
extension StateFiles {
    /// How container `id` is where no state of it can be read. Without any it was never started; of a damaged one that much
    /// is known, that it was, and its policy holds.
    package func unwritten(_ id: String) -> ContainerState {
        guard let path = damagedState(of: id) else {
            return ContainerState(status: .created, supervisor: nil, boot: boot, written: Timestamp(nanoseconds: 0))
        }
        let time = FileStamp(path)?.modified ?? .now
        let exit = Exit(code: 255, at: time, reason: "how it ended is unknown, since \(path) cannot be read")
        return ContainerState(status: .exited(exit), supervisor: nil, boot: boot, written: time)
    }

    /// The file with a state of container `id` that is there and cannot be understood.
    private func damagedState(of id: String) -> String? {
        [layout.liveState(id), layout.lastState(id)].first(where: isDamaged)
    }

    /// Whether the state that a supervisor of container `id` writes is there and cannot be understood.
    package func isLiveStateDamaged(of id: String) -> Bool { isDamaged(layout.liveState(id)) }

    private func isDamaged(_ path: String) -> Bool {
        do throws(RecordError) { _ = try state(at: path) } catch {
            if case .content = error { return true }
        }
        return false
    }

    /// Whether container `id` has a supervisor, whatever is written of it: by the lock that a supervisor holds to its end.
    package func isHeld(_ id: String) -> Bool {
        // Supervisors of older versions have the second alone.
        Self.isLocked(layout.supervisorLock(id)) || Self.isLocked("\(place(of: id).runtime(id))/supervisor.lock")
    }

    private static func isLocked(_ path: String) -> Bool {
        guard let lock = try? FileDescriptor.open(path, flags: O_RDONLY) else { return false }
        return flock(lock.number, LOCK_SH | LOCK_NB) != 0
    }
}
