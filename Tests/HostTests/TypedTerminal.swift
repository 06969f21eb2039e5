import Glibc
import Linux
import TestSupport

/// `boxtop` on a terminal of its own, with a person who types and looks.
final class TypedTerminal {
    let master: Int32
    private let slave: Int32
    let process: pid_t?
    /// What was shown and not looked for yet, and all that was.
    private(set) var shown = ""
    private(set) var everything = ""

    init(_ place: CommandLinePlace, _ arguments: [String], rows: UInt16 = 24, columns: UInt16 = 80) {
        var (master, slave): (Int32, Int32) = (-1, -1)
        var name = [CChar](repeating: 0, count: 64)
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        openpty(&master, &slave, &name, nil, &size)
        let path = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        _ = fcntl(master, F_SETFD, FD_CLOEXEC)
        _ = fcntl(slave, F_SETFD, FD_CLOEXEC)
        // The first terminal that a session's leader opens becomes the session's.
        process = place.start(arguments, ownSession: true) { actions in
            posix_spawn_file_actions_addopen(&actions, 0, path, O_RDWR, 0)
            posix_spawn_file_actions_adddup2(&actions, 0, 1)
            posix_spawn_file_actions_adddup2(&actions, 0, 2)
        }
        (self.master, self.slave) = (master, slave)
    }

    deinit {
        close(master)
        close(slave)
    }

    func type(_ keys: String) { _ = write(master, keys, keys.utf8.count) }

    func resize(rows: UInt16, columns: UInt16) {
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    }

    /// Whether `text` is shown before long; what was shown before it is forgotten.
    func shows(_ text: String, within seconds: Double = 10) -> Bool {
        let start = MonotonicTime.now
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            if let range = shown.firstRange(of: text) {
                shown = String(shown[range.upperBound...])
                return true
            }
            if MonotonicTime.now.seconds(since: start) > seconds * patience { return false }
            var request = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
            guard poll(&request, 1, 50) > 0 else { continue }
            let count = read(master, &buffer, buffer.count)
            if count <= 0 { continue }
            // A line of a terminal ends with two bytes that Swift takes for one character.
            let new = String(decoding: buffer[..<count].filter { $0 != 13 }, as: UTF8.self)
            shown += new
            everything += new
        }
    }

    /// Whether lines are edited and keys are echoed, as before.
    var isCooked: Bool {
        var settings = termios()
        tcgetattr(slave, &settings)
        return settings.c_lflag & tcflag_t(ICANON | ECHO) == tcflag_t(ICANON | ECHO)
    }

    func wait() -> Int32? { process.map { CommandLinePlace.wait(for: $0) } }
}
