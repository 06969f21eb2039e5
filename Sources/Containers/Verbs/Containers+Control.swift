import Glibc
import Linux
import Records

extension Containers {
    /// A connection to the supervisor of a container that runs; one whose supervisor was killed is adopted by a new
    /// one first.
    func supervised(_ record: ContainerRecord) throws(ContainerError) -> ControlClient {
        // A supervisor that answers a restart, or that is only just going, refuses for a moment: a later look tells which.
        // Five seconds is more than its end takes on a busy machine.
        for look in 0..<250 {
            if let client = try client(of: record.id) { return client }
            let state = files.state(of: record.id)
            switch state.status {
            case .running, .paused:
                if files.isSupervised(state) {
                    if look == 10 { askToAppear(state, record) }
                    usleep(20_000)
                    continue
                }
                try adopt(record)
            case .restarting:
                if look == 10 { askToAppear(state, record) }
                usleep(20_000)
            case .created, .exited, .removing: throw Self.notRunning(record)
            }
        }
        let supervisor = files.state(of: record.id).supervisor
        if let supervisor, supervisor.isStopped { throw Self.failure(.stopped(supervisor.pid), record) }
        let remedy = supervisor.map { ": kill -TERM \($0.pid) ends it and the container" }
        throw ContainerError(.failed, "container \(record.name) has a supervisor that does not answer\(remedy ?? "")")
    }

    /// A connection to the supervisor of container `id` as it is now, whichever run folder that one works in; `nil` where
    /// nobody answers.
    func client(of id: String) throws(ContainerError) -> ControlClient? {
        if let client = try Self.connect(to: id, in: layout) { return client }
        let place = files.place(of: id)
        return place == layout ? nil : try Self.connect(to: id, in: place)
    }

    private static func connect(to id: String, in layout: Layout) throws(ContainerError) -> ControlClient? {
        do throws(ControlError) { return try ControlClient(connectingTo: layout.controlSocket(id)) } catch {
            // It is not the supervisor's fault, and waiting helps nobody.
            if case .unreachable(let reason) = error, reason.errno.isTooManyFiles {
                throw ContainerError("container \(id.prefix(12))", reason)
            }
            return nil
        }
    }

    /// Has a supervisor make its socket anew where that is not there: somebody has removed the run folder, or it has gone
    /// with a person's last login.
    private func askToAppear(_ state: ContainerState, _ record: ContainerRecord) {
        guard !Files.exists(files.place(of: record.id).controlSocket(record.id)), let supervisor = state.supervisor,
            let process = try? FileDescriptor.process(supervisor.pid), supervisor.isAlive
        else { return }
        try? process.send(signal: SIGHUP)
    }

    /// Asks the supervisor and waits for its answer. A refusal throws. One that goes in the middle is asked again:
    /// the container has just ended, or the supervisor was killed and another one adopts the container.
    @discardableResult
    func ask(
        _ request: ControlRequest, of record: ContainerRecord, attempts: Int = 3
    ) throws(ContainerError) -> ControlReply {
        let client = try supervised(record)
        let reply: ControlReply
        do throws(ControlError) { reply = try client.ask(request) } catch {
            guard case .lost = error, attempts > 1 else { throw Self.failure(error, record) }
            return try ask(request, of: record, attempts: attempts - 1)
        }
        if case .refused(let reason) = reply { throw Self.failure(.refused(reason), record) }
        return reply
    }

    static func failure(_ error: ControlError, _ record: ContainerRecord) -> ContainerError {
        var kind = ContainerError.Kind.failed
        if case .refused = error { kind = .conflict }
        return ContainerError(kind, "container \(record.name): \(error)")
    }

    static func notRunning(_ record: ContainerRecord) -> ContainerError {
        ContainerError(.conflict, "container \(record.name) does not run: boxtop start \(record.name) starts it")
    }

