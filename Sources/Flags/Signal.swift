import Glibc

extension Flag {
    /// A signal's number, by number or by name: `TERM`, `SIGTERM`, `term`, `15`, `RTMIN+3`.
    package func signal() throws(FlagError) -> Int32 {
        if let number = Int32(text), (1...64).contains(number) { return number }
        let upper = text.uppercased()
        let bare = upper.hasPrefix("SIG") ? String(upper.dropFirst(3)) : upper
        if let found = SignalName.all.first(where: { $0.name == bare }) { return found.number }
        if let realtime = Self.realtime(bare) { return realtime }
        throw refused("not a signal; write a name or a number, as in \(name) TERM or \(name) 15")
    }

    /// glibc keeps 32 and 33 for itself, so that the first real-time signal is 34.
    private static func realtime(_ text: String) -> Int32? {
        if text == "RTMIN" { return 34 }
        if text == "RTMAX" { return 64 }
        if text.hasPrefix("RTMIN+"), let offset = Int32(text.dropFirst(6)), (0...30).contains(offset) {
            return 34 + offset
        }
        if text.hasPrefix("RTMAX-"), let offset = Int32(text.dropFirst(6)), (0...30).contains(offset) {
            return 64 - offset
        }
        return nil
    }
}

/// The signals' names, without `SIG`. See signal(7).
package enum SignalName {
    package static let all: [(name: String, number: Int32)] = [
        ("HUP", SIGHUP), ("INT", SIGINT), ("QUIT", SIGQUIT), ("ILL", SIGILL), ("TRAP", SIGTRAP), ("ABRT", SIGABRT),
        ("BUS", SIGBUS), ("FPE", SIGFPE), ("KILL", SIGKILL), ("USR1", SIGUSR1), ("SEGV", SIGSEGV), ("USR2", SIGUSR2),
        ("PIPE", SIGPIPE), ("ALRM", SIGALRM), ("TERM", SIGTERM), ("STKFLT", 16), ("CHLD", SIGCHLD), ("CONT", SIGCONT),
        ("STOP", SIGSTOP), ("TSTP", SIGTSTP), ("TTIN", SIGTTIN), ("TTOU", SIGTTOU), ("URG", SIGURG),
        ("XCPU", SIGXCPU), ("XFSZ", SIGXFSZ), ("VTALRM", SIGVTALRM), ("PROF", SIGPROF), ("WINCH", SIGWINCH),
        ("IO", SIGIO), ("PWR", 30), ("SYS", SIGSYS),
    ]
}
