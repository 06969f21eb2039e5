import Dashboard
import TerminalKit
import Testing

@Suite struct PaletteTests {
    /// The palette with `text` in it, over a list with the cursor on `name`.
    private func typed(_ text: String, on name: String = "worker") -> Fixture {
        var fixture = Fixture(rows: 30, columns: 100, answers: false)
        fixture.select(name)
        fixture.press(.character(":"))
        fixture.type(text)
        return fixture
    }

    @Test(arguments: ["restart", "rest", "again"])
    func `an action is found by how words of its name or its help begin`(text: String) {
        var fixture = typed(text, on: "web")
        fixture.press(.enter)
        #expect(fixture.asked() == [fixture.run("restart", "web")])
    }

    @Test(
        arguments: [
            ("stop a", ["stop", "a"]), ("boxtop stop api", ["stop", "api"]), ("start or", ["start", "or"]),
            ("rm -f 'a b'", ["rm", "-f", "a b"]), ("run -d tools:2 sh", ["run", "-d", "tools:2", "sh"]),
            ("image rm web", ["image", "rm", "web"]), ("exec -d web sh", ["exec", "-d", "web", "sh"]),
            ("nonsense", ["nonsense"]),
        ])
    func `a verb with more words is a command line, whatever the cursor is on`(text: String, words: [String]) {
        var fixture = typed(text)
        #expect(fixture.screen.contains("Enter runs it as a command"))
        fixture.press(.enter)
        #expect(fixture.asked() == [.run(arguments: words)])
    }

    @Test(
        arguments: [
            ("logs -f web", "boxtop logs prints: run it in a shell; l shows them"),
            ("ps -a", "boxtop ps prints: run it in a shell; the list is here"),
            ("top", "boxtop top prints: run it in a shell; Enter shows them"),
            ("image ls", "boxtop ls prints: run it in a shell"), ("wait web", "boxtop wait prints: run it in a shell"),
            ("exec -it web sh", "boxtop exec prints: run it in a shell; e opens a shell"),
            ("run tools:2 sh", "run without -d wants a terminal: run -d, or n for the form"),
            ("start -a web", "start -a wants a terminal: leave it out; l shows logs"),
            ("stop 'web", "a quote is open"), ("boxtop", "a command is missing, as in stop web"),
        ])
    func `what prints, or wants a terminal, is not run where nobody sees it`(text: String, sentence: String) {
        var fixture = typed(text)
        fixture.press(.enter)
        #expect(fixture.asked() == [])
        #expect(fixture.statusLine == sentence)
    }

    @Test func `the palette shows what an action does, as far as there is room`() {
        var fixture = typed("details")
        #expect(fixture.screen.contains("graphs, processes, events, log "))
        fixture.press(.control("u"))
        fixture.type("pause")
        #expect(fixture.screen.contains("freeze all its processes, or let them go on "))
    }
}
