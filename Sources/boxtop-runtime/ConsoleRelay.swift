import CLinux
import Glibc
import Linux
import RuntimeCore

/// Copies between this process's terminal and a container's, which understands the keys.
struct ConsoleRelay {
    private let master: Int32?
    private var before: termios?

    /// Takes over standard input where it is a terminal: each key goes to the container as it is.
    init(_ master: Int32?) {
        self.master = master
        guard master != nil else { return }
        var mode = termios()
        if tcgetattr(0, &mode) == 0 {
            before = mode
            cfmakeraw(&mode)
            tcsetattr(0, TCSANOW, &mode)
            resize()
        }
    }

    var isActive: Bool { master != nil }

    func restore() {
        if var before { tcsetattr(0, TCSANOW, &before) }
    }

    /// Gives the container's terminal the size of this one.
    func resize() {
        var size = winsize()
        guard let master,
            withUnsafeMutablePointer(to: &size, { clinux_ioctl(0, 0x5413 /* TIOCGWINSZ */, UInt(bitPattern: $0)) }) == 0
        else { return }
        try? Terminal.resize(master, rows: size.ws_row, columns: size.ws_col)
    }

    /// One piece from the container; false at its end.
    func output() -> Bool { master.map { Self.copy(from: $0, to: 1) } ?? false }
    /// One piece to the container; false at the end of input.
    func input() -> Bool { master.map { Self.copy(from: 0, to: $0) } ?? false }

    /// What the container wrote before it ended.
    func drain() {
        guard let master else { return }
        var waiter = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        while poll(&waiter, 1, 0) > 0, waiter.revents & Int16(POLLIN) != 0, output() {}
    }

    private static func copy(from: Int32, to: Int32) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 8 << 10)
        let count = read(from, &buffer, buffer.count)
        if count <= 0 { return count < 0 && (errno == EINTR || errno == EAGAIN) }
        var done = 0
        while done < count {
            let written = buffer.withUnsafeBytes { write(to, $0.baseAddress?.advanced(by: done), count - done) }
            if written < 0 && errno != EINTR { return false }
            done += max(0, written)
        }
        return true
    }
}
