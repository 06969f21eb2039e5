import Cgroups
import Glibc
import Linux
import Records

extension Supervisor {
    /// Starts the container by its record and its bundle as they are now. Throws with nothing left of it.
    mutating func start() throws(SupervisionError) {
        do { try launch() } catch {
            // A launch that fails clears up behind itself; one that was killed could not.
            let group = cgroup()
            try? group?.kill()
            try? group?.remove()
            // What the hooks of the beginning have made before it failed, those of the end take away.
            beginEndHooks()
            awaitEndHooks()
            throw error
        }
    }

    private mutating func launch() throws(SupervisionError) {
        do { record = try files.record(of: id) } catch { throw .record(error) }
        log.options = record.log
        stdio = Stdio()
        if record.terminal { return try launch(writingTo: (nil, nil, nil)) }
        let side = try makePipes()
        try launch(writingTo: (side.input.number, side.output.number, side.error.number))
        _ = side.input.number
    }

    private mutating func launch(writingTo pipes: Bundle.Pipes) throws(SupervisionError) {
        let bundle = Bundle(record: record, layout: layout, hierarchy: hierarchy)
        let precedence = precedence
        try live(
            try Launcher.run { (note) throws(SupervisionError) in
                precedence.giveUp()
                return try bundle.launch(pipes, end: &note)
            })
    }

    private mutating func makePipes() throws(SupervisionError) -> Stdio.ContainerSide {
        do { return try stdio.makePipes(in: folder, openInput: record.openInput) } catch { throw .system(error) }
    }

    private mutating func live(_ started: consuming Launcher.Started) throws(SupervisionError) {
        let running = Running(process: started.identity, started: .now)
        stdio.terminal = started.console.take()
        endNote = started.note.isEmpty ? nil : started.note
        let number = started.process.number
        begin(Life(process: started.process, running: running, started: .now, isAdopted: false))
        let keeper = Keeper(
            terminal: stdio.terminal?.number, input: stdio.input?.number, container: number, in: folder)
        life?.keeper = keeper
        holdPorts()
        set(.running(running))
    }

    /// Watches a life that has begun, its own or an adopted one.
    mutating func begin(_ life: consuming Life) {
        let process = life.process.number
        self.life = consume life
        if record.processesOf != nil, let pid = self.life?.running.process.pid {
            self.life?.members = NamespaceMembers(.mounts, of: pid)
        }
        restartAt = nil
        ending = nil
        tidyAt = .now + Memory.quiet
        memoryAt = .now + Memory.quiet
        (input, inputWaits, inputEnds) = ([], false, false)
        outputWaits = false
        health = record.health.map { HealthRule($0, now: .now) }
        state.health = record.health == nil ? nil : .starting
        healthLog = HealthLog()
        if health != nil { unlink(layout.healthLog(id)) }
        // Watching fails only for want of memory in the kernel: then the container's end would go unseen.
        do {
            try poller.add(process, as: Token.process, for: .read)
            if let number = stdio.output?.number { try poller.add(number, as: Token.output, for: .read) }
            if let number = stdio.error?.number { try poller.add(number, as: Token.error, for: .read) }
            if let number = stdio.terminal?.number {
                _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK)
                try poller.add(number, as: Token.terminal, for: .read)
            }
        } catch {
            killAll()
        }
    }

    /// The container's control group; `nil` where this host has none.
    func cgroup() -> Cgroup? { try? Cgroup(layout.cgroup(id), in: hierarchy) }

    /// Kills whatever is in the container: its first process, and in a host process namespace all the others.
    mutating func killAll() {
        try? life?.process.send(signal: SIGKILL)
        let group = cgroup()
        try? group?.kill()
        // Frozen processes of cgroup v1 die only once they are thawed.
        if life?.isPaused ?? false { try? group?.thaw() }
    }
}