    /// A connection of `AttachFrame` packets to a running container.
    package func attach(_ reference: String, input: Bool) throws(ContainerError) -> AttachedStream {
        let record = try reach(reference)
        if case .paused = files.state(of: record.id).status {
            throw ContainerError(
                .conflict, "container \(record.name) is paused: boxtop unpause \(record.name) lets it go on first")
        }
        do { return try (try supervised(record)).attach(input: input) } catch let error as ControlError {
            throw ContainerError(.failed, "container \(record.name): \(error)")
        } catch let error as ContainerError { throw error } catch {
            throw ContainerError(.failed, "container \(record.name): \(error)")
        }
    }

    package func resize(_ reference: String, rows: UInt16, columns: UInt16) throws(ContainerError) {
        try ask(.resize(rows: rows, columns: columns), of: try reach(reference))
    }

    /// Sends a signal to its first process. SIGKILL, and its own stop signal, count as the person's wish that it stays
    /// ended.
    package func kill(_ reference: String, signal: Int32 = SIGKILL) throws(ContainerError) {
        try ask(.kill(signal: signal), of: try reach(reference))
    }

    /// Lets all its processes stand still. Throws `unsupported` where it has no control group to freeze it by.
    package func pause(_ reference: String) throws(ContainerError) {
        let record = try reach(reference)
        try checkPausable(record)
        try ask(.pause, of: record)
    }

    private func checkPausable(_ record: ContainerRecord) throws(ContainerError) {
        switch files.state(of: record.id).status {
        case .running: try checkFreezable(record)
        case .paused: throw ContainerError(.conflict, "container \(record.name) is paused already")
        case .created, .restarting, .exited, .removing: break
        }
    }

    /// Lets all its processes stand still until `Standstill.end`, or until this process is no more, however it ends.
    func hold(_ record: ContainerRecord) throws(ContainerError) -> Standstill {
        try checkPausable(record)
        let client = try supervised(record)
        let reply: ControlReply
        do throws(ControlError) { reply = try client.ask(.hold) } catch { throw Self.failure(error, record) }
        guard case .refused = reply else { return Standstill(client: client, end: .release) }
        // A supervisor from before an upgrade does not know that, and one that does says why not.
        try ask(.pause, of: record)
        return Standstill(client: client, end: .unpause)
    }

    /// Lets them go on.
    package func unpause(_ reference: String) throws(ContainerError) {
        let record = try reach(reference)
        if case .running = files.state(of: record.id).status {
            throw ContainerError(.conflict, "container \(record.name) is not paused")
        }
        try ask(.unpause, of: record)
    }

    /// Waits until it has ended and is not started again.
    package func wait(_ reference: String) throws(ContainerError) -> Exit {
        let record = try reach(reference)
        while true {
            switch state(of: record).status {
            case .exited(let exit): return exit
            case .created:
                throw ContainerError(
                    .conflict, "container \(record.name) was never started: boxtop start \(record.name) starts it")
            case .running, .paused, .restarting, .removing: break
            }
            let client: ControlClient
            do { client = try supervised(record) } catch {
                // It may have ended between the two looks.
                if case .exited(let exit) = files.state(of: record.id).status { return exit }
                throw error
            }
            // Where its supervisor is killed meanwhile, the loop adopts it and waits on.
            if let exit = end(toldBy: client, of: record) { return exit }
            usleep(20_000)
        }
    }

    /// A supervisor that is stopped is said, once, and waited for: what it supervises has not ended by that.
    private func end(toldBy client: borrowing ControlClient, of record: ContainerRecord) -> Exit? {
        guard (try? client.send(.wait)) != nil else { return nil }
        var isSaid = false
        while true {
            do throws(ControlError) {
                guard case .exited(let exit) = try client.reply() else { return nil }
                return exit
            } catch {
                guard case .stopped = error else { return nil }
                if !isSaid { warn(Self.failure(error, record).description) }
                isSaid = true
            }
        }
    }
}

/// A container that stands still for a moment.
struct Standstill: ~Copyable {
    private let client: ControlClient
    private let request: ControlRequest

    init(client: consuming ControlClient, end request: ControlRequest) {
        self.client = client
        self.request = request
    }

    /// Lets it go on, and waits until it does. A pause that somebody else has asked for since stays.
    consuming func end() { _ = try? client.ask(request) }
}
