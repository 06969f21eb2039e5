import Glibc
import Linux
import Testing

@Suite(
    .serialized,
    .enabled(if: CommandLinePlace.obstacle == nil, Comment(rawValue: CommandLinePlace.obstacle ?? "")))
struct CommandLineTerminalTests {
    private let place: CommandLinePlace

    init() throws { place = try CommandLinePlace() }

    private func shell(_ more: String...) -> [String] { ["run", "-it"] + more + ["--rootfs", place.rootfs, "sh"] }

    @Test func `a terminal has the window's size, follows it, and is given back`() {
        let screen = TypedTerminal(place, shell("--rm"), rows: 20, columns: 70)
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
        let first = TypedTerminal(place, shell("--name", "kept"))
        #expect(first.shows("# "))
        first.type("word=kept\n")
        #expect(first.shows("# "))
        first.type("\u{10}\u{11}")
        #expect(first.shows("boxtop: left running; 'boxtop attach kept' comes back"))
        #expect(first.wait() == 0)
        #expect(first.isCooked)
        let second = TypedTerminal(place, ["attach", "kept"])
        second.type("echo I was $word\n")
        #expect(second.shows("\nI was kept\n"), "\(second.everything)")
        second.type("exit\n")
        #expect(second.wait() == 0)
    }

    @Test func `what is typed at once with the keys to detach reaches the program`() {
        let first = TypedTerminal(place, shell("--name", "kept"))
        #expect(first.shows("# "))
        first.type("word=typed-at-once\n\u{10}\u{11}")
        #expect(first.wait() == 0)
        let second = TypedTerminal(place, ["attach", "kept"])
        second.type("echo I was $word; exit\n")
        #expect(second.shows("\nI was typed-at-once\n"), "\(second.everything)")
        #expect(second.wait() == 0)
    }

    @Test func `ctrl-c reaches the program, not boxtop`() {
        let screen = TypedTerminal(place, shell("--rm"))
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
        let screen = TypedTerminal(place, ["exec", "-it", "host", "sh"], rows: 18, columns: 60)
        #expect(screen.shows("# "))
        screen.type("stty size\n")
        #expect(screen.shows("\n18 60\n"))
        screen.type("exit 7\n")
        #expect(screen.wait() == 7)
        #expect(screen.isCooked)
    }

    @Test func `ctrl-p ctrl-q leaves what exec runs running, however much it writes`() {
        place.container("-d", "--name", "host", "sleep", "60")
        let screen = TypedTerminal(place, ["exec", "-it", "host", "sh"])
        #expect(screen.shows("# "))
        let counting = "i=0; while [ $i -lt 30000 ]; do echo line $i; i=$((i + 1)); done"
        screen.type("\(counting); echo $i >/tmp/written; sleep 60\n\u{10}\u{11}")
        #expect(screen.shows("left running"))
        #expect(screen.wait() == 0)
        #expect(screen.isCooked)
        #expect(place.eventually { place.run("exec", "host", "cat", "/tmp/written").output == "30000\n" })
        let sleepers = place.run("top", "host").output.split(separator: "\n").filter { $0.hasSuffix("sleep 60") }
        #expect(sleepers.count == 2)
    }

    @Test(arguments: [SIGKILL, SIGTERM, SIGHUP])
    func `with the terminal of an exec what runs on it is hung up`(signal: Int32) {
        place.container("-d", "--name", "host", "sleep", "60")
        let screen = TypedTerminal(place, ["exec", "-it", "host", "sh"])
        #expect(screen.shows("# "))
        screen.type("echo $$ >/tmp/shell\n")
        #expect(place.eventually { place.run("exec", "host", "sh", "-c", "[ -s /tmp/shell ]").code == 0 })
        kill(screen.process ?? 0, signal)
        let asked = "kill -0 $(cat /tmp/shell)"
        #expect(place.eventually { place.run("exec", "host", "sh", "-c", asked).code != 0 })
        _ = screen.wait()
    }

    @Test func `a crash gives the terminal back and leaves the container`() {
        let screen = TypedTerminal(place, shell("--name", "survivor"))
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
        let screen = TypedTerminal(place, shell("--name", "survivor"))
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
