import CLinux
import Cgroups
import Glibc
import Linux
import Records

/// What `boxtop-runtime supervise` is told.
package struct SuperviseOptions: Sendable {
    package var layout: Layout
    package var id: String
    /// Gets one `StartReport`.
    package var report: Int32
    /// One end of a SOCK_SEQPACKET pair that counts as attached from the start.
    package var client: Int32?
    /// Takes over a running container instead of starting it.
    package var adopts: Bool

    package init(layout: Layout, id: String, report: Int32, client: Int32? = nil, adopts: Bool = false) {
        self.layout = layout
        self.id = id
        self.report = report
        self.client = client
        self.adopts = adopts
    }
}

/// Becomes the supervisor of a container: a child of init, without a terminal, that stays until the container has
/// ended and is not to be started again. The calling process returns at once; how the start went is in the report.
package func supervise(_ options: SuperviseOptions) -> Int32 {
    // The front end has forked this process already: with this second fork its child is init's.
    switch fork() {
    case -1:
        let error = SystemCallError("start a supervisor", errno: .current)
        Report(options.report).send(.failed(code: 125, reason: error.description))
        return 125
    case 0: break
    default: return 0
    }
    detach(keeping: [options.report] + (options.client.map { [$0] } ?? []))
    let report = Report(options.report)
    let client = options.client.map { Client(socket: FileDescriptor(owning: $0), isForeground: true) }
    do throws(SupervisionError) {
        var supervisor = try Supervisor(options)
        try supervisor.begin(options, client, report)
        try attempt { () throws(SystemCallError) in try supervisor.run() }
        return 0
    } catch {
        report.send(.failed(code: error.exitCode, reason: error.description))
        return 125
    }
}

/// A session of its own, no folder held, and no descriptor but those that were meant for it: a pipe of the person's
/// shell that stayed open here would keep the shell waiting for ever.
private func detach(keeping kept: [Int32]) {
    setsid()
    chdir("/")
    umask(0o022)
    let null = open("/dev/null", O_RDWR)
    for number in Int32(0)...2 { dup2(null, number) }
    var first = UInt32(3)
    for number in kept.sorted() where number >= 3 {
        if UInt32(number) > first { clinux_close_range(first, UInt32(number) - 1, 0) }
        first = UInt32(number) + 1
        _ = fcntl(number, F_SETFD, FD_CLOEXEC)
    }
    clinux_close_range(first, .max, 0)
}

/// The descriptor that a front end waits at for one `StartReport`.
final class Report {
    private let number: Int32
    private var isSent = false

    init(_ number: Int32) { self.number = number }

    /// Only the first counts; then the descriptor is closed.
    func send(_ report: StartReport) {
        if isSent { return }
        isSent = true
        let file = FileDescriptor(owning: number)
        try? file.write(report.text)
    }
}

extension Supervisor {
    /// Becomes the one supervisor of the container.
    init(_ options: SuperviseOptions) throws(SupervisionError) {
        let files = StateFiles(options.layout)
        let id = options.id
        let record: ContainerRecord
        do { record = try files.record(of: id) } catch { throw .record(error) }
        let lock = try Self.claim(options.layout.supervisorLock(id))
        let folder = options.layout.runtime(id)
        try attempt { () throws(SystemCallError) in try Files.makeDirectories(options.layout.run) }
        // Nobody but the owner: there lie the pipes of the container and the socket that it obeys.
        if mkdir(folder, 0o700) != 0 && Errno.current != .exists {
            throw .system(SystemCallError("make folder", folder, errno: .current))
        }
        let folderLock = try Self.claim("\(folder)/supervisor.lock")
        if !options.adopts, let state = files.written(for: id), state.boot == files.boot {
            switch state.status {
            case .running(let running), .paused(let running):
                if running.process.isAlive {
                    throw .refused("the container runs already, and has lost its supervisor: it is to be adopted")
                }
            default: break
            }
        }
        let poller = try attempt { () throws(SystemCallError) in try Poller() }
        let signals = try attempt { () throws(SystemCallError) in
            try SignalDescriptor([SIGTERM, SIGINT, SIGHUP], unheard: Self.unheard)
        }
        self.files = files
        self.id = id
        self.lock = consume lock
        self.folderLock = consume folderLock
        self.record = record
        hierarchy = .discover()
        precedence = Precedence()
        self.poller = consume poller
        self.signals = consume signals
        events = EventLog(options.layout)
        log = LogWriter(path: options.layout.log(id), options: record.log)
        state = ContainerState(status: .created, supervisor: .current, boot: files.boot, written: .now)
        state.run = options.layout.run
    }

    /// What would end or stop a supervisor, and is not meant to: all that is sent on purpose or by the kernel's timers.
    /// What a fault of its own raises is not among them.
    private static let unheard =
        [
            SIGPIPE, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGIO, SIGPWR, SIGSTKFLT, SIGXCPU, SIGXFSZ,
            SIGTSTP, SIGTTIN, SIGTTOU,
        ] + Array(34...64)

    /// Takes the lock that says "I supervise this one". A supervisor that is just leaving gets a moment to.
    static func claim(_ path: String) throws(SupervisionError) -> FileDescriptor {
        let file = try attempt { () throws(SystemCallError) in
            try FileDescriptor.open(path, flags: O_RDWR | O_CREAT, mode: 0o600)
        }
        for attempt in 0...20 {
            if flock(file.number, LOCK_EX | LOCK_NB) == 0 { return file }
            let reason = Errno.current
            guard reason == .again else { throw .system(SystemCallError("lock", path, errno: reason)) }
            if attempt < 20 { usleep(10_000) }
        }
        throw .refused("the container has a supervisor already")
    }

    /// Starts or adopts the container and reports how that went.
    mutating func begin(_ options: SuperviseOptions, _ client: Client?, _ report: Report) throws(SupervisionError) {
        do throws(SupervisionError) {
            do { try watch() } catch { throw .system(error) }
            if let client { add(client) }
            if options.adopts { try adopt() } else { try start() }
        } catch {
            fail(error, adopting: options.adopts)
            throw error
        }
        // Who is told that it runs may rely on it: after a power cut the list says that it ran, and the policy "always"
        // starts it. Whoever is attached waits for its output, and is told nothing yet.
        let isAttached = options.client != nil
        if !isAttached { recordStart() }
        if let running = life?.running { report.send(.started(running)) }
        if isAttached { recordStart() }
        say(options.adopts ? .adopted : .started, ports.loss)
    }

    /// Writes what lists show should the host go down. The end of a short container would wait for the disk: one that
    /// its end removes is not flushed. On a full disk it runs all the same.
    private func recordStart() {
        try? files.write(last: state, of: id, durable: !record.autoRemove)
    }

    /// The start has failed: nothing is left but the reason.
    private mutating func fail(_ error: SupervisionError, adopting: Bool) {
        listener = nil
        unlink(layout.controlSocket(id))
        if adopting { return }
        Stdio.removePipes(in: folder)
        let exit = Exit(code: error.exitCode, at: .now, reason: error.description)
        say(.exited, Self.sentence(exit))
        if record.autoRemove {
            removeContainer(record, files)
            removeRunFolder(id, layout)
            say(.removed)
        } else {
            state.supervisor = nil
            set(.exited(exit))
            try? files.write(last: state, of: id)
        }
    }
}
