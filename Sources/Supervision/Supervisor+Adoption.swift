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
        (state.supervisor, state.run) = (supervisor, layout.run)
        let log = files.healthLog(of: id)
        begin(Life(process: process, running: running, started: started, isAdopted: true))
        if let log { healthLog = log }
        life?.isPaused = isPaused
        life?.keeper = keeper
        holdPorts()
        set(written.status)
    }

    /// Makes anew what was removed from under it: its run folder with the lock, the socket and the live state. So a
    /// front end that does not find them has a way to it still.
    ///
    /// - Returns: whether it has written its state.
    mutating func appearAgain() -> Bool {
        if Files.exists(layout.controlSocket(id)) { return false }
        do {
            let hasMoved = try findRoom()
            mkdir(folder, 0o700)
            if !Files.exists("\(folder)/supervisor.lock") { folderLock = try Self.claim("\(folder)/supervisor.lock") }
            let listener = try UnixSocket.listen(at: layout.controlSocket(id))
            try poller.add(listener.number, as: Token.listener, for: .read)
            if let old = self.listener.take() { poller.remove(old.number) }
            self.listener = consume listener
            set(state.status)
            // That is what leads others there.
            if hasMoved { try? files.write(last: state, of: id, durable: false) }
            return true
        } catch {
            // Nobody is there to be told: whoever has asked, waits, and says what can be done.
            return false
        }
    }

    /// Makes the folder of run folders anew. A user's is gone after their last login and comes only with the next one: till
    /// then another one takes its place, that of whoever asks without a login.
    ///
    /// - Returns: whether it is another one.
    private mutating func findRoom() throws -> Bool {
        do { try Files.makeDirectories(layout.run) } catch {
            var other = layout
            other.run = Layout.usualRun([:], user: geteuid())
            if geteuid() == 0 || other.run == layout.run { throw error }
            try other.checkOwner(user: geteuid())
            try Files.makeDirectories(other.run)
            files = StateFiles(other, boot: files.boot)
            state.run = other.run
            return true
        }
        return false
    }
}
