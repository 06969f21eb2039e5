import Dashboard
import Glibc
import Linux
import Monitoring
import Records
import TerminalKit

extension DashboardLoop {
    /// Gives the terminal to a shell, say, and comes back when it has ended.
    mutating func handTerminal(to visit: Visit) {
        if options.perform != nil {
            take(.said("there is no shell in what is made up", .warning))
            return
        }
        wasAway = true
        terminal.leave()
        // On a cleared screen: what was there before the dashboard looks like a shell of the host.
        print("\u{1B}[H\u{1B}[2J\(visit.greeting)")
        fflush(nil)
        let end = end(of: visit)
        if !isDone, let reason = interruption(of: visit, end) {
            print("\r\n\(reason): Enter comes back")
            fflush(nil)
            awaitEnter()
        }
        // And what is there now stays behind the dashboard, with a prompt of the host below it one day.
        print("\r\n\(visit.farewell)")
        fflush(nil)
        terminal.enter()
        measure()
        isSweeping = true
        take(.ended(arguments: visit.arguments, status: end.status, message: end.message))
        // What was typed into it and has not been read there, or by the next shell that was tried, is no key of this screen:
        // letters are verbs here.
        tcflush(STDIN_FILENO, TCIFLUSH)
    }

    private mutating func end(of visit: Visit) -> (status: Int32, message: String) {
        do throws(SystemCallError) {
            // On a terminal of its own the shell never writes to standard error: what is there, boxtop has said.
            var process = try VerbProcess(visit.arguments, onTerminal: true)
            let (status, isAskedToEnd) = try process.wait(heeding: signals)
            if isAskedToEnd { isDone = true }
            return (status, process.message)
        } catch {
            return (125, error.description)
        }
    }

    /// Why it has ended, where nobody in it has asked for that, and may be typing still; `nil` where somebody has.
    private mutating func interruption(of visit: Visit, _ end: (status: Int32, message: String)) -> String? {
        // There was none: what is said of that stands on the screen.
        if [126, 127].contains(end.status), !end.message.isEmpty { return nil }
        // By a signal; not by the end of input after an interrupted line, whose status a shell then has.
        let wasKilled = end.status > 128 && end.status != 128 + SIGINT
        // A container's own end is written down a moment after that of the processes in it.
        for _ in 0..<(wasKilled ? 25 : 1) {
            let snapshot = source.sweep(until: MonotonicTime(nanoseconds: .max), measuring: false)
            let runs = snapshot?.containers.contains { $0.id == visit.id && $0.status.running != nil } ?? true
            if !runs { return "\(visit.name) has ended" }
            if wasKilled { usleep(20_000) }
        }
        return wasKilled ? "the shell in \(visit.name) was ended" : nil
    }

    /// Waits for Enter, after a second in which nothing was typed: else it is the end of a line that was for the shell.
    private mutating func awaitEnter() {
        let raw = RawTerminal()
        defer { _ = raw == nil }
        if raw == nil { return }
        var last = MonotonicTime.now
        var typed = [UInt8](repeating: 0, count: 4_096)
        while !isDone {
            var polled = [
                pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
                pollfd(fd: signals.descriptor.number, events: Int16(POLLIN), revents: 0),
            ]
            if poll(&polled, nfds_t(polled.count), -1) < 0 { continue }
            if !Set(signals.pending()).isDisjoint(with: ScreenSignals.ends) { isDone = true }
            if polled[0].revents == 0 { continue }
            let count = read(STDIN_FILENO, &typed, typed.count)
            if count <= 0 {
                // The terminal has gone.
                isDone = true
            } else if count == 1, typed[0] == 13 || typed[0] == 10 {
                if MonotonicTime.now.seconds(since: last) >= 1 { return }
            } else {
                last = .now
            }
        }
    }
}
