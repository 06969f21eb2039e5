import CLinux
import CTerminal
import Glibc

/// The terminal of standard input, each key as it is typed, until this goes out of scope. See cfmakeraw(3).
struct RawTerminal: ~Copyable {
    private var before = termios()

    /// `nil` where standard input is no terminal.
    init?() {
        guard tcgetattr(0, &before) == 0 else { return nil }
        // A crash ends this scope too, without running what is below.
        cterm_keep()
        var raw = before
        cfmakeraw(&raw)
        guard tcsetattr(0, TCSANOW, &raw) == 0 else { return nil }
    }

    deinit {
        var before = before
        tcsetattr(0, TCSANOW, &before)
        cterm_kept()
    }

    /// Rows and columns of the window; `nil` where there is none.
    static var size: (rows: UInt16, columns: UInt16)? {
        var size = winsize()
        for number in [Int32(0), 1, 2] where ioctl(number, UInt(TIOCGWINSZ), &size) == 0 && size.ws_row > 0 {
            return (size.ws_row, size.ws_col)
        }
        return nil
    }
}
