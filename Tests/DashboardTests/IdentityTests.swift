import Dashboard
import Monitoring
import Records
import TerminalKit
import Testing

/// A name may become another container's while a person looks at it: what is done is done to the one that was chosen.
@Suite struct IdentityTests {
    @Test func `what was asked about is removed, not what has come by its name meanwhile`() {
        var fixture = Fixture(answers: false)
        fixture.select("cache")
        fixture.press(.character("d"), .character("y"))
        fixture.sweep { $0.replace("cache", renamed: "cache-old") }
        #expect(fixture.screen.contains("Remove cache-old?") && fixture.screen.contains("▸ Cancel"))
        fixture.press(.character("y"), .enter)
        #expect(fixture.asked() == [fixture.run("rm", "-f", "cache")])
        fixture.feed(.ended(arguments: ["rm", "-f", fixture.id("cache")], status: 0, message: ""))
        #expect(fixture.statusLine == "removed cache-old")
    }

    @Test func `a signal goes to what was chosen, and its menu says how that is called now`() {
        var fixture = Fixture(answers: false)
        fixture.select("cache")
        fixture.press(.function(9))
        fixture.sweep { $0.replace("cache", renamed: "cache-old") }
        #expect(fixture.screen.contains("Signal to cache-old"))
        fixture.press(.enter)
        #expect(fixture.asked() == [fixture.run("kill", "--signal=TERM", "cache")])
    }

    @Test func `names stand in what is said, of what is gone by then too`() {
        var fixture = Fixture(answers: false)
        fixture.select("cache")
        fixture.press(.character("s"))
        let id = fixture.id("cache")
        fixture.sweep { $0.replace("cache", renamed: nil) }
        fixture.feed(
            .ended(
                arguments: ["stop", id], status: 1, message: "there is no container “\(id)”: boxtop ps -a lists them"))
        #expect(fixture.statusLine == "there is no container “cache”: boxtop ps -a lists them")
    }

    @Test(arguments: [true, false])
    func `what is removed while it is stopped is called by its name at the end of both`(seesItGo: Bool) {
        var fixture = Fixture(answers: false)
        fixture.select("cache")
        fixture.press(.character("s"), .character("d"), .character("y"), .enter)
        let id = fixture.id("cache")
        #expect(fixture.asked() == [fixture.run("stop", "cache"), fixture.run("rm", "-f", "cache")])
        if seesItGo { fixture.sweep { $0.replace("cache", renamed: nil) } }
        fixture.feed(.ended(arguments: ["stop", id], status: 0, message: ""))
        #expect(fixture.statusLine == "stopped cache")
        if !seesItGo { fixture.sweep { $0.replace("cache", renamed: nil) } }
        fixture.feed(.ended(arguments: ["rm", "-f", id], status: 0, message: ""))
        #expect(fixture.statusLine == "removed cache")
    }

    @Test(arguments: [Key.character("d"), .character("s"), .character("e"), .function(9)])
    func `on a frozen screen nothing is done to what has come in the place of what is seen`(key: Key) {
        var fixture = Fixture(answers: false)
        fixture.select("cache")
        fixture.press(.character("Z"))
        fixture.sweep { $0.replace("cache", renamed: nil) }
        fixture.press(key)
        #expect(fixture.statusLine == "cache is gone: nothing was done")
        fixture.press(.character("y"), .enter)
        #expect(fixture.asked() == [])
        #expect(!fixture.lines[0].contains("frozen"))
    }

    @Test func `what is done on a frozen screen is done to what is, and that is shown`() {
        var fixture = Fixture(answers: false)
        fixture.select("worker")
        fixture.press(.character("Z"))
        fixture.sweep { snapshot in
            for index in snapshot.containers.indices where snapshot.containers[index].name == "worker" {
                snapshot.containers[index].status = .exited(Exit(code: 3, at: snapshot.clock))
            }
        }
        fixture.press(.character("p"))
        #expect(fixture.asked() == [])
        #expect(fixture.statusLine == "now: worker does not run; s starts it")
        #expect(fixture.lines.contains { $0.contains("worker  ") && $0.contains("exited 3") })
        fixture.press(.character("s"))
        #expect(fixture.asked() == [fixture.run("start", "worker")])
    }

    @Test func `a frozen log says so, and Z goes on there too`() {
        var fixture = Fixture(rows: 12, columns: 80, sweeps: 90)
        fixture.press(.character("Z"), .character("l"))
        #expect(fixture.lines[1].contains("frozen; Z goes on") && !fixture.lines[1].contains("following"))
        fixture.press(.character("Z"))
        #expect(fixture.lines[1].contains("following") && fixture.statusLine == "live again")
    }

    @Test func `what is marked and not seen is not acted on, and removing it says so`() {
        var fixture = Fixture(answers: false)
        for name in ["worker", "api"] {
            fixture.select(name)
            fixture.press(.character(" "))
        }
        fixture.press(.character("/"))
        fixture.type("cache")
        fixture.press(.enter)
        #expect(fixture.screen.contains("2 marked, 2 hidden by the filter"))
        for key in [Key.character("p"), .character("s"), .character("r"), .character("L"), .function(9)] {
            fixture.press(key)
            #expect(fixture.asked() == [])
            #expect(fixture.statusLine == "2 of the 2 marked are hidden by the filter; / and Esc show all")
        }
        fixture.press(.character("d"))
        #expect(fixture.screen.contains("2 of them are not listed now."))
        fixture.press(.escape, .character("/"), .escape, .character("p"))
        #expect(fixture.asked() == [fixture.run("pause", "worker", "api")])
    }

    @Test func `of many that are stopped, one that has ended is free for the next verb`() {
        var fixture = Fixture(answers: false)
        for name in ["web", "cache"] {
            fixture.select(name)
            fixture.press(.character(" "))
        }
        fixture.press(.character("s"), .escape)
        guard case .run(let stop) = fixture.asked().first else {
            Issue.record("nothing was stopped")
            return
        }
        func note(_ name: String) -> String { fixture.lines.first { $0.contains(" \(name)  ") } ?? "" }
        fixture.sweep { snapshot in
            for index in snapshot.containers.indices where snapshot.containers[index].name == "cache" {
                snapshot.containers[index].status = .exited(Exit(code: 0, at: snapshot.clock))
            }
        }
        #expect(note("web").contains("stopping …"))
        #expect(!note("cache").contains("stopping …") && note("cache").contains("exited 0"))
        fixture.select("cache")
        fixture.press(.character("s"))
        #expect(fixture.asked() == [fixture.run("start", "cache")])
        // The end of the first verb does not hide that the second one still runs.
        fixture.feed(.ended(arguments: stop, status: 0, message: ""))
        #expect(note("cache").contains("starting …") && !note("web").contains("stopping …"))
    }
}

extension Snapshot {
    /// `name` is another container's now; the one that had it is called `other`, or is gone.
    fileprivate mutating func replace(_ name: String, renamed other: String?) {
        guard let index = containers.firstIndex(where: { $0.name == name }) else { return }
        let old = containers[index]
        containers.append(
            ContainerReading(
                id: String(old.id.reversed()), name: name, image: old.image, command: old.command, created: clock,
                status: old.status))
        if let other { containers[index].name = other } else { containers.remove(at: index) }
    }
}
