import Dashboard
import Monitoring
import Records
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
            ("stop", "web", "stop"), ("stop", "batch", "stop"), ("stop", "mailer", "stop"), ("start", "old", "start"),
            ("start", "mailer", "start"), ("pause", "web", "pause"), ("unpause", "batch", "unpause"),
            ("resume", "batch", "unpause"),
        ])
    func `a verb alone is done to what is selected`(text: String, name: String, verb: String) {
        var fixture = typed(text, on: name)
        fixture.press(.enter)
        #expect(fixture.asked() == [fixture.run(verb, name)])
    }

    @Test(
        arguments: [
            ("stop", "old", "old does not run; s starts it"), ("start", "web", "web runs already"),
            ("start", "batch", "batch is paused; p lets it go on"), ("pause", "batch", "batch is paused already"),
            ("pause", "old", "old does not run; s starts it"), ("unpause", "web", "web is not paused"),
            ("unpause", "old", "old is not paused"),
        ])
    func `a verb alone never does its opposite, and says why it does nothing`(
        text: String, name: String, sentence: String
    ) {
        var fixture = typed(text, on: name)
        fixture.press(.enter)
        #expect(fixture.asked() == [])
        #expect(fixture.statusLine == sentence)
    }

    @Test(
        arguments: [
            ("stop -t 3 web", "stopped web"), ("restart -s KILL -t 0 web api", "restarted web, api"),
            ("update --memory 64m web", "updated web"), ("rm -f web", "removed web"), ("rm -f zed", "removed zed"),
            ("kill -s web api", "signalled web, api"), ("unpause web", "resumed web"),
            ("container stop -t 3 web", "stopped web"), ("rename web shop", "renamed web to shop"),
            ("exec -d web sleep 5", "started a program in web"), ("nonsense", "nonsense: done"),
        ])
    func `what is said to be done names containers, not the values of flags`(text: String, sentence: String) {
        var fixture = Fixture()
        let words = text.split(separator: " ").map(String.init)
        fixture.feed(.ended(arguments: words, status: 0, message: ""))
        #expect(fixture.statusLine == sentence)
    }

    /// What is asked for when `text` is typed with these marked; `cache` was never started.
    private func typed(_ text: String, marked: [String]) -> Fixture {
        var fixture = Fixture(rows: 30, columns: 100, answers: false)
        fixture.sweep { snapshot in
            for index in snapshot.containers.indices where snapshot.containers[index].name == "cache" {
                snapshot.containers[index].status = .created
            }
        }
        for name in marked {
            fixture.select(name)
            fixture.press(.character(" "))
        }
        fixture.press(.character(":"))
        fixture.type(text)
        fixture.press(.enter)
        return fixture
    }

    @Test(
        arguments: [
            ("stop", ["web", "batch"]), ("start", ["cache", "old"]), ("pause", ["web"]), ("unpause", ["batch"]),
        ])
    func `of what is marked a verb alone takes those that it can be done to`(text: String, names: [String]) {
        var fixture = typed(text, marked: ["web", "batch", "cache", "old"])
        guard case .run(let arguments) = fixture.asked().first else {
            Issue.record("nothing was asked for: \(fixture.statusLine)")
            return
        }
        #expect(arguments.first == text && Set(arguments.dropFirst()) == Set(names.map(fixture.id)))
    }

    @Test(
        arguments: [
            ("stop", ["cache", "old"], "none of the marked ones runs"),
            ("start", ["web", "batch"], "none of the marked ones waits to be started"),
            ("pause", ["batch", "old"], "none of the marked ones can be paused"),
            ("unpause", ["web", "old"], "none of the marked ones is paused"),
        ])
    func `where it can be done to none of them, a verb alone says so`(text: String, names: [String], sentence: String) {
        var fixture = typed(text, marked: names)
        #expect(fixture.asked() == [])
        #expect(fixture.statusLine == sentence)
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
            ("image ls", "boxtop image ls prints: run it in a shell; : images shows them"),
            ("volume ls", "boxtop volume ls prints: run it in a shell; : volumes shows them"),
            ("container logs web", "boxtop logs prints: run it in a shell; l shows them"),
            ("attach half", "boxtop attach prints: run it in a shell"),
            ("wait web", "boxtop wait prints: run it in a shell"),
            ("exec -it web sh", "boxtop exec prints: run it in a shell; e opens a shell"),
            ("run tools:2 sh", "run without -d wants a terminal: run -d, or n for the form"),
            ("start -a web", "start -a wants a terminal: leave it out; l shows logs"),
            ("stop 'web", "a quote is open"), ("boxtop", "a command is missing, as in stop web"),
        ])
    func `what prints, or wants a terminal, is not run where nobody sees it`(text: String, sentence: String) {
        var fixture = typed(text)
        // Before Enter is pressed, too.
        #expect(fixture.screen.contains(sentence) && !fixture.screen.contains("Enter runs it"))
        fixture.press(.enter)
        #expect(fixture.asked() == [])
        #expect(fixture.statusLine == sentence)
    }

    @Test(arguments: Context.allCases.filter { $0 != .limits })
    func `images, volumes and networks are led to by their names from any page`(context: Context) {
        let keys: [Context: Key] = [
            .details: .enter, .log: .character("l"), .inspect: .character("i"), .images: .character("I"),
            .volumes: .character("V"), .networks: .character("N"),
        ]
        for (word, title) in [("images", "Images"), ("volumes", "Volumes"), ("networks", "Networks")] {
            var fixture = Fixture(rows: 30, columns: 100, answers: false)
            if let key = keys[context] { fixture.press(key) }
            fixture.press(.character(":"))
            fixture.type(word)
            fixture.press(.enter)
            #expect(fixture.lines[0].hasPrefix(" \(title) ") && fixture.asked().isEmpty)
        }
    }

    @Test func `the palette shows what an action does, as far as there is room`() {
        var fixture = typed("details")
        #expect(fixture.screen.contains("graphs, processes, events, log "))
        fixture.press(.control("u"))
        fixture.type("pause")
        #expect(fixture.screen.contains("freeze all processes of what runs "))
    }
}
