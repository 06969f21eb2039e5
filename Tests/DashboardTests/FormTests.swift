import Cgroups
import Dashboard
import Monitoring
import TerminalKit
import Testing

@Suite struct FormTests {
    @Test func `the form opens with sensible values and Enter makes a container of them`() {
        var fixture = Fixture()
        fixture.press(.character("n"), .enter)
        #expect(
            fixture.asked() == [
                .run(arguments: [
                    "run", "-d", "--name", "jobs-1", "--memory", "256m", "--cpus", "1", "--pids-limit", "128", "jobs:7",
                ])
            ])
        fixture.sweep()
        #expect(fixture.selectedName == "jobs-1")
    }

    @Test(
        arguments: [
            ("sleep 60", ["sleep", "60"]), ("echo 'a b' \"c d\"", ["echo", "a b", "c d"]),
            ("echo a && sleep 1", ["sh", "-c", "echo a && sleep 1"]), ("", []), ("echo ''", ["echo", ""]),
        ])
    func `a command is split as a shell does`(text: String, words: [String]) {
        var fixture = Fixture()
        fixture.press(.character("n"), .tab)
        fixture.type(text)
        fixture.press(.enter)
        guard case .run(let arguments) = fixture.asked().first else {
            Issue.record("nothing was run")
            return
        }
        #expect(Array(arguments.suffix(words.count + 1)) == ["jobs:7"] + words)
    }

    @Test(
        arguments: [
            (0, "web", "taken already"), (0, "a b", "letters, digits, and _ . - inside"),
            (1, "echo 'x", "a quote is open"),
            (2, "12x", "not a size: 64m, 1.5g"), (2, "100k", "at least 1m"), (3, "-1", "not a number of cores"),
            (3, "9", "this machine has 8"), (6, "99999:80", "not HOST:CONTAINER"), (6, "0:80", "not HOST:CONTAINER"),
            (4, "many", "not a number: 64"), (5, "never", "no, on-failure, always, unless-stopped"),
            (6, "http", "not HOST:CONTAINER"), (7, "/a b", "not SOURCE:/PATH"), (8, "KEY", "not KEY=VALUE"),
        ])
    func `what is wrong stands beside its field, and nothing is run`(row: Int, text: String, problem: String) {
        var fixture = Fixture()
        fixture.press(.character("n"))
        for _ in 0..<row { fixture.press(.tab) }
        fixture.press(.control("u"))
        fixture.type(text)
        fixture.press(.enter)
        #expect(fixture.asked() == [])
        #expect(fixture.screen.contains(problem.prefix(24)))
    }

    @Test func `what is typed takes the place of what was suggested, unless one goes into it first`() {
        var fixture = Fixture()
        fixture.press(.character("n"))
        fixture.type("shop")
        fixture.press(.tab, .tab, .backspace, .character("g"), .enter)
        guard case .run(let arguments) = fixture.asked().first else {
            Issue.record("nothing was run")
            return
        }
        #expect(arguments.prefix(6) == ["run", "-d", "--name", "shop", "--memory", "256g"])
    }

    @Test func `a form that was refused comes back as it was, with the reason, until it is mended`() {
        var fixture = Fixture(answers: false)
        fixture.press(.character("n"))
        fixture.type("shop")
        fixture.press(.tab)
        fixture.type("sleep 60")
        fixture.press(.enter)
        guard case .run(let arguments) = fixture.asked().first else {
            Issue.record("nothing was run")
            return
        }
        #expect(!fixture.screen.contains("New container"))
        fixture.feed(.ended(arguments: arguments, status: 125, message: "cannot set memory: the kernel refuses it"))
        #expect(fixture.screen.contains("New container"))
        #expect(fixture.screen.contains("│ cannot set memory: the kernel refuses it"))
        #expect(fixture.statusLine.isEmpty)
        fixture.press(.character("0"))
        #expect(!fixture.screen.contains("│ cannot set"))
        fixture.press(.enter)
        guard case .run(let again) = fixture.asked().first else {
            Issue.record("nothing was run")
            return
        }
        #expect(again == arguments.dropLast() + ["600"])
        fixture.feed(.ended(arguments: again, status: 0, message: ""))
        fixture.press(.character("n"))
        #expect(!fixture.screen.contains("sleep 600"))
    }

    @Test func `ports, volumes and variables become flags, one each`() {
        var fixture = Fixture()
        fixture.press(.character("n"))
        for text in ["8080:80 53:53/udp", "/srv/data:/data", "A=1 'B=two words'"] {
            for _ in 0..<(text.hasPrefix("8") ? 6 : 1) { fixture.press(.tab) }
            fixture.type(text)
        }
        fixture.press(.enter)
        guard case .run(let arguments) = fixture.asked().first else {
            Issue.record("nothing was run")
            return
        }
        #expect(
            arguments.suffix(11) == [
                "--publish", "8080:80", "--publish", "53:53/udp", "--volume", "/srv/data:/data", "--env", "A=1",
                "--env", "B=two words", "jobs:7",
            ])
    }

    @Test func `limits that this user cannot set are not suggested`() {
        var fixture = Fixture()
        fixture.sweep { $0.host.limitable = [.memory] }
        fixture.press(.character("n"), .tab, .tab, .tab)
        #expect(fixture.screen.contains("no such limit here"))
        fixture.press(.enter)
        #expect(fixture.asked() == [.run(arguments: ["run", "-d", "--name", "jobs-1", "--memory", "256m", "jobs:7"])])
    }

    @Test func `on a low screen the row that is typed in stays in sight`() {
        var fixture = Fixture(rows: 10, columns: 80)
        fixture.press(.character("n"), .up, .up)
        #expect(fixture.screen.contains("Environment ▌"))
    }

    @Test func `without room beside the fields, what is wrong with one stands on the last line`() {
        var fixture = Fixture(rows: 24, columns: 40)
        fixture.press(.character("n"), .control("u"))
        fixture.type("web")
        #expect(fixture.lines.contains { $0.contains("│ taken already  ") })
        fixture.press(.tab)
        #expect(fixture.lines.contains { $0.contains("│ empty: the image's own  ") })
    }

    @Test func `what was just made is seen, even where a filter would hide it`() {
        var fixture = Fixture()
        fixture.press(.character("/"))
        fixture.type("web")
        fixture.press(.enter, .character("n"), .enter)
        fixture.sweep()
        #expect(fixture.selectedName == "jobs-1" || fixture.selectedName == "nginx-1")
        #expect(fixture.model.filter.isEmpty)
    }

    @Test func `arrows choose among the images, and the name follows until it is touched`() {
        var fixture = Fixture()
        fixture.press(.character("n"), .up, .right)
        #expect(fixture.screen.contains("mailer-1"))
        fixture.press(.tab)
        fixture.press(.end)
        fixture.type("x")
        fixture.press(.up, .right)
        #expect(fixture.screen.contains("mailer-1x"))
    }

    @Test func `without any image the form says what makes one`() {
        var fixture = Fixture(columns: 120)
        fixture.feed(.images([]))
        fixture.press(.character("n"), .home, .control("k"), .up, .control("u"), .enter)
        #expect(fixture.asked() == [])
        #expect(fixture.screen.contains("which one? boxtop image pack"))
    }
}
