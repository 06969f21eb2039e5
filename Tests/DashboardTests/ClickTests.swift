import Dashboard
import TerminalKit
import Testing

/// Clicks while something is typed or asked: what stands in the footer then is what they do, and nothing typed is lost. And the wheel.
@Suite struct ClickTests {
    private func limits() -> Fixture {
        var fixture = Fixture()
        fixture.select("web")
        fixture.press(.character("L"))
        _ = fixture.asked()
        return fixture
    }

    @Test func `a click on the footer while a value is typed takes it, leaves it, or does nothing`() throws {
        var fixture = limits()
        fixture.type("3.5")
        for column in 24..<160 { fixture.feed(.input(.click(row: 35, column: column))) }
        #expect(fixture.asked() == [] && fixture.screen.contains("▸ 3.5"))
        try fixture.clickFooter("Enter apply")
        #expect(fixture.statusLine == "web: CPU 1.0 → 3.5, kept for the next start")
        _ = fixture.asked()
        fixture.type("2")
        try fixture.clickFooter("Esc cancel")
        #expect(fixture.asked() == [] && !fixture.screen.contains("▸ 2") && fixture.screen.contains("Limits of web"))
    }

    @Test func `a click on another container while a value is typed neither loses it nor gives it to that one`() throws
    {
        var fixture = limits()
        fixture.type("3.5")
        let row = try #require(fixture.lines.firstIndex { $0.contains(" cache ") })
        fixture.feed(.input(.click(row: row, column: 10)))
        #expect(fixture.statusLine == "a value is being typed: Enter applies it, Esc leaves it")
        fixture.press(.enter)
        #expect(fixture.statusLine == "web: CPU 1.0 → 3.5, kept for the next start")
        fixture.feed(.input(.click(row: row, column: 10)))
        #expect(fixture.screen.contains("Limits of cache"))
    }

    @Test func `a click on what keys do while a filter is typed is that key, and one on a row keeps the filter`() throws
    {
        var fixture = Fixture()
        fixture.press(.character("/"))
        fixture.type("we")
        // Where other words stand when nothing is typed.
        for column in 30..<150 { fixture.feed(.input(.click(row: 35, column: column))) }
        fixture.type("b")
        #expect(fixture.model.filter == "web" && fixture.asked() == [])
        let row = try #require(fixture.lines.firstIndex { $0.contains(" web ") })
        fixture.feed(.input(.click(row: row, column: 10)))
        fixture.press(.character("l"))
        #expect(fixture.model.filter == "web" && fixture.lines[1].contains("following"))
        fixture.press(.escape, .escape, .character("/"))
        try fixture.clickFooter("Esc clear")
        #expect(fixture.model.filter == "")
    }

    @Test func `a click on what keys do while a name is typed is that key`() throws {
        var fixture = Fixture(answers: false)
        fixture.press(.character("I"), .character("p"))
        fixture.type("nginx:9")
        for column in 24..<160 { fixture.feed(.input(.click(row: 35, column: column))) }
        #expect(fixture.asked().isEmpty)
        try fixture.clickFooter("Enter pull")
        #expect(fixture.asked() == [.run(arguments: ["image", "pull", "nginx:9"])])
    }

    @Test(arguments: [Key.character("d"), .function(9), .character("o"), .character(":"), .character("?")])
    func `a dialog is left by a click on what its footer says`(key: Key) throws {
        var fixture = Fixture(answers: false)
        fixture.select("web")
        let before = fixture.lines[3...20]
        fixture.press(key)
        #expect(fixture.lines[3...20] != before)
        fixture.feed(.input(.click(row: 0, column: 0)))
        #expect(fixture.lines[3...20] != before)
        try fixture.clickFooter("Esc ")
        #expect(fixture.lines[3...20] == before && fixture.asked() == [])
    }

