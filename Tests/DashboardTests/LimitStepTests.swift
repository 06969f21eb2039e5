import Cgroups
import Dashboard
import Monitoring
import TerminalKit
import Testing

/// What the arrows do to each limit of the panel, from where there is none and from where there is one.
@Suite struct LimitStepTests {
    /// The values of row `row` of the container `web` as it is stepped through `keys`: an arrow each.
    private func steps(row: Int, _ keys: [Key]) -> [String] {
        var fixture = Fixture(columns: 160)
        fixture.select("web")
        fixture.press(.character("L"))
        for _ in 0..<row { fixture.press(.down) }
        return keys.map { key in
            fixture.press(key)
            // "web: CPU 1.0 → 1.1, kept for the next start"
            let line = fixture.statusLine
            guard let arrow = line.firstRange(of: " → ") else { return line }
            return String(line[arrow.upperBound...].prefix { $0 != "," })
        }
    }

    @Test(
        arguments: [
            (1, [.right, .right, .left, .left, .left], ["104", "112", "104", "96", "88"]),
            (2, [.left, .left, .right, .right], ["0-6", "0-5", "0-6", "all"]),
            (4, [.left, .left, .right, .right], ["64 MiB", "60 MiB", "64 MiB", "72 MiB"]),
            (5, [.left, .right, .right], ["60", "64", "72"]),
            (6, [.left, .left, .right], ["16 MiB/s", "14 MiB/s", "16 MiB/s"]),
            (7, [.left, .left, .right], ["16 MiB/s", "14 MiB/s", "16 MiB/s"]),
            (8, [.left, .left, .right], ["16 MiB/s", "14 MiB/s", "16 MiB/s"]),
            (9, [.left, .left, .right], ["16 MiB/s", "14 MiB/s", "16 MiB/s"]),
        ] as [(Int, [Key], [String])])
    func `less and more go in round steps`(row: Int, keys: [Key], values: [String]) {
        #expect(steps(row: row, keys) == values)
    }

    @Test func `less ends where a container could do nothing more, and more where the limit would mean nothing`() {
        #expect(steps(row: 2, Array(repeating: .left, count: 9)).suffix(3) == ["0", "0", "0"])
        #expect(steps(row: 4, Array(repeating: .left, count: 40)).last == "0")
        #expect(steps(row: 0, Array(repeating: .left, count: 12)).last == "0.1")
        #expect(steps(row: 6, Array(repeating: .left, count: 80)).last == "64 KiB/s")
        #expect(steps(row: 1, Array(repeating: .right, count: 60)).last == "10000")
        #expect(steps(row: 0, Array(repeating: .right, count: 72)).last == "unlimited")
        #expect(steps(row: 3, Array(repeating: .right, count: 120)).last == "unlimited")
    }

    @Test func `page cache is told beside what programs hold, and can be taken without a warning`() {
        var fixture = Fixture()
        fixture.sweep { snapshot in
            for index in snapshot.containers.indices where snapshot.containers[index].name == "web" {
                snapshot.containers[index].limits.memory = 512 << 20
                snapshot.containers[index].usage.memory = 121 << 20
                snapshot.containers[index].usage.inactiveFile = 0
                snapshot.containers[index].usage.activeFile = 100 << 20
            }
        }
        fixture.select("web")
        fixture.press(.character("L"), .down, .down, .down)
        #expect(fixture.screen.contains("21 MiB programs, 100 MiB cache"))
        fixture.type("32m")
        fixture.press(.enter)
        #expect(fixture.statusLine == "web: Memory 512 MiB → 32 MiB, kept for the next start")
    }
}
