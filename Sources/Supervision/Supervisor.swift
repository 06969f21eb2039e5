import Cgroups
import Glibc
import Linux
import Records
import RuntimeCore

/// The loop beside one container: keeps its process, its streams, its log, and those who ask about it.
///
/// One thread, one epoll. Nothing here waits for anybody but in `poller.wait`.
struct Supervisor: ~Copyable {
    /// Its run folder is another one once that has gone: see `appearAgain`.
    var files: StateFiles
    let id: String
    let events: EventLog
    /// Held until the end: whoever has the lock in the container's folder supervises, and nobody else does anything with
    /// the container.
    var lock: FileDescriptor?
    /// The one in its run folder, which nobody sweeps meanwhile. Supervisors of older versions have this alone.
    var folderLock: FileDescriptor?
    /// Looked for once: where control groups are mounted stays, and each look costs as much as a small request.
    let hierarchy: Hierarchy
    let precedence: Precedence
    let poller: Poller
    let signals: SignalDescriptor
    var listener: FileDescriptor?

    /// What was asked for, read again by `reload` and before each start.
    var record: ContainerRecord
    var state: ContainerState
    var log: LogWriter
    var rule = RestartRule()

    /// The container's life, while it has one.
    var life: Life?
    var stdio = Stdio()
    /// The ports of the host that are the container's while it lives.
    var ports = HeldPorts()
    /// What the launch has noted of the hooks of its end; and those, once they run.
    var endNote: [UInt8]?
    var endHooks: Hooks.Ending?
    /// Set while it is being ended, with what comes after.
    var ending: Ending?
    /// When the policy starts it again.
    var restartAt: MonotonicTime?
    /// Begun lines are written as parts at this time.
    var flushAt: MonotonicTime?
    /// The memory of a busy moment is given back at this time.
    var tidyAt: MonotonicTime?
    var health: HealthRule?
    /// The health check that runs now, and what the last ones were.
    var checker: Checker?
    var healthLog = HealthLog()

    /// Tells of processes killed for want of memory.
    var memory: OOMWatch?
    /// The watch begins at this time.
    var memoryAt: MonotonicTime?

    var clients: [UInt64: Client] = [:]
    var nextToken = Token.firstClient
    /// Input that the container has not taken yet.
    var input: [UInt8] = []
    /// The container's input is full: those who give it wait.
    var inputWaits = false
    /// The container's input ends after what waits.
    var inputEnds = false
    /// The foreground is slow: the container's output waits for it.
    var outputWaits = false
    /// All is written and answered: what is left is to hand the foreground what it has not read yet.
    var isOver = false

    /// What the poller calls the descriptors.
    enum Token {
        static let process: UInt64 = 0
        static let signals: UInt64 = 1
        static let listener: UInt64 = 2
        static let output: UInt64 = 3
        static let error: UInt64 = 4
        static let terminal: UInt64 = 5
        static let input: UInt64 = 6
        static let check: UInt64 = 7
        static let memory: UInt64 = 8
        static let firstClient: UInt64 = 16
    }

    /// A container's first process, and when it was started.
    struct Life: ~Copyable {
        let process: FileDescriptor
        let running: Running
        let started: MonotonicTime
        /// Another supervisor started it: it is no child of this one.
        let isAdopted: Bool
        /// Of a container among the processes of another one: who is its own is in its mount namespace.
        var members: NamespaceMembers?
        var isPaused = false
        var keeper: Keeper?
    }

    struct Ending {
        /// When SIGKILL follows; `nil` when it has been sent, or never shall be.
        var killAt: MonotonicTime?
        var restarts: Bool
    }

    var layout: Layout { files.layout }
    var folder: String { layout.runtime(id) }

    /// Watches what is there before the container is.
    mutating func watch() throws(SystemCallError) {
        try poller.add(signals.number, as: Token.signals, for: .read)
        let listener = try UnixSocket.listen(at: layout.controlSocket(id))
        try poller.add(listener.number, as: Token.listener, for: .read)
        self.listener = consume listener
    }

    /// Runs until the container has ended, is not to be started again, and all is written and answered.
    mutating func run() throws(SystemCallError) {
        while !isOver || clients.values.contains(where: { $0.isForeground && $0.hasQueue }) {
            let events = try rest()
            for ready in events { handle(ready) }
            // A second after the last of it, the moment is over.
            if !events.isEmpty { tidyAt = .now + Memory.quiet }
            handleDeadlines()
            settleClients()
        }
    }

    private mutating func handle(_ ready: Poller.Ready) {
        switch ready.token {
        case Token.process: containerEnded()
        case Token.signals: handleSignals()
        case Token.listener: acceptClients()
        case Token.output: readOutput(.output)
        case Token.error: readOutput(.error)
        case Token.terminal:
            if ready.canRead { readTerminal() }
            if ready.canWrite { writeInput() }
        case Token.input: writeInput()
        case Token.check: healthChecked()
        case Token.memory: noticeKills()
        default:
            if ready.canWrite { clients[ready.token]?.flush() }
            if ready.canRead { readClient(ready.token) }
        }
    }

    private var nextDeadline: MonotonicTime? {
        [flushAt, restartAt, ending?.killAt, health?.deadline, memoryAt, tidyAt].compactMap { $0 }.min()
    }

    private mutating func handleDeadlines() {
        let now = MonotonicTime.now
        if let time = flushAt, time <= now {
            flushAt = nil
            log.flush(at: .now)
        }
        if let time = ending?.killAt, time <= now {
            ending?.killAt = nil
            killAll()
        }
        if let time = restartAt, time <= now { startAgain() }
        if let time = memoryAt, time <= now { watchMemory() }
        if let time = health?.deadline, time <= now { checkHealth(now) }
    }

    /// Sleeps until there is something to do; after a busy moment with as little memory as can be.
    private mutating func rest() throws(SystemCallError) -> [Poller.Ready] {
        guard let time = tidyAt, time <= .now else { return try poller.wait(until: nextDeadline) }
        tidyAt = nil
        return try poller.wait(until: nextDeadline) { Memory.giveBack() }
    }

    /// The host goes down, or somebody ends the supervisor: the container ends in order, as by `stop`, but for a start
    /// after the next boot its policy stays what it is. SIGHUP: somebody does not find its socket, or cannot read its
    /// state.
    private mutating func handleSignals() {
        while let signal = signals.next() {
            if isOver { continue }
            if signal == SIGHUP {
                if !appearAgain() { set(state.status) }
            } else {
                stop(signal: record.stopSignal, timeout: record.stopTimeout, restarts: false)
            }
        }
    }

    func say(_ kind: Event.Kind, _ detail: String? = nil) {
        events.append(kind, of: record, detail: detail)
    }

    /// Makes `status` the container's, for everybody to read.
    mutating func set(_ status: Status) {
        state.status = status
        state.written = .now
        // A full disk must not end a container: lists correct an old state by what the kernel says.
        try? files.write(live: state, of: id)
    }
}
