import CLinux
import Glibc
import Linux
import RuntimeCore

/// A process that the verb stays with: its signals, its terminal, its end.
enum Foreground {
    /// Every signal that can be handed on, from now on by descriptor. Before the launch, so that none is lost.
    static func catchSignals() throws(Failure) -> SignalDescriptor {
        let kept = [SIGKILL, SIGSTOP, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGTTIN, SIGTTOU]
        return try failing { () throws(SystemCallError) in
            try SignalDescriptor((1...31).filter { !kept.contains($0) })
        }
    }

    /// Hands signals on, and bytes between this terminal and the container's, until the process ends.
    static func attend(
        _ process: borrowing FileDescriptor, _ console: borrowing FileDescriptor?, _ signals: borrowing SignalDescriptor
    ) throws(Failure) -> Int32 {
        let relay = ConsoleRelay(console.number)
        defer { relay.restore() }
        return try failing { () throws(SystemCallError) in
            var waiters = [pollfd(fd: process.number, events: Int16(POLLIN), revents: 0)]
            waiters.append(pollfd(fd: signals.number, events: Int16(POLLIN), revents: 0))
            if let master = console.number {
                waiters.append(pollfd(fd: master, events: Int16(POLLIN), revents: 0))
                waiters.append(pollfd(fd: 0, events: Int16(POLLIN), revents: 0))
            }
            while true {
                try systemCall("wait") { poll(&waiters, UInt(waiters.count), -1) }
                if waiters.count > 2 {
                    if waiters[2].revents != 0, !relay.output() { waiters[2].fd = -1 }
                    if waiters[3].revents != 0, !relay.input() { waiters[3].fd = -1 }
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
