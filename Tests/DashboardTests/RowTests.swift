import Cgroups
import Dashboard
import Linux
import Monitoring
import Records
import TerminalKit
import Testing

/// What stands in a row, and where the row stands.
@Suite struct RowTests {
    @Test(arguments: [("cpu", 2), ("memory", 3), ("net", 5), ("pressure", 7)])
    func `rows that look alike are ordered by name, and stay`(gauge: String, place: Int) {
        var fixture = Fixture(count: 25, sweeps: 0)
        /// Numbers that differ from row to row and from second to second by less than is shown.
        func idle(_ snapshot: inout Snapshot, _ second: Int) {
            for index in snapshot.containers.indices {
                let noise = Double((index * 7 + second * 13) % 10)
                snapshot.containers[index].limits.cpus = [nil, 4, 0.5][index % 3]
                snapshot.containers[index].cpu = noise * 0.0002
                snapshot.containers[index].usage.memory = UInt64(5 << 20) + UInt64(noise * 1_000)
                snapshot.containers[index].usage.inactiveFile = 0
                snapshot.containers[index].received = 3_000_000 + noise * 1_000
                snapshot.containers[index].sent = noise * 0.05
                for path in [\Usage.cpuPressure, \.memoryPressure, \.ioPressure] {
                    snapshot.containers[index].usage[keyPath: path]?.some.average10 = noise * 0.03
                }
            }
        }
        func names() -> [String] {
            fixture.model.rows.map { fixture.model.snapshot?.containers[$0] }
                .filter { $0?.status.running != nil }.map { $0?.name ?? "" }
        }
        for second in 0..<3 { fixture.sweep { idle(&$0, second) } }
        fixture.press(.character("o"), .home)
        for _ in 0..<place { fixture.press(.down) }
        fixture.press(.enter)
        let order = names()
        #expect(order.prefix(3) == ["api", "app-9", "app-10"])
        for second in 3..<28 {
            fixture.sweep { idle(&$0, second) }
            #expect(names() == order)
        }
    }

    @Test(arguments: [(160, 36), (120, 30), (80, 24), (60, 16)])
    func `why a container does not run is read whole, over gauges that are empty`(columns: Int, rows: Int) {
        var fixture = Fixture(rows: rows, columns: columns)
        let heading = fixture.lines.first { $0.contains("NAME") }
        #expect(fixture.lines.contains { $0.hasPrefix(" ○  old ") && $0.hasSuffix(" exited 137, out of memory, 2m") })
        #expect(fixture.lines.contains { $0.hasPrefix(" ◐  mailer ") && $0.hasSuffix("s  exited 1") })
        fixture.sweep { snapshot in
            for index in snapshot.containers.indices where snapshot.containers[index].name == "mailer" {
                guard case .restarting(let at, _, _) = snapshot.containers[index].status else { continue }
                let exit = Exit(code: 137, outOfMemory: true, at: snapshot.clock)
                snapshot.containers[index].status = .restarting(at: at, attempt: 22, last: exit)
            }
        }
        #expect(fixture.lines.contains { $0.hasPrefix(" ◐  mailer ") && $0.hasSuffix("  exited 137, out of memory") })
        #expect(fixture.lines.first { $0.contains("NAME") } == heading)
    }

    @Test func `names that end in numbers are told apart at any width`() {
        var fixture = Fixture(rows: 20, columns: 160)
        fixture.sweep { snapshot in
            snapshot.containers[0].name = "myproject-backend-worker-1"
            snapshot.containers[1].name = "myproject-backend-worker-2"
        }
        #expect(fixture.lines.contains { $0.contains("…kend-worker-1 ") })
        #expect(fixture.lines.contains { $0.contains("…kend-worker-2 ") })
        fixture.feed(.resize(rows: 20, columns: 60))
        let cut = fixture.lines.filter { $0.contains("mypro") }
        #expect(cut.count == 2 && Set(cut.map { $0.prefix(24) }).count == 2, "\(cut)")
    }
}
