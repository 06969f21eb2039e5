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
        try end(try beginStop(reference, signal: signal, timeout: timeout))
    }

    /// Asks for a stop without waiting for it: so many containers end side by side. `end` waits.
    package func beginStop(
        _ reference: String, signal: Int32? = nil, timeout: Double? = nil
    ) throws(ContainerError) -> PendingEnd {
        let id = try id(of: reference)
        let record: ContainerRecord
        do throws(ContainerError) { record = try change(id) { $0.stoppedByUser = true } } catch {
            // On a full disk nothing can be noted, but a person must be able to stop and remove what fills it. The
            // supervisor knows without the note; after a reboot the policy alone would decide.
            record = try self.record(id)
        }
        switch files.state(of: record.id).status {
        case .created, .exited, .removing: return PendingEnd(record)
        case .running, .paused, .restarting: break
        }
        return try begin(
            .stop(signal: signal ?? record.stopSignal, timeout: timeout ?? record.stopTimeout), of: record)
    }

    /// Waits for what was begun.
    ///
    /// - Returns: how it ended; `nil` where it did not run, or was started again.
    @discardableResult
    package func end(_ pending: PendingEnd) throws(ContainerError) -> Exit? {
        guard let result = pending.reply() else { return nil }
        let reply: ControlReply
        do throws(ControlError) { reply = try result.get() } catch {
            if let exit = try ended(pending.record, instead: error) { return exit }
            return nil
        }
        switch reply {
        case .refused(let reason):
            throw ContainerError(.conflict, "container \(pending.record.name): \(reason)")
        case .exited(let exit): return exit
        case .done: break
        }
        if case .exited(let exit) = files.state(of: pending.record.id).status { return exit }
        return nil
    }

    /// Stops it, where it runs, and starts it again.
    package func restart(_ reference: String, timeout: Double? = nil) throws(ContainerError) {
        try end(try beginRestart(reference, timeout: timeout))
    }

    /// The same without waiting, as `beginStop`.
    package func beginRestart(_ reference: String, timeout: Double? = nil) throws(ContainerError) -> PendingEnd {
        let record = try find(reference)
        switch files.state(of: record.id).status {
        case .created, .exited:
            _ = try start(record.id)
            return PendingEnd(record)
        case .removing: throw ContainerError(.conflict, "container \(record.name) is being removed")
        case .running, .paused, .restarting:
            let client = try supervised(record)
            return try PendingEnd(record, asking: .restart(timeout: timeout ?? record.stopTimeout), client)
        }
    }

    private func begin(_ request: ControlRequest, of record: ContainerRecord) throws(ContainerError) -> PendingEnd {
        let client: ControlClient
        do throws(ContainerError) { client = try supervised(record) } catch {
            // It may have ended by itself while it was asked.
            switch files.state(of: record.id).status {
            case .exited: return PendingEnd(record)
            default: if !Files.exists(layout.container(record.id)) { return PendingEnd(record) }
            }
            throw error
        }
        return try PendingEnd(record, asking: request, client)
    }

    /// How a container ended whose supervisor has gone in the middle of its answer; throws where it has not.
    private func ended(_ record: ContainerRecord, instead error: ControlError) throws(ContainerError) -> Exit? {
        if case .exited(let exit) = files.state(of: record.id).status { return exit }
        if !Files.exists(layout.container(record.id)) { return nil }
        throw ContainerError(.failed, "container \(record.name): \(error)")
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

/// A container whose supervisor was asked to end it, or to start it anew, and has not answered yet.
package final class PendingEnd {
    package let record: ContainerRecord
    private var client: ControlClient?

    /// Nothing was to be asked.
    init(_ record: ContainerRecord) { self.record = record }

    init(_ record: ContainerRecord, asking request: ControlRequest, _ client: consuming ControlClient)
        throws(ContainerError)
    {
        do { try client.send(request) } catch { throw ContainerError(.failed, "container \(record.name): \(error)") }
        self.record = record
        self.client = consume client
    }

    /// The answer, once; `nil` where nothing was asked. Waits for it.
    fileprivate func reply() -> Result<ControlReply, ControlError>? {
        guard let client = client.take() else { return nil }
        do throws(ControlError) { return .success(try client.reply()) } catch { return .failure(error) }
    }
}
