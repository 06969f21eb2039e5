import Dashboard
import Monitoring
import Records
import TerminalKit
import Testing

@Suite struct PagesTests {
    @Test func `details ask for what they show, and only then`() {
        var fixture = Fixture()
        fixture.sweep()
        #expect(fixture.effects.isEmpty)
        fixture.press(.enter)
        #expect(fixture.effects.count == 2)
        for title in ["CPU", "Memory", "Processes", "Pressure", "Time line", "Log"] {
            #expect(fixture.screen.contains("─ \(title) ─"))
        }
    }

    @Test func `a narrow screen shows the pane that has the focus`() {
        var fixture = Fixture(rows: 12, columns: 50)
        fixture.press(.enter)
        #expect(fixture.screen.contains("Processes"))
        #expect(!fixture.screen.contains("Time line"))
        fixture.press(.tab, .tab)
        #expect(fixture.screen.contains("Time line"))
    }

    @Test func `the log follows its end, stays where one scrolls to, and follows again`() {
        var fixture = Fixture(rows: 12, columns: 80, sweeps: 90)
        fixture.press(.character("l"))
        #expect(fixture.lines[1].contains("following"))
        fixture.press(.up)
        let before = fixture.lines[2...9]
        for _ in 0..<6 { fixture.sweep() }
        #expect(fixture.lines[2...9] == before)
        fixture.press(.end)
        fixture.sweep()
        #expect(fixture.lines[1].contains("following"))
        #expect(fixture.lines[2...9] != before)
    }

    @Test func `a search goes up from the end, and n and N go on`() {
        var fixture = Fixture(rows: 12, columns: 80, sweeps: 90)
        fixture.press(.character("l"), .character("/"))
        fixture.type("QUEUE")
        fixture.press(.enter)
        #expect(fixture.statusLine.contains("lines with \"QUEUE\""))
        let first = fixture.statusLine
        fixture.press(.character("N"))
        #expect(fixture.statusLine != first)
        fixture.press(.character("n"))
        #expect(fixture.statusLine == first)
    }

    @Test func `the log is saved under the container's name`() {
        var fixture = Fixture()
        fixture.select("web")
        fixture.press(.character("l"), .character("S"))
        guard case .saveLog(_, "web") = fixture.asked().last else {
            Issue.record("the log was not saved")
            return
        }
    }

    @Test func `a shell leaves the screen, says where one is, and is bash where there is one`() {
        var fixture = Fixture()
        fixture.select("web")
        fixture.press(.character("e"))
        guard case .suspend(let visit) = fixture.asked().first else {
            Issue.record("no shell was asked for")
            return
        }
        #expect(visit.arguments.prefix(5) == ["exec", "-it", fixture.id("web"), "sh", "-c"])
        #expect(visit.arguments.last?.contains("exec bash") == true)
        #expect(visit.greeting == "shell in web: exit comes back")
        #expect(visit.farewell == "left web: what follows is this host's")
    }

    @Test func `where no sh can look for bash, bash is tried itself, once`() {
        var fixture = leftShell(127, "boxtop: sh: executable file not found in $PATH (/bin)")
        #expect(fixture.statusLine.isEmpty)
        guard case .suspend(let visit) = fixture.asked().first else {
            Issue.record("bash was not tried")
            return
        }
        let arguments = visit.arguments
        #expect(arguments == ["exec", "-it", fixture.id("web"), "bash"])
        let message = "boxtop: bash: executable file not found in $PATH (/bin)"
        fixture.feed(.ended(arguments: arguments, status: 127, message: message))
        #expect(fixture.asked() == [])
        #expect(fixture.statusLine == "no shell in web, neither sh nor bash: boxtop exec web PROGRAM runs what it has")
    }

    /// `web` with a shell opened, and left again.
    private func leftShell(_ status: Int32, _ message: String) -> Fixture {
        var fixture = Fixture()
        fixture.select("web")
        fixture.press(.character("x"), .character("e"))
        guard case .suspend(let visit) = fixture.asked().first else {
            Issue.record("no shell was asked for")
            return fixture
        }
        fixture.feed(.ended(arguments: visit.arguments, status: status, message: message))
        return fixture
    }

