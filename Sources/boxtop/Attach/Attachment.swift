import Containers
import Flags
import Glibc
import Linux
import Records

/// This process joined to a container over a connection of packets: what is typed goes in, what comes out is written, and
/// the end of the container is the end of this.
struct Attachment {
    private let containers: Containers
    private let record: ContainerRecord
    private let input: Bool
    private let options: AttachOptions.Values
    private let ready: ReadyWord?

    /// - Parameter ready: what is passed on to a service manager.
    init(
        _ containers: Containers, _ record: ContainerRecord, input: Bool, _ options: AttachOptions.Values,
        ready: ReadyWord? = nil
    ) {
        self.containers = containers
        self.record = record
        self.input = input
        self.options = options
        self.ready = ready
    }

    /// Refuses what could only confuse: a terminal inside that no terminal outside would drive.
    static func check(terminal: Bool, input: Bool) throws(Failure) {
        guard terminal, input, isatty(0) == 0 else { return }
        throw Failure("standard input is no terminal, so leave out -t; -i alone passes it on")
    }

    /// Until the container has ended, or the keys to detach are typed: the exit code.
    func run(over stream: consuming AttachedStream) throws -> Int32 {
        // SIGTSTP keeps its meaning; SIGCHLD and SIGPIPE are about this process alone.
        let ends = [SIGHUP, SIGINT, SIGQUIT, SIGTERM]
        let passed = ends + [SIGUSR1, SIGUSR2, SIGALRM, SIGCONT]
        let signals = try SignalDescriptor((record.terminal ? ends : passed) + [SIGWINCH])
        let raw = record.terminal && input ? RawTerminal() : nil
        try resize(stream)
        var typed = TypedInput(isOpen: input, keys: record.terminal ? options.detachKeys : [])
        while true {
            // Nothing is left to wait for: what was typed is read by the supervisor though this side is closed.
            if !options.streams.showsOutput, !typed.isOpen, !typed.isPending { return 0 }
            // While the container takes no input, no more is read: whoever writes to us waits in turn.
            let room = typed.isPending ? Int16(POLLOUT) : 0
            var requests = [
                pollfd(fd: stream.descriptor, events: Int16(POLLIN) | room, revents: 0),
                pollfd(fd: signals.number, events: Int16(POLLIN), revents: 0),
                pollfd(fd: typed.isOpen && !typed.isPending ? 0 : -1, events: Int16(POLLIN), revents: 0),
                pollfd(fd: ready?.number ?? -1, events: Int16(POLLIN), revents: 0),
            ]
            if poll(&requests, 4, -1) < 0 { continue }
            // Before the end of a container that has said it last.
            if requests[3].revents != 0 { ready?.relay(watching: getpid()) }
            if requests[1].revents != 0, let code = try take(signals, stream) { return code }
            if requests[0].revents & ~Int16(POLLOUT) != 0 {
                guard let message = try stream.next() else { return try lost() }
                if let exit = show(message) { return finish(exit) }
            }
            let outcome = requests[2].revents != 0 ? typed.read() : .more
            if typed.isPending { send(&typed, to: stream) }
            if outcome == .detached {
                _ = consume raw
                Stream.error.say("\nboxtop: left running; 'boxtop attach \(record.name)' comes back")
                return 0
            }
        }
    }

    private func send(_ typed: inout TypedInput, to stream: borrowing AttachedStream) {
        do {
            if typed.pending.isEmpty {
                try stream.endInput()
            } else if try !stream.send(input: typed.pending, waiting: false) {
                return
            }
        } catch {
            // The other side has closed: its last words are still to be read, and say more than this error.
        }
        typed.sent()
    }

    /// Writes what came; the end, where it was that.
    private func show(_ message: AttachedStream.Message) -> Exit? {
        switch message {
        case .output(let bytes):
            if options.streams.contains(.output) { bytes.withUnsafeBytes { Stream.output.write($0) } }
        case .error(let bytes):
            if options.streams.contains(.error) { bytes.withUnsafeBytes { Stream.error.write($0) } }
        case .notice(let text): Stream.error.say("boxtop: \(text)")
        case .exited(let exit): return exit
        }
        return nil
    }

    /// An exit code where a signal ends this process.
    private func take(
        _ signals: borrowing SignalDescriptor, _ stream: borrowing AttachedStream
    ) throws -> Int32? {
        while let signal = signals.next() {
            if signal == SIGWINCH {
                try resize(stream)
            } else if record.terminal || !options.signalProxy {
                // The container goes on: as with docker, what ends the client of a terminal does not end the program.
                return 128 + signal
            } else {
                // It may be ending already: then there is nothing to pass on.
                try? containers.kill(record.id, signal: signal)
            }
        }
        return nil
    }

    private func resize(_ stream: borrowing AttachedStream) throws(ControlError) {
        guard record.terminal, let size = RawTerminal.size else { return }
        try stream.resize(rows: size.rows, columns: size.columns)
    }

    private func finish(_ exit: Exit) -> Int32 {
        if let reason = exit.reason, exit.code >= 125 { Stream.error.say("boxtop: \(reason)") }
        return exit.code
    }

    /// The connection ended without a last packet: the container has, or its supervisor.
    private func lost() throws -> Int32 {
        guard let now = try? containers.find(record.id) else {
            throw Failure("the container is gone, and its exit code with it", code: 125)
        }
        if case .exited(let exit) = containers.state(of: now).status { return finish(exit) }
        throw Failure("the supervisor of \(record.name) is gone; 'boxtop attach \(record.name)' comes back", code: 125)
    }
}
