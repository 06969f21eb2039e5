import CLinux
import Glibc

/// Signals as something to read: those of the set are blocked from here on and come through a descriptor.
/// See signalfd(2).
package struct SignalDescriptor: ~Copyable {
    private let descriptor: FileDescriptor

    package var number: Int32 { descriptor.number }

    /// Blocks `signals` in this process: they wait.
    ///
    /// - Returns: the set of them.
    @discardableResult package static func block(_ signals: [Int32]) throws(SystemCallError) -> sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        try systemCall("block signals") { sigprocmask(SIG_BLOCK, &set, nil) }
        return set
    }

    /// Blocks `signals` in this process. Children inherit the mask: whoever execs a program must clear it.
    ///
    /// - Parameter unheard: blocked as well, but never read: they are of no interest.
    package init(_ signals: [Int32], unheard: [Int32] = []) throws(SystemCallError) {
        if !unheard.isEmpty { try Self.block(unheard) }
        var set = try Self.block(signals)
        descriptor = FileDescriptor(
            owning: try systemCall("make a signal descriptor") {
                signalfd(-1, &set, Int32(SFD_CLOEXEC | SFD_NONBLOCK))
            })
    }

    /// The next signal that has come; `nil` where none is left.
    package func next() -> Int32? {
        var information = signalfd_siginfo()
        let size = MemoryLayout<signalfd_siginfo>.size
        guard Glibc.read(descriptor.number, &information, size) == size else { return nil }
        return Int32(information.ssi_signo)
    }
}
