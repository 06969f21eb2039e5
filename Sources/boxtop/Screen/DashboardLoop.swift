import Cgroups
import Dashboard
import Glibc
import Linux
import Monitoring
import TerminalKit

/// Opens the dashboard and returns when a person quits it, or a signal does.
///
/// One thread: a poll(2) over the terminal, signals, a timer, and the verbs that run beside it. Whatever way this is
/// left, the terminal is as it was found.
///
/// - Throws: where there is no terminal to draw on, or the system refuses one of the above.
func runDashboard(
    source: some ContainerSource, controls: some ContainerControls, options: DashboardOptions
) throws {
    let signals = try ScreenSignals()
    let ticker = try Ticker()
    let theme = options.environment["NO_COLOR"]?.isEmpty == false ? .mono : options.settings.theme
    let terminal = try Terminal(theme: theme, environment: options.environment)
    let loop = DashboardLoop(
        source: source, controls: controls, options: options, signals: signals, ticker: ticker, terminal: terminal)
    for sentence in loop.run() { Stream.error.say("boxtop: \(sentence)") }
}

struct DashboardLoop<Source: ContainerSource, Controls: ContainerControls>: ~Copyable {
    var source: Source
    var controls: Controls
    let options: DashboardOptions
    // In this order: the terminal is restored before signals come through again.
    var terminal: Terminal
    let ticker: Ticker
    let signals: ScreenSignals
    var model = Model()
    var verbs: [RunningVerb] = []
    /// A sweep is under way, or was asked for.
    var isSweeping = true
    /// The ticker asks for one that measures.
    var isDue = true
    var isDirty = true
    var isDone = false
    /// The terminal was another program's since keys were read last.
    var wasAway = false

    init(
        source: Source, controls: Controls, options: DashboardOptions, signals: consuming ScreenSignals,
        ticker: consuming Ticker, terminal: consuming Terminal
    ) {
        self.source = source
        self.controls = controls
        self.options = options
        self.signals = signals
        self.ticker = ticker
        self.terminal = terminal
        model.settings = options.settings
        model.look = self.terminal.look
        model.timeZone = LocalTime.offset()
    }

    /// Runs until a person has had enough, and gives the terminal back.
    ///
    /// - Returns: what goes on without it, as sentences.
    consuming func run() -> [String] {
        ticker.set(seconds: model.settings.rate)
        measure()
        draw()
        while !isDone {
            wait()
            answerSignals()
            takeInputs()
            if ticker.ticked() { isDue = true }
            sweepOn()
            reap()
            if isDirty || terminal.isStale { draw() }
        }
        reap()
        return model.left(running: verbs.map { $0.process.arguments })
    }

    /// Sleeps until something happens; not at all while a sweep waits to go on.
    private mutating func wait() {
        var polled = [
            pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
            pollfd(fd: signals.descriptor.number, events: Int16(POLLIN), revents: 0),
            pollfd(fd: ticker.descriptor.number, events: Int16(POLLIN), revents: 0),
        ]
        // A verb's end is a signal; what it writes before goes to a file, which nothing tells of.
        poll(&polled, nfds_t(polled.count), isSweeping || isDue ? 0 : verbs.isEmpty ? -1 : 200)
        // The terminal has gone, and nobody said so.
        if polled[0].revents & Int16(POLLHUP | POLLERR | POLLNVAL) != 0 { isDone = true }
    }

    private mutating func takeInputs() {
        wasAway = false
        for input in terminal.inputs() {
            take(.input(input))
            // What was typed behind the key that opened a shell was for the shell: no key of this screen.
            if wasAway { return }
        }
    }

    private mutating func answerSignals() {
        for signal in signals.pending() {
            switch signal {
            case SIGWINCH:
                terminal.resize()
                measure()
            case SIGTSTP: sleepInBackground()
            case _ where ScreenSignals.ends.contains(signal): isDone = true
            default: break  // SIGCHLD only wakes the poll; SIGCONT is answered where it stopped.
            }
        }
    }

    /// As ^Z asks: gives the terminal back, stops, and takes it again when told to go on.
    private mutating func sleepInBackground() {
        terminal.leave()
        kill(getpid(), SIGSTOP)
        terminal.enter()
        measure()
    }

    /// Takes the size that the terminal has now.
    mutating func measure() {
        let size = terminal.size
        take(.resize(rows: size.rows, columns: size.columns))
    }

    /// Goes on with the sweep for a few milliseconds, so that a key never waits longer than that.
    private mutating func sweepOn() {
        guard isSweeping || isDue else { return }
        source.watch(model.visible)
        let deadline = MonotonicTime(nanoseconds: MonotonicTime.now.nanoseconds + 4_000_000)
        isSweeping = true
        // One that is under way may have been asked for: then the one that is due comes after it.
        guard let snapshot = source.sweep(until: deadline, measuring: isDue) else { return }
        isSweeping = false
        if snapshot.isSample { isDue = false }
        take(.snapshot(snapshot))
    }

    private mutating func reap() {
        for index in verbs.indices.reversed() {
            guard let status = verbs[index].process.poll() else {
                let message = verbs[index].process.message
                if message != verbs[index].heard {
                    verbs[index].heard = message
                    take(.heard(arguments: verbs[index].process.arguments, message))
                }
                continue
            }
            let verb = verbs.remove(at: index)
            take(
                .ended(
                    arguments: verb.process.arguments, status: status, message: verb.process.message,
                    output: verb.process.result))
        }
    }

    mutating func take(_ event: ScreenEvent) {
        isDirty = true
        let listed = model.listed
        for effect in update(&model, event) { perform(effect) }
        if let listed, listed != model.listed { options.leave(listed) }
    }

    private mutating func draw() {
        let start = ProcessorTime.now
        terminal.draw(view(model))
        _ = update(&model, .frame(cost: ProcessorTime.now - start))
        isDirty = false
    }
}

/// A box for what cannot be copied, so that it can stand in an array.
final class RunningVerb {
    var process: VerbProcess
    /// What the screen was told of it last.
    var heard = ""

    init(_ process: consuming VerbProcess) { self.process = process }
}
