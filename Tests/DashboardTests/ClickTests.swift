import Dashboard
import TerminalKit
import Testing

/// Clicks while something is typed: what stands in the footer then is what they do, and nothing typed is lost by one.
@Suite struct ClickTests {
    private func limits() -> Fixture {
        var fixture = Fixture()
        fixture.select("web")
        fixture.press(.character("L"))
        _ = fixture.asked()
        return fixture
    }

    /// Clicks on `word` in the footer.
    private func click(_ word: String, in fixture: inout Fixture) throws {
        let line = try #require(fixture.lines.last)
        let column = try #require(line.indices.first { line[$0...].hasPrefix(word) })
        let place = line.distance(from: line.startIndex, to: column)
        fixture.feed(.input(.click(row: fixture.lines.count - 1, column: place)))
    }

    @Test func `a click on the footer while a value is typed takes it, leaves it, or does nothing`() throws {
        var fixture = limits()
        fixture.type("3.5")
        for column in 24..<160 { fixture.feed(.input(.click(row: 35, column: column))) }
        #expect(fixture.asked() == [] && fixture.screen.contains("▸ 3.5"))
        try click("Enter apply", in: &fixture)
        #expect(fixture.statusLine == "web: CPU 1.0 → 3.5, kept for the next start")
        _ = fixture.asked()
        fixture.type("2")
        try click("Esc cancel", in: &fixture)
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
        try click("Esc clear", in: &fixture)
        #expect(fixture.model.filter == "")
    }

    @Test func `a click on what keys do while a name is typed is that key`() throws {
        var fixture = Fixture(answers: false)
        fixture.press(.character("I"), .character("p"))
        fixture.type("nginx:9")
        for column in 24..<160 { fixture.feed(.input(.click(row: 35, column: column))) }
        #expect(fixture.asked().isEmpty)
        try click("Enter pull", in: &fixture)
        #expect(fixture.asked() == [.run(arguments: ["image", "pull", "nginx:9"])])
    }
}
