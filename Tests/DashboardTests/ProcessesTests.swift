import Dashboard
import Monitoring
import TerminalKit
import Testing

/// The processes in the details: their order, the cursor among them, and signals to one.
@Suite struct ProcessesTests {
    private static func opened(rows: Int = 40, answers: Bool = true) -> Fixture {
        var fixture = Fixture(rows: rows, columns: 160, answers: answers)
        fixture.select("worker")
        fixture.press(.enter)
        _ = fixture.asked()
        return fixture
    }

    /// The ids that are listed, from above.
    private func pids(_ fixture: Fixture) -> [String] {
        guard let first = fixture.lines.firstIndex(where: { $0.contains("PID ") }) else { return [] }
        return fixture.lines[(first + 1)...].prefix { !$0.hasPrefix("╰") }.compactMap { line in
            line.dropFirst().split(separator: "│").first?.split(separator: " ").map(String.init)
                .first { Int($0) != nil }
        }
    }

    @Test func `they are a tree at first, and sorted by what is chosen`() {
        var fixture = Self.opened()
        #expect(pids(fixture) == ["1", "14", "15", "22", "23"])
        fixture.press(.character("o"))
        #expect(fixture.screen.contains("Sort processes by"))
        fixture.press(.down, .down, .enter)
        #expect(fixture.statusLine == "processes sorted by CPU")
        #expect(pids(fixture) == ["14", "15", "23", "1", "22"] && !fixture.screen.contains("└ "))
        fixture.press(.function(6), .end, .enter)
        #expect(fixture.statusLine == "processes sorted by memory")
        #expect(pids(fixture) == ["14", "15", "1", "23", "22"])
        // It holds for the next container, too.
        fixture.press(.escape, .down, .enter)
        #expect(pids(fixture).prefix(2) == ["14", "15"])
    }

    @Test(arguments: [100, 106, 113, 160])
    func `processor time and memory are seen wherever all panes are`(columns: Int) throws {
        var fixture = Fixture(rows: 40, columns: columns)
        fixture.select("worker")
        fixture.press(.enter)
        #expect(fixture.lines.contains { $0.contains(#/│ PID +COMMAND +CPU +MEM │/#) })
        #expect(fixture.lines.contains { $0.contains(#/│ ├ 14 +jobs.* 100.0% +[0-9]+M │/#) }, "\(fixture.screen)")
    }

    @Test func `a click on a heading sorts by it`() throws {
        var fixture = Self.opened()
        try fixture.click(" MEM │")
        #expect(fixture.statusLine == "processes sorted by memory")
        try fixture.click("PID ")
        #expect(fixture.statusLine == "processes sorted by pid" && pids(fixture) == ["1", "14", "15", "22", "23"])
        try fixture.click("COMMAND")
        #expect(fixture.statusLine == "processes sorted by tree")
    }

    @Test func `a signal is the container's until a process is chosen, then that one's, which the menu names`() throws {
        var fixture = Self.opened()
        fixture.press(.function(9))
        #expect(fixture.screen.contains("─ Signal to worker ─"))
        fixture.press(.escape, .end, .function(9))
        #expect(fixture.screen.contains("─ Signal to tar -c /data (23) in worker ─"))
        fixture.press(.escape)
        try fixture.click("sh -c backup")
        fixture.press(.character("K"))
        #expect(fixture.screen.contains("─ Signal to sh -c backup (22) in worker ─"))
        fixture.press(.down, .enter)
        #expect(fixture.statusLine == "sent KILL to sh -c backup (22)")
        fixture.sweep()
        #expect(pids(fixture) == ["1", "14", "15", "23"])
        fixture.press(.function(9))
        #expect(fixture.statusLine == "sh -c backup (22) has ended; Esc leaves it")
        fixture.press(.escape, .function(9))
        #expect(fixture.screen.contains("─ Signal to worker ─"))
    }

    @Test func `the cursor stays on its process in any order, and the signal is for that one`() {
        var fixture = Self.opened(answers: false)
        fixture.press(.down, .down)
        fixture.press(.character("o"), .down, .down, .enter, .function(9), .enter)
        guard case .signal(let id, let process, let name) = fixture.asked().last else {
            Issue.record("nothing was sent: \(fixture.statusLine)")
            return
        }
        #expect(id == fixture.id("worker") && process.pid == 14 && process.hostPid == 4_014 && name == "TERM")
    }

    @Test func `what ends between the choice and the signal is told, and nothing else gets it`() {
        var fixture = Self.opened(answers: false)
        fixture.press(.end, .function(9), .enter)
        guard case .signal(_, let process, let name) = fixture.asked().last else { return }
        fixture.feed(.signalled(process, name: name, refusal: "it has ended, so nothing was sent"))
        #expect(fixture.statusLine == "tar -c /data (23): it has ended, so nothing was sent")
    }

    @Test func `the menu of signals says what they do to one process, and closes when that has ended`() {
        var fixture = Self.opened(answers: false)
        fixture.press(.character("K"))
        #expect(fixture.screen.contains("STOP   stops its first process"))
        fixture.press(.escape, .end, .character("K"))
        #expect(fixture.screen.contains("STOP   stops it "))
        let id = fixture.id("worker")
        fixture.feed(.details(ContainerDetails(id: id, processes: [], events: [], particulars: [])))
        #expect(!fixture.screen.contains("Signal to") && fixture.statusLine == "tar -c /data (23) has ended")
    }

    @Test func `the footer offers to sort while processes have the keys, and a signal once one has the cursor`() {
        var fixture = Self.opened()
        #expect(fixture.screen.contains("o sort") && !fixture.screen.contains("F9 signal"))
        fixture.press(.down)
        #expect(fixture.lines[39].hasPrefix(" F9 signal ") && fixture.lines[39].contains("o sort"))
        fixture.press(.tab)
        #expect(!fixture.screen.contains("o sort") && !fixture.screen.contains("F9 signal"))
    }

    @Test func `the wheel scrolls the processes and chooses none, and a chosen one stays in sight`() {
        var fixture = Fixture(rows: 8, columns: 40)
        fixture.select("worker")
        fixture.press(.enter)
        fixture.feed(.input(.wheel(1, row: 4, column: 5)))
        #expect(fixture.lines[4].contains("tar -c"))
        fixture.press(.function(9))
        #expect(fixture.screen.contains("─ Signal to worker ─"))
        fixture.press(.escape, .down)
        fixture.feed(.input(.wheel(-1, row: 4, column: 5)))
        #expect(fixture.lines[2].contains("/usr/bin") && fixture.lines[4].contains("15"))
        fixture.press(.up, .up)
        fixture.feed(.input(.wheel(1, row: 4, column: 5)))
        #expect(fixture.lines[2].contains("/usr/bin"))
    }

    @Test func `on a low screen the cursor scrolls, and another pane takes it away`() {
        var fixture = Fixture(rows: 8, columns: 40)
        fixture.select("worker")
        fixture.press(.enter, .end)
        #expect(fixture.lines[4].contains("tar -c"))
        fixture.press(.up, .up)
        #expect(fixture.lines[4].contains("tar -c"))
        fixture.press(.up)
        #expect(fixture.lines[2].contains("14") && !fixture.screen.contains("tar -c"))
        fixture.press(.tab, .function(9))
        #expect(fixture.screen.contains("Signal to worker"))
    }
}
