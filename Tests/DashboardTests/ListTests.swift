import Cgroups
import Dashboard
import Monitoring
import Records
import TerminalKit
import Testing

@Suite struct ListTests {
    @Test(
        arguments: [
            ("web", Key.character("s"), ["stop", "web"]), ("old", .character("s"), ["start", "old"]),
            ("web", .character("r"), ["restart", "web"]), ("web", .character("p"), ["pause", "web"]),
            ("batch", .character("p"), ["unpause", "batch"]), ("mailer", .character("s"), ["stop", "mailer"]),
        ])
    func `a verb is chosen by the state`(name: String, key: Key, arguments: [String]) {
        var fixture = Fixture()
        fixture.select(name)
        fixture.press(key)
        #expect(fixture.asked() == [fixture.run(arguments)])
    }

    @Test(
        arguments: [
            ("old", Key.character("p"), "old does not run; s starts it"),
            ("old", .character("e"), "old does not run; s starts it"),
            ("batch", .character("e"), "batch is paused; p lets it go on"),
            ("mailer", .function(9), "mailer waits for its next start; r starts it now, s stops it"),
            ("mailer", .character("e"), "mailer waits for its next start; r starts it now, s stops it"),
        ])
    func `what doesn't fit the state is refused with what would help`(name: String, key: Key, sentence: String) {
        var fixture = Fixture()
        fixture.select(name)
        fixture.press(key)
        #expect(fixture.asked() == [])
        #expect(fixture.statusLine == sentence)
    }

    @Test func `what is being done is not asked for again, but a signal still goes through`() {
        var fixture = Fixture(answers: false)
        fixture.select("web")
        fixture.press(.character("s"), .character("s"))
        #expect(fixture.asked() == [fixture.run("stop", "web")])
        #expect(fixture.statusLine == "still stopping web; F9 sends a signal, d removes")
        fixture.press(.function(9), .down, .enter)
        #expect(fixture.asked() == [fixture.run("kill", "--signal=KILL", "web")])
    }

    @Test func `a verb acts on all that are marked, and then they are marked no more`() {
        var fixture = Fixture()
        fixture.select("web")
        fixture.press(.character(" "))
        fixture.select("api")
        fixture.press(.character(" "), .character("s"))
        #expect(fixture.asked() == [fixture.run("stop", "api", "web")])
        #expect(fixture.model.marked.isEmpty)
        #expect(fixture.statusLine == "stopped api, web")
    }

    @Test func `a shell is opened in the one under the cursor, as its pages are, whatever is marked`() {
        var fixture = Fixture(answers: false)
        for name in ["web", "api"] {
            fixture.select(name)
            fixture.press(.character(" "))
        }
        fixture.select("cache")
        fixture.press(.character("e"))
        guard case .suspend(let visit) = fixture.asked().first else {
            Issue.record("no shell was asked for")
            return
        }
        #expect(visit.id == fixture.id("cache") && visit.arguments.contains(visit.id))
        fixture.select("old")
        fixture.press(.character("e"))
        #expect(fixture.asked() == [] && fixture.statusLine == "old does not run; s starts it")
    }

    @Test func `p on many pauses what runs, and lets all go on where nothing does`() {
        var fixture = Fixture(answers: false)
        for name in ["web", "batch", "old"] {
            fixture.select(name)
            fixture.press(.character(" "))
        }
        fixture.press(.character("p"))
        #expect(fixture.asked() == [fixture.run("pause", "web")])
        fixture.select("web")
        fixture.feed(.ended(arguments: ["pause", fixture.id("web")], status: 1, message: ""))
        fixture.press(.character(" "), .character("p"))
        #expect(fixture.asked() == [fixture.run("unpause", "batch")])
    }

    @Test func `a signal is picked by name`() {
        var fixture = Fixture()
        fixture.select("web")
        fixture.press(.function(9), .down, .enter)
        #expect(fixture.asked() == [fixture.run("kill", "--signal=KILL", "web")])
        fixture.sweep()
        #expect(fixture.screen.contains("exited 137"))
    }

    @Test func `the cursor follows its container when the order changes`() {
        var fixture = Fixture()
        fixture.select("search")
        let before = fixture.lines.firstIndex { $0.contains("search   ") }
        for key in [Key.character("o"), .home, .enter] { fixture.press(key) }
        #expect(fixture.selectedName == "search")
        #expect(fixture.lines.firstIndex { $0.contains("search   ") } != before)
        fixture.press(.character("O"))
        #expect(fixture.selectedName == "search")
    }