    @Test func `the buttons of a question are pressed by a click`() throws {
        var fixture = Fixture(answers: false)
        fixture.select("cache")
        fixture.press(.character("d"))
        try fixture.click("Cancel  ")
        #expect(fixture.asked() == [] && fixture.statusLine == "nothing was removed")
        fixture.press(.character("d"))
        try fixture.click("Remove  ")
        #expect(fixture.asked() == [fixture.run("rm", "-f", "cache")])
    }

    @Test func `a click on a line of a menu takes it, ticks it, or selects first what cannot be taken back`() throws {
        var fixture = Fixture(answers: false)
        fixture.select("web")
        fixture.press(.character("o"))
        try fixture.click("memory ")
        #expect(fixture.statusLine == "sorted by memory")
        fixture.press(.character("c"))
        try fixture.click("restarts ")
        #expect(fixture.screen.contains("Columns") && !fixture.lines[3].contains("RST"))
        try fixture.clickFooter("Esc done")
        fixture.press(.function(9))
        try fixture.click("HUP ")
        #expect(fixture.asked() == [])
        try fixture.click("HUP ")
        #expect(fixture.asked() == [fixture.run("kill", "--signal=HUP", "web")])
    }

    @Test func `a click on a line of the palette selects it, another runs it`() throws {
        var fixture = Fixture(answers: false)
        fixture.select("web")
        fixture.press(.character(":"))
        try fixture.click("stop and start again")
        #expect(fixture.screen.contains("─ Command ─") && fixture.asked() == [])
        try fixture.click("stop and start again")
        #expect(fixture.asked() == [fixture.run("restart", "web")])
    }

    @Test(arguments: [36, 16])
    func `a click on a row of the form goes there, and one on its footer makes the container`(rows: Int) throws {
        var fixture = Fixture(rows: rows, answers: false)
        fixture.press(.character("n"))
        try fixture.click("Memory ")
        fixture.type("64m")
        try fixture.clickFooter("Tab next")
        fixture.type("2")
        try fixture.clickFooter("Enter make")
        guard case .run(let arguments) = fixture.asked().first else {
            Issue.record("nothing was asked for: \(fixture.statusLine)")
            return
        }
        #expect(arguments.contains(["--memory", "64m", "--cpus", "2"]))
    }

    @Test func `a click on a pane of the details goes there`() throws {
        var fixture = Fixture(rows: 40, columns: 160)
        fixture.press(.enter)
        for title in ["Log", "Memory", "Network and disk", "Time line"] {
            try fixture.click(title, row: fixture.lines.firstIndex { $0.contains("─ \(title) ─") })
            var zoomed = fixture
            zoomed.press(.character("z"))
            #expect(zoomed.lines[1].hasPrefix("╭─ \(title) ─"))
        }
    }

    @Test func `the wheel does nothing while a value is typed`() {
        var fixture = limits()
        fixture.type("3")
        fixture.feed(.input(.wheel(1, row: 20, column: 9)))
        fixture.type(".5")
        fixture.press(.enter)
        #expect(fixture.statusLine == "web: CPU 1.0 → 3.5, kept for the next start")
        fixture.feed(.input(.wheel(1, row: 20, column: 9)))
        fixture.press(.right)
        #expect(fixture.statusLine.hasPrefix("web: CPU weight 100 → "))
    }

    @Test func `the wheel over the list goes to another container, over the panel to another row`() throws {
        var fixture = limits()
        let row = try #require(fixture.lines.firstIndex { $0.contains(" web ") })
        fixture.feed(.input(.wheel(1, row: row, column: 9)))
        let next = try #require(fixture.selectedName)
        #expect(next != "web" && fixture.screen.contains("Limits of \(next)"))
        fixture.feed(.input(.wheel(-1, row: row, column: 9)))
        #expect(fixture.screen.contains("Limits of web"))
        fixture.press(.right)
        #expect(fixture.statusLine.hasPrefix("web: CPU 1.0 → "))
        let panel = try #require(fixture.lines.firstIndex { $0.contains("Memory ") })
        fixture.feed(.input(.wheel(1, row: panel, column: 9)))
        fixture.press(.right)
        #expect(fixture.statusLine.hasPrefix("web: CPU weight 100 → "))
    }
}
