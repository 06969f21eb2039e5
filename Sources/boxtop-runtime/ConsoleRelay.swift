import CLinux
import Glibc
import Linux
import RuntimeCore

/// Copies between this process's terminal and a container's, which understands the keys.
struct ConsoleRelay {
    private let master: Int32?
    private var before: termios?
    /// What was typed and has found no room in the terminal yet.
    private var typed: ArraySlice<UInt8> = []

    /// Takes over standard input where it is a terminal: each key goes to the container as it is.
    init(_ master: Int32?) {
        self.master = master
        guard let master else { return }
        // Who writes and reads nothing would otherwise wait for this process, and this process for it.
        _ = fcntl(master, F_SETFL, fcntl(master, F_GETFL) | O_NONBLOCK)
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
    func output() -> Bool {
        guard let master else { return false }
        guard let piece = Self.piece(from: master) else { return false }
        var rest = piece[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
            if count < 0 && errno == EAGAIN {
                // Somebody has made the terminal or the pipe non-blocking: wait for room.
                var room = pollfd(fd: 1, events: Int16(POLLOUT), revents: 0)
                poll(&room, 1, -1)
            } else if count < 0 && errno != EINTR {
                return false
            }
            rest = rest.dropFirst(max(0, count))
        }
        return true
    }

    /// Whether more is typed than the container's terminal has room for: no more is read meanwhile.
    var isBehind: Bool { !typed.isEmpty }

    /// One piece to the container; false at the end of input.
    mutating func input() -> Bool {
        guard let piece = Self.piece(from: 0) else { return false }
        typed = piece[...]
        return send()
    }

    /// What there is room for now; false where nobody takes it any more.
    mutating func send() -> Bool {
        guard let master, isBehind else { return true }
        let count = typed.withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
        if count < 0 && errno != EINTR && errno != EAGAIN {
            typed = []
            return false
        }
        typed = typed.dropFirst(max(0, count))
        return true
    }

    /// What the container wrote before it ended.
    func drain() {
        guard let master else { return }
        var waiter = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        while poll(&waiter, 1, 0) > 0, waiter.revents & Int16(POLLIN) != 0, output() {}
    }

    /// What one read gives: nothing where there is nothing yet, `nil` at the end.
    private static func piece(from number: Int32) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 8 << 10)
        let count = read(number, &buffer, buffer.count)
        if count > 0 { return Array(buffer[..<count]) }
        return count < 0 && (errno == EINTR || errno == EAGAIN) ? [] : nil
    }
}
