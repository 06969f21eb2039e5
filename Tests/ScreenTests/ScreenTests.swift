import Glibc
import TestSupport
import Testing

@testable import Dashboard

@Suite(
    .serialized, .enabled(if: Tmux.isThere, "tmux or the built program is missing: apt-get install tmux; swift build"))
struct ScreenTests {
    private static let demo = "TERM=tmux-256color \(Tmux.program) --demo"

    @Test func `the list is on the screen within a second, and q gives the terminal back`() {
        let tmux = Tmux(Self.demo)
        #expect(tmux.shows("worker", within: 2))
        #expect(tmux.shows("9 containers"))
        tmux.press("q")
        #expect(tmux.shows("status=0"))
        #expect(tmux.isRestored)
    }

    @Test(arguments: [SIGTERM, SIGHUP, SIGINT, SIGQUIT])
    func `a signal that ends it gives the terminal back`(signal: Int32) throws {
        let tmux = Tmux(Self.demo)
        #expect(tmux.shows("worker"))
        kill(try #require(tmux.programId), signal)
        #expect(tmux.shows("status=0"))
        #expect(tmux.isRestored)
    }

    @Test func `stopped in the background it leaves the screen, and comes back when told to go on`() throws {
        let tmux = Tmux(Self.demo)
        #expect(tmux.shows("worker"))
        let program = try #require(tmux.programId)
        kill(program, SIGTSTP)
        #expect(tmux.hides("worker"))
        #expect(tmux.tmux("display-message -p '#{alternate_on}'").hasPrefix("0"))
        kill(program, SIGCONT)
        #expect(tmux.shows("worker"))
        tmux.press("q")
        #expect(tmux.isRestored)
    }

    @Test(arguments: [SIGSEGV, SIGABRT, SIGILL, SIGBUS])
    func `a crash gives the terminal back, and says that containers run on`(signal: Int32) throws {
        let tmux = Tmux(Self.demo)
        #expect(tmux.shows("worker"))
        kill(try #require(tmux.programId), signal)
        #expect(tmux.shows("boxtop crashed; the containers run on"))
        // One is enough, though it came from outside: it does not draw on.
        #expect(tmux.shows("status="))
        #expect(tmux.programId == nil)
        #expect(tmux.isRestored)
    }

    @Test func `keys go from the terminal to a verb and its result back to the screen`() {
        let tmux = Tmux(Self.demo)
        #expect(tmux.shows("worker"))
        tmux.press("/", "c", "a", "c", "h", "e", "Enter", "s")
        #expect(tmux.shows("stopped cache"))
        #expect(tmux.shows("exited 143"))
        tmux.press("s")
        #expect(tmux.shows("started cache"))
        tmux.press("p")
        #expect(tmux.shows("paused cache"))
        tmux.press("d")
        #expect(tmux.shows("Remove cache?"))
        tmux.press("Right", "Enter")
        #expect(tmux.shows("No container matches"))
        tmux.press("Escape")
        #expect(tmux.shows("8 containers"))
    }

    @Test func `volumes and networks have pages, on which one is removed after a question`() {
        let tmux = Tmux(Self.demo)
        #expect(tmux.shows("worker"))
        tmux.press("V")
        #expect(tmux.shows("4 volumes") && tmux.shows("uploads"))
        tmux.press("Down", "d")
        #expect(tmux.shows("data is used by db: remove that first"))
        tmux.press("N", "End", "d")
        #expect(tmux.shows("Remove network trial?"))
        tmux.press("Right", "Enter")
        #expect(tmux.shows("removed network trial") && tmux.shows("2 networks"))
        tmux.press("Escape")
        #expect(tmux.shows("9 containers"))
    }

    @Test func `Escape pressed twice at once is two keys, and with a letter it is none`() {
        let tmux = Tmux(Self.demo)
        #expect(tmux.shows("worker"))
        tmux.press("/", "c", "a", "c", "h", "e", "Enter", "d")
        #expect(tmux.shows("Remove cache?"))
        tmux.tmux("send-keys -H 1b 1b")
        #expect(tmux.hides("Remove cache?"))
        #expect(tmux.shows("worker"))
        tmux.press("d")
        #expect(tmux.shows("Remove "))
        tmux.tmux("send-keys -H 1b 78")
        tmux.press("y")
        #expect(tmux.shows("▸ Remove"))
    }

    @Test func `every verb is known to the palette, as one that does something or one that shows it`() {
        let lines = Command.output("\(Tmux.program) --help").split(separator: "\n")
        let verbs = lines.compactMap { $0.firstMatch(of: /^  ([a-z]+)(, [a-z]+)*  +[A-Z]/)?.1 }.map(String.init)
        #expect(verbs.count > 30)
        let known = TypedCommand.doing.union(TypedCommand.showing).union(TypedCommand.groups)
        #expect(Set(verbs).subtracting(known) == [])
    }

    @Test func `a limit moves under the keys`() {
        let tmux = Tmux(Self.demo, columns: 160, rows: 36)
        #expect(tmux.shows("worker"))
        tmux.press("/", "w", "e", "b", "Enter", "L")
        #expect(tmux.shows("Limits of web"))
        tmux.press("Right", "Right")
        #expect(tmux.shows("of 1.2"))
        tmux.press("Down", "Down", "Down", "2", "5", "6", "m", "Enter")
        #expect(tmux.shows("Memory 512 MiB → 256 MiB"))
        tmux.press("u")
        #expect(tmux.shows("Memory 256 MiB → 512 MiB"))
    }

    @Test func `the form makes a container that is then in the list`() {
        let tmux = Tmux(Self.demo)
        #expect(tmux.shows("worker"))
        tmux.press("n")
        #expect(tmux.shows("New container"))
        tmux.press("C-u")
        tmux.press("s", "h", "o", "p", "Enter")
        #expect(tmux.shows("10 containers"))
        #expect(tmux.shows("started shop"))
    }

    @Test(arguments: [(40, 8), (80, 24), (200, 60), (500, 200), (39, 7)])
    func `it follows the window to any size`(columns: Int, rows: Int) {
        let tmux = Tmux(Self.demo)
        #expect(tmux.shows("worker"))
        tmux.resize(columns: columns, rows: rows)
        if columns < 40 {
            #expect(tmux.shows("boxtop needs 40×8"))
        } else {
            #expect(tmux.shows("worker") && tmux.shows("q quit"))
        }
        tmux.resize(columns: 100, rows: 30)
        #expect(tmux.shows("UPTIME"))
        tmux.press("q")
        #expect(tmux.isRestored)
    }

    @Test(arguments: ["xterm", "screen", "vt100", "linux", "xterm-256color", "tmux"])
    func `terminals of every age show it`(term: String) {
        let tmux = Tmux("TERM=\(term) \(Tmux.program) --demo")
        #expect(tmux.shows("worker"))
        #expect(tmux.shows("q quit"))
        tmux.press("q")
        #expect(tmux.isRestored)
    }

    @Test func `Ctrl-S is a key like others, and the screen goes on`() {
        let tmux = Tmux(Self.demo)
        #expect(tmux.shows("worker"))
        tmux.press("C-s")
        #expect(tmux.shows("^S does nothing here"))
        tmux.press("d")
        #expect(tmux.shows("Remove "))
    }

    @Test(arguments: [("15;0", "38;5;252m"), ("0;15", "38;5;234m")])
    func `on a light terminal the colours are those for one`(colours: String, value: String) {
        let tmux = Tmux(Self.demo, extra: "NO_COLOR= COLORFGBG='\(colours)'")
        #expect(tmux.shows("worker"))
        #expect(tmux.colouredScreen.contains(value))
        // What a person chooses holds.
        tmux.press("T", "End", "Up", "Up", "Up", "Enter")
        #expect(tmux.shows("colours: dark"))
        #expect(tmux.colouredScreen.contains("38;5;252m"))
    }

    @Test func `NO_COLOR means no colour, and the selected row still shows`() {
        let tmux = Tmux(Self.demo, extra: "NO_COLOR=1")
        #expect(tmux.shows("worker"))
        let screen = tmux.colouredScreen
        #expect(!(30...37).contains { screen.contains("[\($0)m") } && !screen.contains("38;"))
        #expect(screen.contains("\u{1B}[7m"))
    }

    @Test func `without UTF-8 all is ASCII`() {
        let tmux = Tmux("LC_ALL=C \(Self.demo)")
        #expect(tmux.shows("worker"))
        #expect(tmux.screen.utf8.allSatisfy { $0 < 0x80 })
        #expect(tmux.screen.contains("====="))
        #expect(tmux.screen.contains("44M/-"))
        tmux.press("Enter")
        #expect(tmux.shows("Time line"))
        #expect(tmux.screen.utf8.allSatisfy { $0 < 0x80 })
    }

    @Test func `on the console of Linux, whose fonts have few signs, it draws with ASCII`() {
        let tmux = Tmux("TERM=linux \(Tmux.program) --demo")
        #expect(tmux.shows("worker"))
        #expect(tmux.screen.contains("=====") && !tmux.screen.contains("━"))
        tmux.press("Enter")
        #expect(tmux.shows("Time line"))
        #expect(tmux.becomes { $0.utf8.allSatisfy { $0 < 0x80 } })
    }

    @Test(arguments: ["dumb", "nonsense", ""])
    func `a terminal it cannot draw on is told in one sentence`(term: String) {
        let tmux = Tmux("TERM=\(term) \(Tmux.program) --demo")
        #expect(tmux.shows("boxtop: "))
        #expect(tmux.shows("TERM"))
        #expect(tmux.isRestored)
    }

    @Test func `into a pipe it says what to use instead`() {
        let output = Command.output("\(Tmux.program) --demo 2>&1 </dev/null | cat")
        #expect(output.contains("this is not a terminal"))
    }

    @Test func `the mouse selects a row`() {
        let tmux = Tmux(Self.demo)
        #expect(tmux.shows("batch"))
        tmux.tmux("set -g mouse on")
        // tmux-256color reports clicks as xterm first did: button, column and row as characters from 33.
        tmux.tmux("send-keys -H 1b 5b 4d 20 2a 26")
        tmux.press("Enter")
        #expect(tmux.shows("Time line"))
    }

    @Test func `a pasted text is typed into a field as one, and starts no verb in the list`() {
        let tmux = Tmux(Self.demo)
        #expect(tmux.shows("batch"))
        tmux.tmux("set-buffer 'dqs'")
        tmux.tmux("paste-buffer -p")
        #expect(tmux.shows("nothing takes a pasted text here"))
        tmux.press("/")
        tmux.tmux("set-buffer 'cache'")
        tmux.tmux("paste-buffer -p")
        #expect(tmux.hides("batch"))
        #expect(tmux.shows("cache"))
    }
}
