import Cgroups
import Glibc
import JSON
import Linux
import OCI
import Records
import RuntimeCore

extension Supervisor {
    /// Starts the container by its record and its bundle as they are now. Throws with nothing left of it.
    mutating func start() throws(SupervisionError) {
        do { record = try files.record(of: id) } catch { throw .record(error) }
        log.options = record.log
        let spec = try configuration()
        var request = LaunchRequest(
            spec: spec, bundle: layout.container(id), id: id, rootfs: rootfs(record.rootfs),
            cgroup: layout.cgroup(id), limits: record.limits, useInit: record.initProcess)
        stdio = Stdio()
        let launched: Launched
        if spec.process?.terminal ?? record.terminal {
            launched = try launch(request)
        } else {
            let owner = hostUser(of: spec)
            let side = try makePipes(owner: owner)
            (request.input, request.output, request.error) = (side.input.number, side.output.number, side.error.number)
            launched = try launch(request)
            _ = side.input.number
        }
        try live(launched)
    }

    private func launch(_ request: LaunchRequest) throws(SupervisionError) -> Launched {
        do { return try RuntimeCore.launch(request) } catch { throw .launch(error) }
    }

    private mutating func makePipes(owner: uid_t) throws(SupervisionError) -> Stdio.ContainerSide {
        do { return try stdio.makePipes(in: folder, owner: owner, openInput: record.openInput) } catch {
            throw .system(error)
        }
    }

    private func configuration() throws(SupervisionError) -> OCI.RuntimeSpec {
        let path = layout.configuration(id)
        let bytes = try attempt { () throws(SystemCallError) in try Files.read(path) }
        do { return try JSON.decode(OCI.RuntimeSpec.self, from: bytes) } catch {
            throw .record(.content(path: path, reason: "\(error)"))
        }
    }

    private func rootfs(_ rootfs: Rootfs) -> LaunchRootfs {
        switch rootfs {
        case .directory(let path): .directory(path)
        case .layers(let layers, let upper, let work): .layers(layers, upper: upper, work: work)
        }
    }

    /// Who the container's first process is on this host.
    private func hostUser(of spec: OCI.RuntimeSpec) -> uid_t {
        let user = spec.process?.user.uid ?? 0
        guard let ids = record.ids, user < ids.count else { return user }
        return ids.first + user
    }

    private mutating func live(_ launched: consuming Launched) throws(SupervisionError) {
        let process = ProcessIdentity(pid: launched.pid, startTime: launched.startTime)
        let running = Running(process: process, started: .now)
        stdio.terminal = launched.console.take()
        let pidfd: FileDescriptor
        do { pidfd = try launched.process.duplicate() } catch { throw .system(error) }
        let number = pidfd.number
        begin(Life(process: pidfd, running: running, started: .now, isAdopted: false))
        let keeper = Keeper(
            terminal: stdio.terminal?.number, input: stdio.input?.number, container: number, in: folder)
        life?.keeper = keeper
        set(.running(running))
    }

    /// Watches a life that has begun, its own or an adopted one.
    mutating func begin(_ life: consuming Life) {
        let process = life.process.number
        self.life = consume life
        restartAt = nil
        ending = nil
        tidyAt = .now + Memory.quiet
        (input, inputWaits, inputEnds) = ([], false, false)
        outputWaits = false
        health = record.health.map { HealthRule($0, now: .now) }
        state.health = record.health == nil ? nil : .starting
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
    func cgroup() -> Cgroup? { try? Cgroup(layout.cgroup(id), in: .discover()) }

    /// Kills whatever is in the container: its first process, and in a host process namespace all the others.
    mutating func killAll() {
        try? life?.process.send(signal: SIGKILL)
        let group = cgroup()
        try? group?.kill()
        // Frozen processes of cgroup v1 die only once they are thawed.
        if life?.isPaused ?? false { try? group?.thaw() }
    }
}