    @Test func `what the shell's own exit code was is nobody's business, and what was said before it is old`() {
        for status: Int32 in [0, 1, 125, 126, 127, 130] { #expect(leftShell(status, "").statusLine.isEmpty) }
    }

    @Test(
        arguments: [
            (
                126, "sh: permission denied",
                "no shell in web: sh: permission denied: boxtop exec web PROGRAM runs what it has"
            ),
            (125, "container web does not run: boxtop start web starts it", nil),
            (0, "left running; an exec cannot be attached to again", nil),
        ] as [(Int32, String, String?)])
    func `why there was no shell is said as the command has it, with the container's name`(
        status: Int32, message: String, sentence: String?
    ) {
        #expect(leftShell(status, message).statusLine == sentence ?? message)
    }

    @Test func `a container that has ended while its shell was open is said to have`() {
        var fixture = leftShell(137, "")
        fixture.sweep { snapshot in
            for index in snapshot.containers.indices where snapshot.containers[index].name == "web" {
                snapshot.containers[index].status = .exited(Exit(code: 3, at: snapshot.clock))
            }
        }
        #expect(fixture.statusLine == "web has ended: exited 3")
        var other = leftShell(137, "")
        other.sweep { $0.containers.removeAll { $0.name == "web" } }
        #expect(other.statusLine == "web has ended and was removed")
    }

    @Test func `a screen that is too small takes no key but those that quit and draw`() {
        var fixture = Fixture()
        fixture.select("web")
        fixture.feed(.resize(rows: 6, columns: 30))
        for key in "psdy" { fixture.press(.character(key), .enter) }
        fixture.feed(.input(.click(row: 5, column: 9)))
        #expect(fixture.asked() == [])
        fixture.press(.control("l"), .character("q"), .control("c"))
        #expect(fixture.asked() == [.redraw, .quit, .quit])
        fixture.feed(.resize(rows: 24, columns: 80))
        #expect(fixture.screen.contains("NAME") && !fixture.screen.contains("Remove"))
    }

    @Test func `all counts are written one way`() {
        var fixture = Fixture(count: 1_100, columns: 160)
        #expect(fixture.lines[0].contains("1,100 containers  1,097 running"))
        fixture.press(.character("*"))
        #expect(fixture.lines[34].contains("1,100 marked"))
    }

    @Test func `a page is left when its container is gone`() {
        var fixture = Fixture()
        fixture.select("cache")
        fixture.press(.enter)
        fixture.feed(.ended(arguments: ["stop", "web"], status: 0, message: ""))
        fixture.press(.character("d"), .right, .enter)
        fixture.sweep()
        #expect(fixture.screen.contains("NAME"))
    }

    @Test func `Esc goes back the way one came`() {
        var fixture = Fixture()
        fixture.select("web")
        fixture.press(.enter, .tab, .character("l"), .character("i"), .escape)
        #expect(fixture.lines[1].contains("following"))
        fixture.press(.character("q"))
        #expect(fixture.screen.contains("─ Pressure ─"))
        // Not once more for each time that one has gone to and fro.
        fixture.press(.character("i"), .character("l"), .character("i"), .escape)
        #expect(fixture.screen.contains("─ Pressure ─"))
        fixture.press(.escape)
        #expect(fixture.screen.contains("NAME"))
        fixture.press(.character("l"), .escape)
        #expect(fixture.screen.contains("NAME"))
    }

    @Test(arguments: [Key.enter, .character("l"), .character("i"), .character("L")])
    func `a page stays when somebody else has removed its container, and q leaves the page, not the program`(key: Key) {
        var fixture = Fixture()
        fixture.select("cache")
        fixture.press(key)
        let title = fixture.lines[0].prefix(14)
        fixture.sweep { $0.containers.removeAll { $0.name == "cache" } }
        #expect(fixture.statusLine == "cache was removed")
        #expect(fixture.lines[0].prefix(14) == title)
        fixture.press(.character("s"), .character("d"), .right)
        #expect(fixture.asked() == [])
        fixture.sweep { $0.containers.removeAll { $0.name == "cache" } }
        fixture.press(.character("q"))
        #expect(fixture.asked() == [])
        #expect(fixture.lines[0].contains("boxtop"))
        #expect(fixture.selectedName != nil)
    }

    @Test func `limits that stay open though nothing is listed any longer are not written through`() {
        var fixture = Fixture()
        fixture.press(.character("/"))
        fixture.type("cache")
        fixture.press(.enter, .character("L"))
        fixture.sweep { $0.containers.removeAll { $0.name == "cache" } }
        #expect(fixture.screen.contains("Limits of cache"))
        #expect(!fixture.screen.contains("Esc clears") && !fixture.screen.contains("No container"))
        let holes = fixture.lines[4..<20].filter { $0.contains("Esc") || $0.contains("\"") }
        #expect(holes.isEmpty)
    }

    @Test func `what is gone is not asked about any longer`() {
        var fixture = Fixture()
        fixture.select("cache")
        fixture.press(.character("d"))
        fixture.sweep { $0.containers.removeAll { $0.name == "cache" } }
        #expect(!fixture.screen.contains("Remove"))
        #expect(fixture.statusLine.contains("gone already"))
        fixture.select("web")
        fixture.press(.function(9))
        fixture.sweep { $0.containers.removeAll { ["cache", "web"].contains($0.name) } }
        fixture.press(.enter)
        #expect(fixture.asked() == [])
    }

    @Test func `a signal for what has ended meanwhile is not sent, and that is said`() {
        var fixture = Fixture()
        fixture.select("web")
        fixture.press(.function(9))
        fixture.sweep { snapshot in
            for index in snapshot.containers.indices where snapshot.containers[index].name == "web" {
                snapshot.containers[index].status = .created
            }
        }
        fixture.press(.enter)
        #expect(fixture.asked() == [])
        #expect(fixture.statusLine == "what was to get TERM does not run any longer")
    }

    @Test(arguments: [160, 80])
    func `containers that cannot be listed any more stay on the screen, with the reason`(columns: Int) {
        var fixture = Fixture(columns: columns)
        fixture.sweep {
            $0.problem = "cannot list /var/lib/somewhere/deep/boxtop/state/containers: no such file or directory"
        }
        #expect(fixture.lines[0].contains("no such file or directory") && fixture.screen.contains("worker"))
        fixture.sweep()
        #expect(!fixture.screen.contains("no such file or directory"))
        fixture.sweep { ($0.containers, $0.problem) = ([], "cannot list /srv/containers: permission denied") }
        #expect(fixture.screen.contains("permission denied") && !fixture.screen.contains("There are no containers"))
    }

    @Test func `what was said goes with its page, under a dialog, and in time`() {
        var fixture = Fixture()
        func fail() { fixture.feed(.ended(arguments: ["stop", "web"], status: 1, message: "it does not stop")) }
        for key in [Key.enter, .character("l"), .character("n"), .character("?")] {
            fail()
            #expect(fixture.screen.contains("it does not stop"))
            fixture.press(key)
            #expect(!fixture.screen.contains("it does not stop"))
            fixture.press(.escape, .escape)
        }
        fail()
        let click = Input.click(row: 4, column: 9)
        fixture.feed(.input(click))
        fixture.feed(.input(click))
        #expect(fixture.screen.contains("─ Pressure ─") && fixture.statusLine.isEmpty)
        fail()
        for _ in 0..<32 { fixture.sweep() }
        #expect(fixture.statusLine.isEmpty)
    }

    @Test func `what is said in details is not written over the place in the history`() {
        var fixture = Fixture(sweeps: 90)
        fixture.press(.enter, .character("["))
        #expect(fixture.lines[34].contains("now ▸"))
        fixture.press(.character("x"))
        #expect(fixture.lines[34].contains("x does nothing here"))
        #expect(!fixture.lines[34].contains("now ▸") && !fixture.lines[34].contains("──"))
        fixture.press(.character("["))
        #expect(fixture.lines[34].contains("now ▸"))
    }

    @Test func `inspection shows all of a long value, local times, and that there is more`() {
        var fixture = Fixture(rows: 12, columns: 60)
        fixture.particulars = [
            Particulars(title: "Container", lines: ["created 2026-11-23T23:42:31.123456789Z"]),
            Particulars(
                title: "Environment",
                lines: ["LONG=\(String(repeating: "x", count: 200))end"] + (0..<9).map { "V\($0)=1" }),
        ]
        fixture.offset(hours: 2)
        fixture.press(.character("i"))
        #expect(fixture.screen.contains("created 2026-11-24 01:42:31\n"))
        #expect(fixture.screen.contains("xend\n"))
        #expect(fixture.lines[1].hasSuffix("↓ more"))
        fixture.press(.end)
        #expect(fixture.lines[9].contains("V8=1"))
        #expect(!fixture.lines[1].contains("more"))
    }
}