    @Test(arguments: [(80, 24), (100, 30), (60, 15)])
    func `one long name does not cost the others their columns, nor a stopped one its note`(columns: Int, rows: Int) {
        func screen(_ name: String) -> Fixture {
            var fixture = Fixture(rows: rows, columns: columns, sweeps: 0)
            for _ in 0..<3 {
                fixture.sweep { snapshot in
                    for index in snapshot.containers.indices where snapshot.containers[index].name == "old" {
                        snapshot.containers[index].name = name
                        snapshot.containers[index].status = .exited(Exit(code: 3, at: snapshot.clock))
                    }
                }
            }
            return fixture
        }
        func headings(_ fixture: Fixture) -> [Substring] {
            (fixture.lines.first { $0.contains("NAME") } ?? "").split(separator: " ")
        }
        let long = screen("a-name-of-many-words-that-someone-made-up")
        #expect(headings(long) == headings(screen("a-name-of-20-letters")))
        #expect(long.lines.contains { $0.contains("a-name…meone-made-up") && $0.contains("exited 3") })
    }

    @Test func `a long name is whole where there is room for all of it`() {
        let name = "a-name-of-many-words-that-someone-made-up"
        var fixture = Fixture(columns: 250)
        fixture.sweep { snapshot in
            for index in snapshot.containers.indices where snapshot.containers[index].name == "old" {
                snapshot.containers[index].name = name
            }
        }
        #expect(fixture.screen.contains(" \(name) "))
    }

    @Test func `columns stay where they are when notes grow and shrink`() {
        var fixture = Fixture(columns: 140)
        let heading = fixture.lines[3]
        for memory in [5.0, 40, 100, 9] {
            fixture.sweep { snapshot in
                for index in snapshot.containers.indices {
                    snapshot.containers[index].throttled = memory / 100
                    snapshot.containers[index].usage.memoryPressure?.some.average10 = memory
                    snapshot.containers[index].usage.ioPressure?.some.average10 = memory
                }
            }
            #expect(fixture.lines[3] == heading)
        }
    }

    @Test func `a page down shows the next page, with the cursor on its line of the screen`() {
        var fixture = Fixture(count: 60, rows: 24)
        let last = fixture.lines[20].split(separator: " ").prefix(2).last
        fixture.press(.pageDown)
        #expect(fixture.lines[4].split(separator: " ").prefix(2).last == last)
        #expect(fixture.selectedName == last.map(String.init))
        fixture.press(.pageUp)
        #expect(fixture.lines[20].split(separator: " ").prefix(2).last == last)
    }

    @Test func `sorted by name, the list counts as people do, after a new name too`() {
        var fixture = Fixture(count: 25)
        func names(_ fixture: Fixture) -> [String] {
            fixture.model.rows.compactMap { fixture.model.snapshot?.containers[$0].name }
        }
        fixture.press(.character("o"), .home, .enter)
        #expect(names(fixture).prefix(4) == ["api", "app-9", "app-10", "app-11"])
        fixture.sweep { snapshot in
            for index in snapshot.containers.indices where snapshot.containers[index].name == "api" {
                snapshot.containers[index].name = "zebra"
            }
        }
        #expect(names(fixture).first == "app-9" && names(fixture).last == "zebra")
    }

    @Test func `rows stay while a person moves among them`() {
        var fixture = Fixture(count: 40)
        fixture.press(.down)
        let order = fixture.model.rows
        fixture.sweep()
        #expect(fixture.model.rows == order)
    }

    @Test(
        arguments: [
            ("we", ["web"]), ("jobs", ["worker", "batch"]), ("!running", ["batch", "mailer", "old"]),
            ("jobs !paused", ["worker"]), ("exited", ["old"]), ("NGINX", ["web"]), ("zzz", []),
        ] as [(String, Set<String>)])
    func `the filter takes words, and words that are not wanted`(text: String, names: Set<String>) {
        var fixture = Fixture()
        fixture.press(.character("/"))
        fixture.type(text)
        fixture.press(.enter)
        let shown = fixture.model.rows.compactMap { fixture.model.snapshot?.containers[$0].name }
        #expect(Set(shown) == names)
        fixture.press(.escape)
        #expect(fixture.model.rows.count == 9)
    }

