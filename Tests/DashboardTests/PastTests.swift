import Cgroups
import Monitoring
import TerminalKit
import Testing

@testable import Dashboard

/// Going back in the history.
@Suite struct PastTests {
    @Test func `going back in time shows what was`() {
        var fixture = Fixture(sweeps: 30)
        let then = fixture.lines[4]
        for _ in 0..<10 { fixture.sweep() }
        fixture.press(.character("["), .character("["))
        #expect(fixture.lines[0].contains("10s ago"))
        #expect(fixture.lines[4].prefix(40) == then.prefix(40))
        fixture.sweep()
        #expect(fixture.lines[0].contains("11s ago"))
        fixture.press(.character("0"))
        #expect(!fixture.lines[0].contains("ago"))
    }

    @Test func `what is read between two ticks shows states and limits, and is no second of the history`() throws {
        var fixture = Fixture(sweeps: 30)
        let (depth, smooth) = (fixture.model.history.depth, fixture.model.history.smooth(.cpu, of: fixture.id("web")))
        for count in 1...8 {
            fixture.sweep { snapshot in
                snapshot.isSample = false
                for index in snapshot.containers.indices { snapshot.containers[index].limits.processes = UInt64(count) }
            }
        }
        #expect(fixture.limits["web"]?.processes == 8)
        #expect(fixture.model.history.depth == depth)
        #expect(fixture.model.history.smooth(.cpu, of: fixture.id("web")) == smooth)
        fixture.press(.character("["))
        fixture.sweep { $0.isSample = false }
        #expect(fixture.model.back == 5)
        fixture.sweep()
        #expect(fixture.model.back == 6 && fixture.model.history.depth == depth + 1)
    }

    @Test func `nothing of now is shown of a moment that is past, and what is done there is done now`() {
        var fixture = Fixture(sweeps: 30, answers: false)
        fixture.select("web")
        fixture.press(.character("s"))
        #expect(fixture.screen.contains("stopping …") && fixture.screen.contains("restart 9 in"))
        fixture.press(.character("["), .character("["))
        #expect(!fixture.screen.contains("stopping …") && !fixture.screen.contains("restart 9 in"))
        #expect(fixture.screen.contains("restarting now"))
        #expect(!fixture.lines[0].contains("6 running"))
        #expect(fixture.lines[1].hasPrefix(" now CPU"))
        _ = fixture.asked()
        fixture.select("cache")
        fixture.press(.character("s"))
        #expect(fixture.asked() == [fixture.run("stop", "cache")])
        #expect(fixture.statusLine == "now: stopping cache …")
        #expect(!fixture.lines[0].contains("ago"))
        fixture.press(.character("["), .character("d"))
        #expect(fixture.statusLine == "back to now, where it is done")
        fixture.press(.escape)
        fixture.select("mailer")
        fixture.press(.enter, .character("["))
        #expect(fixture.lines[0].contains("restarting now"))
    }

    @Test func `what was used under another limit is not held against the one of now`() {
        var fixture = Fixture(sweeps: 30)
        fixture.select("api")
        fixture.press(.character("L"), .character("0"), .character("."), .character("1"), .enter, .enter, .escape)
        for _ in 0..<6 { fixture.sweep() }
        fixture.press(.character("["), .character("["))
        #expect(fixture.lines.contains { $0.contains("api  ") && $0.contains("/core") && !$0.contains("of 0.1") })
        fixture.press(.enter)
        #expect(!fixture.screen.contains("of 0.1 cores"))
        fixture.press(.character("0"))
        #expect(fixture.screen.contains("100% of 0.1 cores"))
        // Before the change it was some 14 times as much: the graph shows that, and little since.
        let rows = fixture.lines[2...7].map { Array($0) }
        let columns = (2..<50).filter { column in
            rows.contains { column < $0.count && ("⠁"..."⣿").contains($0[column]) }
        }
        let heights = columns.map { column in rows.count { column < $0.count && ("⠁"..."⣿").contains($0[column]) } }
        #expect((heights.max() ?? 0) >= 5 && heights.last == 1)
    }

    @Test(arguments: ["", "+++", "---"])
    func `a step in time is as long as it is said to be, whatever the rate is by now`(rate: String) {
        var fixture = Fixture(sweeps: 90)
        fixture.type(rate + "[")
        #expect(fixture.lines[0].contains(" 5s ago"))
        fixture.type("{")
        #expect(fixture.lines[0].contains(" 1m05s ago"))
        fixture.type("]")
        #expect(fixture.lines[0].contains(" 1m00s ago"))
        fixture.type("{")
        #expect(fixture.lines[0].contains(" 1m29s ago") && fixture.statusLine == "the history begins here")
        fixture.type("}")
        #expect(fixture.lines[0].contains(" 29s ago"))
        fixture.type("}")
        #expect(!fixture.lines[0].contains("ago"))
    }
}
