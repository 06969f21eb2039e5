import CLinux
import Glibc
import Linux

/// The signals that the screen answers, as something to poll, so that none ever interrupts the drawing.
///
/// Blocked as long as this lives: curses would otherwise install handlers of its own for some of them.
struct ScreenSignals: ~Copyable {
    let descriptor: FileDescriptor
    private let before: sigset_t
    /// Those that ask the screen to end. CTerminal's own list of them is the same.
    static let ends: Set<Int32> = [SIGTERM, SIGHUP, SIGINT, SIGQUIT]

    init() throws(SystemCallError) {
        var set = sigset_t()
        var before = sigset_t()
        sigemptyset(&set)
        for signal in Self.ends.union([SIGWINCH, SIGTSTP, SIGCONT, SIGCHLD]) { sigaddset(&set, signal) }
        sigprocmask(SIG_BLOCK, &set, &before)
        self.before = before
        descriptor = FileDescriptor(
            owning: try systemCall("watch signals") { signalfd(-1, &set, Int32(SFD_CLOEXEC | SFD_NONBLOCK)) })
    }

    deinit {
        var before = before
        sigprocmask(SIG_SETMASK, &before, nil)
    }

    /// Those that have come since last asked.
    func pending() -> [Int32] {
        var signals: [Int32] = []
        var info = signalfd_siginfo()
        while read(descriptor.number, &info, MemoryLayout<signalfd_siginfo>.size) == MemoryLayout<signalfd_siginfo>.size
        {
            signals.append(Int32(info.ssi_signo))
        }
        return signals
    }
}

/// A clock that ticks, as something to poll. See timerfd_create(2).
struct Ticker: ~Copyable {
    let descriptor: FileDescriptor

    init() throws(SystemCallError) {
        descriptor = FileDescriptor(
            owning: try systemCall("make a timer") {
                timerfd_create(CLOCK_MONOTONIC, Int32(TFD_CLOEXEC | TFD_NONBLOCK))
            })
    }

    /// From now on ticks every `seconds`.
    func set(seconds: Double) {
        let nanoseconds = Int(seconds * 1e9)
        let time = timespec(tv_sec: nanoseconds / 1_000_000_000, tv_nsec: nanoseconds % 1_000_000_000)
        var timer = itimerspec(it_interval: time, it_value: time)
        timerfd_settime(descriptor.number, 0, &timer, nil)
    }

    /// Whether it has ticked since last asked; how often doesn't matter.
    func ticked() -> Bool {
        var count: UInt64 = 0
        return read(descriptor.number, &count, 8) == 8
    }
}
