import Linux
import Records

extension Containers {
    /// Ends a container for good: its stop signal, grace, SIGKILL. Its policy does not start it again.
    ///
    /// - Parameters:
    ///   - signal: instead of the container's own.
    ///   - timeout: seconds of grace instead of the container's own; negative is for ever.
    /// - Returns: how it ended; `nil` where it did not run.
    @discardableResult
    package func stop(
        _ reference: String, signal: Int32? = nil, timeout: Double? = nil
    ) throws(ContainerError) -> Exit? {
        let id = try id(of: reference)
        let record: ContainerRecord
        do throws(ContainerError) { record = try change(id) { $0.stoppedByUser = true } } catch {
            // On a full disk nothing can be noted, but a person must be able to stop and remove what fills it. The
            // supervisor knows without the note; after a reboot the policy alone would decide.
            record = try self.record(id)
        }
        switch files.state(of: record.id).status {
        case .created, .exited, .removing: return nil
        case .running, .paused, .restarting: break
        }
        let request = ControlRequest.stop(
            signal: signal ?? record.stopSignal, timeout: timeout ?? record.stopTimeout)
        let reply: ControlReply
        do throws(ContainerError) { reply = try ask(request, of: record) } catch {
            // It may have ended by itself while it was asked.
            if case .exited(let exit) = files.state(of: record.id).status { return exit }
            if !Files.exists(layout.container(record.id)) { return nil }
            throw error
        }
        if case .exited(let exit) = reply { return exit }
        if case .exited(let exit) = files.state(of: record.id).status { return exit }
        return nil
    }

    /// Stops it, where it runs, and starts it again.
    package func restart(_ reference: String, timeout: Double? = nil) throws(ContainerError) {
        let record = try find(reference)
        switch files.state(of: record.id).status {
        case .created, .exited: _ = try start(record.id)
        case .removing: throw ContainerError(.conflict, "container \(record.name) is being removed")
        case .running, .paused, .restarting:
            try ask(.restart(timeout: timeout ?? record.stopTimeout), of: record)
        }
    }

    /// Changes the record of container `id` under its lock; writes it where it is another then.
    @discardableResult
    func change(
        _ id: String, _ body: (inout ContainerRecord) throws(ContainerError) -> Void
    ) throws(ContainerError) -> ContainerRecord {
        let lock = try ContainerLock.hold(id, in: layout)
        defer { _ = lock.number }
        let old = try record(id)
        var new = old
        try body(&new)
        if new != old { try write(new) }
        return new
    }
}
