import CLinux
import Flags
import Glibc
import Linux

/// This terminal joined to the master side of another, which a program of `exec` runs on.
struct TerminalCopy: ~Copyable {
    enum Ending { case ended, detached, interrupted }

    private let terminal: FileDescriptor
    private let input: Bool
    private let keys: [UInt8]

    init(to terminal: consuming FileDescriptor, input: Bool, keys: [UInt8]) {
        self.terminal = terminal
        self.input = input
        self.keys = keys
    }

    /// Copies both ways until the program's side is closed.
    func run() throws -> Ending {
        let signals = try SignalDescriptor([SIGHUP, SIGTERM, SIGWINCH])
        let raw = input ? RawTerminal() : nil
        defer { _ = raw == nil }
        var typed = TypedInput(isOpen: input, keys: keys)
        _ = fcntl(terminal.number, F_SETFL, fcntl(terminal.number, F_GETFL) | O_NONBLOCK)
        resize()
        while true {
            let room = typed.isPending ? Int16(POLLOUT) : 0
            var requests = [
                pollfd(fd: terminal.number, events: Int16(POLLIN) | room, revents: 0),
                pollfd(fd: signals.number, events: Int16(POLLIN), revents: 0),
                pollfd(fd: typed.isOpen && !typed.isPending ? 0 : -1, events: Int16(POLLIN), revents: 0),
            ]
            if poll(&requests, 3, -1) < 0 { continue }
            while let signal = signals.next() {
                if signal != SIGWINCH { return .interrupted }
                resize()
            }
            if requests[0].revents & ~Int16(POLLOUT) != 0, !copyOutput() { return .ended }
            let outcome = requests[2].revents != 0 ? typed.read() : .more
            if typed.isPending { send(&typed) }
            if outcome == .detached { return .detached }
        }
    }

    private func resize() {
        guard let size = RawTerminal.size else { return }
        var window = winsize(ws_row: size.rows, ws_col: size.columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(terminal.number, UInt(TIOCSWINSZ), &window)
    }

    /// `false` once the program's side is closed, which is EIO here.
    private func copyOutput() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 32 << 10)
        while true {
            let count = read(terminal.number, &buffer, buffer.count)
            if count < 0 { return errno == EAGAIN || errno == EINTR }
            if count == 0 { return false }
            buffer[..<count].withUnsafeBytes { Stream.output.write($0) }
        }
    }

    private func send(_ typed: inout TypedInput) {
        // On a terminal the end of input is a key, ctrl-d.
        let bytes = typed.pending.isEmpty ? [4] : typed.pending
        let count = write(terminal.number, bytes, bytes.count)
        if count > 0 { typed.sent(min(count, typed.pending.count)) }
    }
}
