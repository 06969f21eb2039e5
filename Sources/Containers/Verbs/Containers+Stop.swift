import Glibc
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
            // On a full disk nothing can be noted, and in a damaged record neither, but a person must be able to stop what
            // runs. The supervisor knows without the note; after a reboot the policy alone would decide.
            record = try reach(id)
        }
        return try begin(
            .stop(signal: signal ?? record.stopSignal, timeout: timeout ?? record.stopTimeout), of: record)
    }

    /// Asks for a container's end at once, whatever its record says.
    func beginEnd(of record: ContainerRecord) throws(ContainerError) -> PendingEnd {
        try begin(.stop(signal: SIGKILL, timeout: 0), of: record)
    }

    /// Waits for what was begun. Where the supervisor went in the middle, the container has just ended, or is adopted by
    /// another one, which is asked the same.
    ///
    /// - Returns: how it ended; `nil` where it did not run, or was started again.
    @discardableResult
    package func end(_ pending: PendingEnd, attempts: Int = 3) throws(ContainerError) -> Exit? {
        guard let request = pending.request else { return nil }
        let record = pending.record
        let reply: ControlReply
        do throws(ControlError) { reply = try pending.reply() } catch {
            guard case .lost = error, attempts > 1 else { throw Self.failure(error, record) }
            let next = try begin(request, of: record)
            return next.request == nil ? exit(of: record) : try end(next, attempts: attempts - 1)
        }
        switch reply {
        case .refused(let reason): throw Self.failure(.refused(reason), record)
        case .exited(let exit): return exit
        case .done: return exit(of: record)
        }
    }

    /// How it has ended; `nil` where it runs, or is no more.
    private func exit(of record: ContainerRecord) -> Exit? {
        if case .exited(let exit) = files.state(of: record.id).status { return exit }
        return nil
    }

    /// Stops it, where it runs, and starts it again.
    package func restart(
        _ reference: String, signal: Int32? = nil, timeout: Double? = nil
    ) throws(ContainerError) {
        try end(try beginRestart(reference, signal: signal, timeout: timeout))
    }

    /// The same without waiting, as `beginStop`.
    package func beginRestart(
        _ reference: String, signal: Int32? = nil, timeout: Double? = nil
    ) throws(ContainerError) -> PendingEnd {
        let record = try find(reference)
        return try begin(.restart(signal: signal, timeout: timeout ?? record.stopTimeout), of: record)
    }

    /// Asks the supervisor of a container that runs. One that does not run is as a stop would have it, and is started
    /// where it was to start again.
    private func begin(_ request: ControlRequest, of record: ContainerRecord) throws(ContainerError) -> PendingEnd {
        do throws(ContainerError) {
            if isActive(record.id) {
                let client = try supervised(record)
                if case .restart = request {
                    renewResolver(of: record)
                    warnOfLowered(record, by: files.state(of: record.id).supervisor)
                }
                return PendingEnd(record, asking: request, client)
            }
        } catch {
            // It may have ended by itself while it was asked.
            if isActive(record.id) { throw error }
        }
        guard case .restart = request else { return PendingEnd(record) }
        if case .removing = files.state(of: record.id).status {
            throw ContainerError(.conflict, "container \(record.name) is being removed")
        }
        _ = try start(record.id)
        return PendingEnd(record)
    }

    /// Changes the record of container `id` under its lock; writes it where it is another then. Other limits are given to
    /// the kernel first, which may refuse them, and taken back where the record cannot be written: what holds now is what
    /// every screen says and what holds after the next start.
    @discardableResult
    func change(
        _ id: String, _ body: (inout ContainerRecord) throws(ContainerError) -> Void
    ) throws(ContainerError) -> ContainerRecord {
        let lock = try ContainerLock.hold(id, in: layout)
        defer { _ = lock.number }
        let old = try record(id)
        var new = old
        try body(&new)
        if new == old { return old }
        do throws(ContainerError) {
            if new.limits != old.limits { try apply(new.limits, replacing: old.limits, to: new) }
            try write(new)
        } catch {
            // Perhaps some of them were written before the one that was refused.
            if new.limits != old.limits { try? apply(old.limits, replacing: nil, to: old) }
            throw error
        }
        return new
    }
}

/// A container whose supervisor was asked to end it, or to start it anew, and has not answered yet.
package final class PendingEnd {
    package let record: ContainerRecord
    /// `nil` where nothing was to be asked.
    fileprivate let request: ControlRequest?
    private var client: ControlClient?

    init(_ record: ContainerRecord) {
        self.record = record
        request = nil
    }

    init(_ record: ContainerRecord, asking request: ControlRequest, _ client: consuming ControlClient) {
        self.record = record
        self.request = request
        // One that has gone before it could be asked has no answer either.
        do { try client.send(request) } catch { return }
        self.client = consume client
    }

    /// The answer, once. Waits for it.
    fileprivate func reply() throws(ControlError) -> ControlReply {
        guard let client = client.take() else { throw .lost(nil) }
        return try client.reply()
    }
}
