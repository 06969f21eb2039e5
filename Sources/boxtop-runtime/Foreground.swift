import CLinux
import Glibc
import Linux
import RuntimeCore

/// A process that the verb stays with: its signals, its terminal, its end.
enum Foreground {
    /// Every signal that can be handed on.
    private static var signals: [Int32] {
        let kept = [SIGKILL, SIGSTOP, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGTTIN, SIGTTOU]
        return (1...31).filter { !kept.contains($0) }
    }

    /// Before the launch, so that none is lost: those that end a launch do so, the others wait for `catchSignals`.
    static func holdSignals() throws(Failure) {
        let ends = [SIGHUP, SIGINT, SIGTERM]
        _ = try failing { () throws(SystemCallError) in
            try SignalDescriptor.block(signals.filter { !ends.contains($0) })
        }
    }

    /// From now on they come by descriptor.
    static func catchSignals(for process: borrowing FileDescriptor) throws(Failure) -> SignalDescriptor {
        let caught = try failing { () throws(SystemCallError) in try SignalDescriptor(signals) }
        Interruption.end()
        // One that came when the launch was over, and before this.
        if let signal = Interruption.signal { try? process.send(signal: signal) }
        return caught
    }

    /// The verb's failure where a signal has ended the launch.
    static var interruption: Failure? {
        Interruption.signal.map { Failure("ended by signal \($0) before the program was there", exitCode: 128 + $0) }
    }

    /// Hands signals on, and bytes between this terminal and the container's, until the process ends.
    static func attend(
        _ process: borrowing FileDescriptor, _ console: borrowing FileDescriptor?, _ signals: borrowing SignalDescriptor
    ) throws(Failure) -> Int32 {
        var relay = ConsoleRelay(console.number)
        defer { relay.restore() }
        return try failing { () throws(SystemCallError) in
            var waiters = [pollfd(fd: process.number, events: Int16(POLLIN), revents: 0)]
            waiters.append(pollfd(fd: signals.number, events: Int16(POLLIN), revents: 0))
            if let master = console.number {
                waiters.append(pollfd(fd: master, events: Int16(POLLIN), revents: 0))
                waiters.append(pollfd(fd: 0, events: Int16(POLLIN), revents: 0))
            }
            var hasInput = true
            while true {
                if waiters.count > 2 {
                    waiters[2].events = Int16(relay.isBehind ? POLLIN | POLLOUT : POLLIN)
                    waiters[3].fd = hasInput && !relay.isBehind ? 0 : -1
                }
                try systemCall("wait") { poll(&waiters, UInt(waiters.count), -1) }
                if waiters.count > 2 {
                    let ready = Int32(waiters[2].revents)
                    if ready & POLLOUT != 0, !relay.send() { hasInput = false }
                    if ready & ~POLLOUT != 0, !relay.output() { waiters[2].fd = -1 }
                    if waiters[3].revents != 0, !relay.input() { hasInput = false }
                }
                if waiters[1].revents != 0 { handOn(signals, to: process, relay) }
                if waiters[0].revents != 0 {
                    relay.drain()
                    return try process.wait()
                }
            }
        }
    }

    private static func handOn(
        _ signals: borrowing SignalDescriptor, to process: borrowing FileDescriptor, _ relay: ConsoleRelay
    ) {
        while let signal = signals.next() {
            if signal == SIGCHLD { continue }
            if signal == SIGWINCH, relay.isActive { relay.resize() } else { try? process.send(signal: signal) }
        }
    }
}
