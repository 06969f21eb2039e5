import Cgroups
import Glibc
import JSON
import Linux
import Networking
import Records

extension Containers {
    /// Starts a container that was created or has ended. One that runs already stays as it is; one that is
    /// paused would not go on by it, and is refused.
    ///
    /// - Parameters:
    ///   - attach: the result carries a client's end of the supervisor's socket, attached before the first byte of
    ///     output; its input goes to the container's where that has one.
    package func start(_ reference: String, attach: Bool = false) throws(ContainerError) -> Started {
        let id = try id(of: reference)
        mendState(of: id)
        let written = files.written(for: id)
        if let written, isLost(written) { try? noteEnd(of: id) }
        let lock = try ContainerLock.hold(id, in: layout)
        defer { _ = lock.number }
        return try startHeld(id, attach: attach, isNew: false)
    }

    /// Starts one that was just made.
    package func start(_ created: consuming CreatedContainer, attach: Bool) throws(ContainerError) -> Started {
        defer { withExtendedLifetime(created) {} }
        return try startHeld(created.record.id, attach: attach, isNew: true)
    }

    /// - Parameter isNew: `create` has only just said what may not be given to its program.
    private func startHeld(_ id: String, attach: Bool, isNew: Bool) throws(ContainerError) -> Started {
        var record = try record(id)
        let state = files.state(of: id)
        if state.status.running != nil, !files.isSupervised(state) {
            _ = try launch(record, adopting: true, attach: false)
        }
        switch state.status {
        case .paused:
            throw ContainerError(.conflict, "container \(record.name) is paused: boxtop unpause \(record.name)")
        case .running(let running):
            guard attach else { return Started(record: record, running: running, client: nil) }
            throw ContainerError(
                .conflict, "container \(record.name) runs already: boxtop attach \(record.name) shows its output")
        case .removing: throw ContainerError(.conflict, "container \(record.name) is being removed")
        case .restarting where files.isSupervised(state): return try startNow(record, attach: attach)
        case .created, .exited, .restarting: break
        }
        if record.stoppedByUser {
            record.stoppedByUser = false
            try write(record)
        }
        if case .exited(let exit) = state.status, let reason = exit.reason, files.written(for: id) == nil {
            warn("container \(record.name): \(reason)")
        }
        awaitSupervisor(of: state)
        try clean(id)
        try requireProcesses(for: record)
        try checkNetwork(of: &record)
        if !isNew {
            renewResolver(of: record)
            warnOfLowered(record)
        }
        let started = try launch(record, adopting: false, attach: attach)
        warnOfFirewall(record)
        return started
    }

    /// One that waits for its policy's next attempt starts at once.
    private func startNow(_ record: ContainerRecord, attach: Bool) throws(ContainerError) -> Started {
        guard !attach else {
            throw ContainerError(
                .conflict, "container \(record.name) is being restarted by its policy: boxtop attach \(record.name)")
        }
        var record = record
        do throws(ContainerError) {
            try requireProcesses(for: record)
            try checkNetwork(of: &record)
        } catch {
            // Its policy may have come first: then it is the container itself that has its ports.
            guard case .running(let running) = files.state(of: record.id).status else { throw error }
            return Started(record: record, running: running, client: nil)
        }
        renewResolver(of: record)
        warnOfLowered(record, by: files.state(of: record.id).supervisor)
        do throws(ContainerError) { try ask(.restart(timeout: 0), of: record) } catch {
            let reason = sentence(of: error.description, behind: "container \(record.name): ")
            throw ContainerError(error.kind, reason, exitCode: error.exitCode)
        }
        guard case .running(let running) = files.state(of: record.id).status else {
            throw ContainerError(
                .failed, "container \(record.name) has ended as soon as it was started: boxtop logs says why")
        }
        return Started(record: record, running: running, client: nil)
    }

    /// Where the network has a hook, that one does it, at restarts by the policy too.
    func renewResolver(of record: ContainerRecord) {
        if record.network?.mode == .host { ResolverFile.renew(for: record, in: layout) }
    }

