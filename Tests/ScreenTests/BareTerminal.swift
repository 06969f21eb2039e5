import Glibc
import Linux
import TestSupport

/// A terminal that answers nothing and reads nothing unless told to, with `boxtop --demo` on it.
final class BareTerminal {
    let master: Int32
    private let slave: Int32
    private(set) var process: pid_t = 0
    private var isReaped = false

    init(rows: UInt16, columns: UInt16) throws {
        var (master, slave): (Int32, Int32) = (-1, -1)
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        openpty(&master, &slave, nil, nil, &size)
        _ = fcntl(master, F_SETFD, FD_CLOEXEC)
        _ = fcntl(slave, F_SETFD, FD_CLOEXEC)
        (self.master, self.slave) = (master, slave)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for number: Int32 in 0...2 { posix_spawn_file_actions_adddup2(&actions, slave, number) }
        var words: [UnsafeMutablePointer<CChar>?] = [strdup(Tmux.program), strdup("--demo"), nil]
        var variables: [UnsafeMutablePointer<CChar>?] = [strdup("TERM=xterm-256color"), strdup("LC_ALL=C.UTF-8"), nil]
        defer { for word in words + variables { free(word) } }
        let reason = posix_spawn(&process, Tmux.program, &actions, nil, &words, &variables)
        // Without it a signal would go to whoever runs the tests.
        guard reason == 0, process > 0 else {
            throw SystemCallError("start", Tmux.program, errno: Errno(rawValue: reason))
        }
    }

    deinit {
        if !isReaped {
            kill(process, SIGKILL)
            waitpid(process, nil, 0)
        }
        close(master)
        close(slave)
    }

    /// Whether `text` comes within some seconds. What has come is forgotten.
    func shows(_ text: String, within seconds: Double = 5) -> Bool {
        var shown = ""
        var buffer = [UInt8](repeating: 0, count: 4_096)
        for _ in 0..<Int(seconds * 20 * patience) {
            var request = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
            guard poll(&request, 1, 50) > 0 else { continue }
            let count = read(master, &buffer, buffer.count)
            if count <= 0 { return false }
            shown += String(decoding: buffer[..<count], as: UTF8.self)
            if shown.contains(text) { return true }
        }
        return false
    }

    func type(_ text: String) { _ = write(master, text, text.utf8.count) }

    /// Its exit status, if it ends within three seconds.
    func ended() -> Int32? {
        var status: Int32 = 0
        for _ in 0..<Int(60 * patience) {
            if waitpid(process, &status, WNOHANG) == process {
                isReaped = true
                return status
            }
            usleep(50_000)
        }
        return nil
    }

    /// Whether lines are edited and keys are echoed, as before.
    var isCooked: Bool {
        var settings = termios()
        tcgetattr(slave, &settings)
        return settings.c_lflag & tcflag_t(ICANON | ECHO) == tcflag_t(ICANON | ECHO)
    }
}
