import CLinux
import Glibc
import Linux
import RuntimeCore

/// A process that the verb stays with: its signals, its terminal, its end.
enum Foreground {
    /// Every signal that can be handed on. A broken pipe is this process's own.
    private static var signals: [Int32] {
        let kept = [SIGKILL, SIGSTOP, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGPIPE, SIGTTIN, SIGTTOU]
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

    /// Hands signals on, bytes between this terminal and the container's, and the word that it is ready, until the
    /// process ends.
    static func attend(
        _ process: borrowing FileDescriptor, _ console: borrowing FileDescriptor?,
        _ signals: borrowing SignalDescriptor, _ notifySocket: NotifySocket? = nil
    ) throws(Failure) -> Int32 {
        var relay = ConsoleRelay(console.number)
        defer { relay.restore() }
        return try failing { () throws(SystemCallError) in
            // No descriptor, nothing to wait for.
            var waiters = [process.number, signals.number, notifySocket?.number ?? -1, console.number ?? -1, -1].map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            var hasInput = true
            while true {
                if relay.isActive {
                    waiters[3].events = Int16(relay.isBehind ? POLLIN | POLLOUT : POLLIN)
                    waiters[4].fd = hasInput && !relay.isBehind ? 0 : -1
                }
                try systemCall("wait") { poll(&waiters, UInt(waiters.count), -1) }
                let ready = Int32(waiters[3].revents)
                if ready & POLLOUT != 0, !relay.send() { hasInput = false }
                if ready & ~POLLOUT != 0, !relay.output() { waiters[3].fd = -1 }
                if waiters[4].revents != 0, !relay.input() { hasInput = false }
                if waiters[1].revents != 0 { handOn(signals, to: process, relay) }
                if waiters[2].revents != 0 { notifySocket?.relay() }
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
