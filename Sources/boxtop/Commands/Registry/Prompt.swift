import Glibc
import Linux

/// A question at the terminal, which is as before when it is over, by ^C too.
enum Prompt {
    /// The line that is typed in answer to `question`.
    ///
    /// - Parameter secret: the answer is not shown.
    static func answer(to question: String, secret: Bool) throws -> String {
        guard isatty(0) == 1 else { throw Failure("login asks at a terminal: else give -u and --password-stdin") }
        guard secret else {
            Stream.error.write(question)
            return readLine() ?? ""
        }
        let signals = try ScreenSignals()
        var before = termios()
        tcgetattr(0, &before)
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(0, TCSAFLUSH, &silent)
        defer {
            tcsetattr(0, TCSANOW, &before)
            Stream.error.write("\n")
        }
        // Not before: what is typed at once would be seen, and lost.
        Stream.error.write(question)
        var waits = [
            pollfd(fd: 0, events: Int16(POLLIN), revents: 0),
            pollfd(fd: signals.descriptor.number, events: Int16(POLLIN), revents: 0),
        ]
        while waits[0].revents == 0 {
            poll(&waits, 2, -1)
            let ends = signals.pending().first { [SIGINT, SIGTERM, SIGHUP, SIGQUIT].contains($0) }
            if let ends { throw Failure("nothing was typed, nothing is kept", code: 128 + ends) }
        }
        return readLine() ?? ""
    }
}
