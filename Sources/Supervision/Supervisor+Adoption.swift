import Glibc
import Linux
import Records

extension Supervisor {
    /// Takes over the running container whose supervisor was killed.
    mutating func adopt() throws(SupervisionError) {
        guard let written = files.written(for: id), written.boot == files.boot else {
            throw .refused("the container does not run")
        }
        let running: Running
        let isPaused: Bool
        switch written.status {
        case .running(let life): (running, isPaused) = (life, false)
        case .paused(let life): (running, isPaused) = (life, true)
        default: throw .refused("the container does not run")
        }
        do { record = try files.record(of: id) } catch { throw .record(error) }
        log.options = record.log
        // The descriptor first, then the look at the start time: so both are of the same process.
        let process: FileDescriptor
        do { process = try FileDescriptor.process(running.process.pid) } catch {
            throw .refused("the container has ended")
        }
        guard running.process.isAlive else { throw .refused("the container has ended") }
        // Not by the wall clock, which somebody may have set since.
        let started = MonotonicTime(startTime: running.process.startTime)
        let keeper = Keeper(in: folder)
        stdio = Stdio()
        keeper?.hand(to: &stdio)
        if !record.terminal {
            do { try stdio.openPipes(in: folder) } catch {
                // Its output is lost, but it runs: better kept blind than not at all.
                say(.adopted, "its output can no longer be read: \(error)")
            }
        }
        let supervisor = state.supervisor
        state = written
        state.supervisor = supervisor
        let log = files.healthLog(of: id)
        begin(Life(process: process, running: running, started: started, isAdopted: true))
        if let log { healthLog = log }
        life?.isPaused = isPaused
        life?.keeper = keeper
        set(written.status)
    }

    /// Makes anew what was removed from under it: its run folder with the lock, the socket and the live state. So a
    /// front end that does not find them has a way to it still.
    mutating func appearAgain() {
        if Files.exists(layout.controlSocket(id)) { return }
        do {
            try Files.makeDirectories(layout.run)
            mkdir(folder, 0o700)
            if !Files.exists("\(folder)/supervisor.lock") { lock = try Self.claim("\(folder)/supervisor.lock") }
            let listener = try UnixSocket.listen(at: layout.controlSocket(id))
            try poller.add(listener.number, as: Token.listener, for: .read)
            if let old = self.listener.take() { poller.remove(old.number) }
            self.listener = consume listener
            set(state.status)
        } catch {
            // Nobody is there to be told: whoever has asked, waits, and says what can be done.
        }
    }
}
