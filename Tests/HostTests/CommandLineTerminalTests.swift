import Glibc
import Linux
import TestSupport
import Testing

@Suite(
    .serialized,
    .enabled(if: CommandLinePlace.obstacle == nil, Comment(rawValue: CommandLinePlace.obstacle ?? "")))
struct CommandLineTerminalTests {
    private let place: CommandLinePlace

    init() throws { place = try CommandLinePlace() }

    /// `boxtop` on a terminal of its own, with a person who types and looks.
    private final class Screen {
        let master: Int32
        private let slave: Int32
        let process: pid_t?
        private(set) var shown = ""

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
                shown += String(decoding: buffer[..<count].filter { $0 != 13 }, as: UTF8.self)
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

    private func shell(_ more: String...) -> [String] { ["run", "-it"] + more + ["--rootfs", place.rootfs, "sh"] }

    @Test func `a terminal has the window's size, follows it, and is given back`() {
        let screen = Screen(place, shell("--rm"), rows: 20, columns: 70)
        #expect(screen.shows("# "))
        #expect(!screen.isCooked)
        screen.type("stty size; echo $TERM\n")
        #expect(screen.shows("\n20 70\nxterm\n"))
        screen.resize(rows: 33, columns: 101)
        usleep(100_000)
        screen.type("stty size\n")
        #expect(screen.shows("\n33 101\n"))
        screen.type("exit 6\n")
        #expect(screen.wait() == 6)
        #expect(screen.isCooked)
        #expect(place.leftovers == [])
    }

    @Test func `ctrl-p ctrl-q leaves it running, and attach comes back`() {
        let first = Screen(place, shell("--name", "kept"))
        #expect(first.shows("# "))
        first.type("word=kept\n")
        #expect(first.shows("# "))
        first.type("\u{10}\u{11}")
        #expect(first.shows("boxtop: left running; 'boxtop attach kept' comes back"))
        #expect(first.wait() == 0)
        #expect(first.isCooked)
        let second = Screen(place, ["attach", "kept"])
        usleep(1_500_000)
        second.type("echo I was $word\n")
        #expect(second.shows("\nI was kept\n"))
        second.type("exit\n")
        #expect(second.wait() == 0)
    }

    @Test func `ctrl-c reaches the program, not boxtop`() {
        let screen = Screen(place, shell("--rm"))
        #expect(screen.shows("# "))
        screen.type("sleep 60\n")
        usleep(200_000)
        screen.type("\u{03}")
        #expect(screen.shows("# "))
        screen.type("exit 8\n")
        #expect(screen.wait() == 8)
    }

    @Test func `exec has a terminal of its own`() {
        place.container("-d", "--name", "host", "sleep", "60")
        let screen = Screen(place, ["exec", "-it", "host", "sh"], rows: 18, columns: 60)
        #expect(screen.shows("# "))
        screen.type("stty size\n")
        #expect(screen.shows("\n18 60\n"))
        screen.type("exit 7\n")
        #expect(screen.wait() == 7)
        #expect(screen.isCooked)
    }

    @Test func `a crash gives the terminal back and leaves the container`() {
        let screen = Screen(place, shell("--name", "survivor"))
        #expect(screen.shows("# "))
        kill(screen.process ?? 0, SIGSEGV)
        #expect(screen.shows("boxtop crashed; the containers run on"))
        #expect(screen.isCooked)
        // Sent from outside, the first one is spent on the handler; a fault of its own comes back by itself.
        kill(screen.process ?? 0, SIGSEGV)
        #expect(screen.wait() == 128 + SIGSEGV)
    }

    @Test(arguments: [SIGTERM, SIGHUP])
    func `a signal that ends boxtop gives the terminal back and leaves the container`(signal: Int32) {
        let screen = Screen(place, shell("--name", "survivor"))
        #expect(screen.shows("# "))
        kill(screen.process ?? 0, signal)
        #expect(screen.wait() == 128 + signal)
        #expect(screen.isCooked)
        #expect(place.run("ps", "--format", "{{.Names}}").output == "survivor\n")
    }

    @Test func `-t without a terminal is refused`() {
        let ended = place.container("-it", "sh")
        #expect(ended.code == 125)
        #expect(ended.error == "boxtop: standard input is no terminal, so leave out -t; -i alone passes it on\n")
        #expect(place.leftovers == [])
    }
}