    @Test func `letters typed into the filter are no commands`() {
        var fixture = Fixture()
        fixture.press(.character("/"))
        fixture.type("qsdr")
        #expect(fixture.asked() == [])
        #expect(fixture.model.filter == "qsdr")
    }

    @Test func `the list without what is stopped says how to see the rest`() {
        var fixture = Fixture()
        fixture.press(.character("a"))
        #expect(fixture.model.rows.count == 8)
        #expect(!fixture.screen.contains("tools:2"))
    }

    @Test func `two ways of being empty have two hints`() {
        var fixture = Fixture()
        fixture.press(.character("/"))
        fixture.type("zzz")
        #expect(fixture.screen.contains("No container matches \"zzz\"."))
        fixture.press(.enter, .escape, .character("*"), .character("d"), .right, .enter)
        fixture.sweep()
        #expect(fixture.screen.contains("There are no containers yet."))
        #expect(fixture.screen.contains("n makes one"))
    }

    @Test func `a frozen screen stands still and says so`() {
        var fixture = Fixture()
        fixture.press(.character("Z"))
        let before = fixture.lines[4]
        for _ in 0..<5 { fixture.sweep() }
        #expect(fixture.lines[4] == before)
        #expect(fixture.lines[0].contains("frozen"))
        fixture.press(.character("Z"))
        fixture.sweep()
        #expect(!fixture.lines[0].contains("frozen"))
    }

    @Test func `a click selects, another opens, one on a heading sorts, one on a word of the footer does it`() throws {
        var fixture = Fixture()
        let row = try #require(fixture.lines.firstIndex { $0.contains("cache") })
        fixture.feed(.input(.click(row: row, column: 10)))
        #expect(fixture.selectedName == "cache")
        let heading = try #require(fixture.lines.firstIndex { $0.contains("MEMORY") })
        let memory = try #require(fixture.lines[heading].range(of: "MEMORY"))
        fixture.feed(
            .input(
                .click(
                    row: heading,
                    column: fixture.lines[heading].distance(
                        from: fixture.lines[heading].startIndex, to: memory.lowerBound))))
        #expect(fixture.statusLine == "sorted by memory")
        let footer = try #require(fixture.lines.last)
        let limits = try #require(footer.range(of: "L limits"))
        fixture.feed(.input(.click(row: 35, column: footer.distance(from: footer.startIndex, to: limits.lowerBound))))
        #expect(fixture.screen.contains("Limits of cache"))
    }

    @Test func `a click below an opened tree selects the row that is seen there`() throws {
        var fixture = Fixture()
        fixture.select("worker")
        fixture.press(.character("t"))
        let row = try #require(fixture.lines.firstIndex { $0.contains(" web ") })
        let tree = try #require(fixture.lines.firstIndex { $0.contains(" worker ") }) + 1
        fixture.feed(.input(.click(row: tree, column: 10)))
        #expect(fixture.selectedName == "worker")
        fixture.feed(.input(.click(row: row, column: 10)))
        #expect(fixture.selectedName == "web")
    }

    @Test func `what is pasted is text where text is typed, and no keys anywhere else`() {
        var fixture = Fixture()
        fixture.feed(.input(.paste("dq")))
        #expect(fixture.asked() == [])
        #expect(fixture.statusLine.contains("nothing takes a pasted text here"))
        fixture.press(.character("/"))
        fixture.feed(.input(.paste("we\nb")))
        #expect(fixture.model.filter == "we b")
    }

    @Test func `the rate changes in steps and the loop is told`() {
        var fixture = Fixture()
        fixture.press(.character("+"), .character("-"), .character("-"))
        #expect(fixture.asked() == [.setRate(seconds: 0.5), .setRate(seconds: 1), .setRate(seconds: 2)])
    }

    @Test func `Esc never quits, and q and Ctrl-C do`() {
        var fixture = Fixture()
        fixture.press(.escape, .escape)
        #expect(fixture.asked() == [])
        fixture.press(.enter, .character("q"))
        #expect(fixture.asked() == [])
        fixture.press(.character("q"))
        #expect(fixture.asked() == [.quit])
        fixture.press(.character("n"), .control("c"))
        #expect(fixture.asked() == [.quit])
    }

    @Test func `a verb that failed says why, in the words it used`() {
        var fixture = Fixture()
        fixture.feed(.ended(arguments: ["stop", "web"], status: 1, message: "cannot stop web: permission denied"))
        #expect(fixture.lines[34].contains("cannot stop web: permission denied"))
    }
}

extension String {
    fileprivate func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
