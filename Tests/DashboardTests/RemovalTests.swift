import Dashboard
import Monitoring
import Records
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

    /// A second in which `name` is `status`.
    private func sweep(_ fixture: inout Fixture, _ name: String, _ status: Status) {
        fixture.sweep { snapshot in
            for index in snapshot.containers.indices where snapshot.containers[index].name == name {
                snapshot.containers[index].status = status
            }
        }
    }

    @Test func `what has been started or has ended since the question is asked about anew, with Cancel chosen`() {
        var fixture = Fixture(answers: false)
        fixture.select("cache")
        fixture.press(.character("d"), .right)
        #expect(fixture.screen.contains("cache runs: killed first.") && fixture.screen.contains("▸ Remove"))
        fixture.sweep()
        #expect(fixture.screen.contains("▸ Remove"))
        sweep(&fixture, "cache", .created)
        #expect(!fixture.screen.contains("killed first") && fixture.screen.contains("▸ Cancel"))
        fixture.press(.right)
        fixture.sweep()
        #expect(fixture.screen.contains("cache runs: killed first.") && fixture.screen.contains("▸ Cancel"))
        fixture.press(.right, .enter)
        #expect(fixture.asked() == [fixture.run("rm", "-f", "cache")])
    }

    @Test func `what has been started between question and answer is said to run, with the key that removes it`() {
        var fixture = Fixture(answers: false)
        fixture.select("cache")
        sweep(&fixture, "cache", .created)
        fixture.press(.character("d"), .right, .enter)
        let arguments = ["rm", fixture.id("cache")]
        #expect(fixture.asked() == [.run(arguments: arguments)])
        let refusal = "boxtop: container cache runs: stop it first, or remove it with --force"
        fixture.feed(.ended(arguments: arguments, status: 1, message: refusal))
        fixture.sweep()
        #expect(fixture.statusLine == "cache runs by now: press d again to kill and remove")
        fixture.press(.character("d"))
        fixture.sweep()
        #expect(fixture.screen.contains("cache runs: killed first."))
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