    /// Starts a supervisor and waits for its report.
    func launch(
        _ record: ContainerRecord, adopting: Bool, attach: Bool
    ) throws(ContainerError) -> Started {
        let runtime = try RuntimeProgram.find(environment)
        let report = try explaining { () throws(SystemCallError) in try Pipe() }
        // What a supervisor that was killed has left is where it has worked.
        let run = adopting ? files.place(of: record.id).run : layout.run
        var arguments = [
            "supervise", "--state", layout.state, "--run", run, "--cgroup-parent", layout.cgroupParent,
            "--report-fd", "3",
        ]
        if adopting { arguments.append("--adopt") }
        guard attach else {
            let process = try runtime.spawn(
                arguments + [record.id], passing: [report.writer.number], stdio: .none, ownSession: true)
            let running = try read(report, of: process)
            return Started(record: record, running: running, client: nil)
        }
        let ends = try explaining { () throws(SystemCallError) in try ClientPair.make() }
        let process = try runtime.spawn(
            arguments + ["--client-fd", "4", record.id], passing: [report.writer.number, ends.theirs.number],
            stdio: .none, ownSession: true)
        let running = try read(report, of: process)
        return Started(record: record, running: running, client: ends.closeTheirs())
    }

    /// The report, once it is there: the supervisor writes it when the container runs, or cannot.
    private func read(_ report: consuming Pipe, of process: pid_t) throws(ContainerError) -> Running {
        let reader = report.closeWriter()
        let bytes = try explaining("cannot read the supervisor's report") { () throws(SystemCallError) in
            try reader.readAll(limit: 64 << 10)
        }
        // What was spawned has forked twice by now and ends at once: no zombie stays in a caller that lives long.
        let code = try RuntimeProgram.wait(for: process)
        guard !bytes.isEmpty else {
            // What was spawned is done once its child is on its way: then that one has said nothing.
            let cause =
                code == 0
                ? "its supervisor crashed, or was killed, before it could say how it went"
                : "boxtop-runtime ended with status \(code) before it could say why"
            throw ContainerError(.failed, cause, exitCode: 125)
        }
        let result: StartReport
        do { result = try StartReport.read(bytes) } catch {
            throw ContainerError(
                .failed, "boxtop-runtime is of another version than boxtop: \(error)", exitCode: 125)
        }
        switch result {
        case .started(let running): return running
        case .failed(let code, let reason): throw ContainerError(.failed, sentence(of: reason), exitCode: code)
        }
    }

    /// What boxtop's own hook has refused is a sentence of its own: a person need not know what a hook is.
    ///
    /// - Parameter opening: what `reason` may begin with before the hook's part.
    private func sentence(of reason: String, behind opening: String = "") -> String {
        guard let hook = try? RuntimeProgram.front(environment) else { return reason }
        let prefix = "\(opening)cannot run the hook \(hook): "
        // It did not come to a sentence where it was killed, or cannot be executed.
        guard reason.hasPrefix(prefix), !reason.hasPrefix(prefix + "it ") else { return reason }
        return String(reason.dropFirst(prefix.count))
    }

    /// A supervisor that has reported the end may still be writing its last words.
    func awaitSupervisor(of state: ContainerState) {
        guard let supervisor = state.supervisor else { return }
        let begin = MonotonicTime.now
        while supervisor.isAlive, MonotonicTime.now.seconds(since: begin) < 5 { usleep(1_000) }
    }

    /// What a supervisor that was killed has left: what holds its ports without root, processes (of a container with the
    /// host's), its control group.
    func clean(_ id: String) throws(ContainerError) {
        // One that has a supervisor has been left by none, whatever is written of it. One that is just leaving may.
        var looks = 0
        while files.isHeld(id) {
            if looks == 20 {
                throw ContainerError(
                    .conflict, "container \(ContainerID.short(id)) has a supervisor, and may run: stop it first")
            }
            looks += 1
            usleep(10_000)
        }
        Networks(layout).disconnect(id)
        guard let group = try? Cgroup(layout.cgroup(id), in: hierarchy), group.exists else { return }
        do {
            try group.kill()
            try group.remove()
        } catch { throw ContainerError(.failed, "cannot clean up after the last run: \(error)") }
    }
}

/// Two connected ends of packets, ours and the supervisor's.
struct ClientPair: ~Copyable {
    var ours: FileDescriptor
    var theirs: FileDescriptor

    static func make() throws(SystemCallError) -> ClientPair {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        try systemCall("make a socket pair") { socketpair(AF_UNIX, type, 0, &ends) }
        return ClientPair(ours: FileDescriptor(owning: ends[0]), theirs: FileDescriptor(owning: ends[1]))
    }

    /// Ours alone: while theirs is open here too, their end would never be seen.
    consuming func closeTheirs() -> FileDescriptor { ours }
}
