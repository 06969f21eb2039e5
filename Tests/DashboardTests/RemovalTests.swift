import Dashboard
import Monitoring
import TerminalKit
import Testing

@Suite struct RemovalTests {
    @Test func `removing asks first, names the container, and does nothing unless told`() {
        var fixture = Fixture()
        fixture.select("cache")
        fixture.press(.character("d"))
        #expect(fixture.screen.contains("Remove cache?"))
        #expect(fixture.screen.contains("▸ Cancel"))
        fixture.press(.enter)
        #expect(fixture.asked() == [])
        fixture.press(.delete, .right, .enter)
        #expect(fixture.asked() == [fixture.run("rm", "-f", "cache")])
        fixture.sweep()
        #expect(!fixture.screen.contains("redis:7"))
        #expect(fixture.selectedName != nil)
    }

    @Test func `removing many names each of them, in the order of the list`() {
        var fixture = Fixture(count: 30)
        fixture.press(.character("*"), .character("d"))
        #expect(fixture.screen.contains("Remove 30 containers?"))
        let names = fixture.model.rows.compactMap { fixture.model.snapshot?.containers[$0].name }
        let box = fixture.lines.map { $0.split(separator: "│") }.filter { $0.count > 2 }.map { $0[1] }
        #expect(box.joined().split(separator: " ").prefix(30).map { $0.filter { $0 != "," } } == names)
        // What somebody else removes meanwhile goes from among them, and the way to Cancel is as short as before.
        fixture.press(.right)
        fixture.sweep { $0.containers.removeAll { $0.name == "cache" } }
        #expect(fixture.screen.contains("Remove 29 containers?") && fixture.screen.contains("▸ Cancel"))
        fixture.press(.right, .enter)
        let left = fixture.model.rows.compactMap { fixture.model.snapshot?.containers[$0].name }
        #expect(left.count == 29 && !left.contains("cache"))
        #expect(fixture.asked() == [fixture.run(["rm", "-f"] + left)])
    }

    @Test func `on the lowest screen the buttons stand alone on their line`() {
        var fixture = Fixture(rows: 8, columns: 40)
        fixture.press(.character("d"))
        #expect(fixture.screen.contains("worker runs: killed first."))
        #expect(fixture.lines.contains { $0.contains("│ ▸ Cancel     Remove                │") })
    }

    @Test func `removing more than there is room for says how many more`() {
        var fixture = Fixture(count: 500, rows: 20, columns: 60)
        fixture.press(.character("*"), .character("d"))
        #expect(fixture.screen.contains(" more "))
        #expect(fixture.screen.contains("killed first.") && fixture.screen.contains("▸ Cancel"))
    }
}
