import Cgroups
import Dashboard
import Monitoring
import Records
import TerminalKit
import Testing

@Suite struct LimitsTests {
    private func opened(_ name: String, row: Int = 0, columns: Int = 160) -> Fixture {
        var fixture = Fixture(columns: columns)
        fixture.select(name)
        fixture.press(.character("L"))
        for _ in 0..<row { fixture.press(.down) }
        _ = fixture.asked()
        return fixture
    }

    /// The limits of the container whose change was asked for last, after that.
    private func applied(_ fixture: inout Fixture) -> Limits? {
        guard case .applyLimit(let id, _) = fixture.asked().last else { return nil }
        return fixture.model.snapshot?.containers.first { $0.id == id }?.limits
    }

    @Test func `an arrow changes CPU by a tenth, at once`() {
        var fixture = opened("web")
        fixture.press(.right)
        #expect(applied(&fixture)?.cpus == 1.1)
        #expect(fixture.statusLine == "web: CPU 1.0 → 1.1, kept for the next start")
        fixture.press(.left, .left)
        #expect(applied(&fixture)?.cpus == 0.9)
    }

    @Test(
        arguments: [
            (0, "1.5", "CPU 1.0 → 1.5"), (1, "200", "CPU weight 100 → 200"),
            (2, "0-2,5", "Cores all → 0-2,5"),
            (3, "1.5g", "Memory 512 MiB → 1536 MiB"), (4, "0", "Swap unlimited → 0"), (5, "128", "Processes 64 → 128"),
            (6, "10m", "Disk read unlimited → 10 MiB/s"), (7, "512k", "Disk write unlimited → 512 KiB/s"),
        ])
    func `digits type a value, with units`(row: Int, text: String, change: String) {
        var fixture = opened("web", row: row)
        fixture.type(text)
        #expect(fixture.asked() == [])
        fixture.press(.enter)
        #expect(fixture.statusLine == "web: \(change), kept for the next start")
    }

    @Test(
        arguments: [
            (0, "0", "\"0\" is not a number of cores: 0.5, 2"),
            (1, "99999", "a weight is a whole number from 1 to 10000"),
            (2, "0-9", "this machine has 0-7"), (2, "3-1", "cores are given as"),
            (3, "12x", "is not a size: 64m, 1.5g"),
            (3, "1k", "at least 1 MiB"), (5, "0", "is not a number of processes"), (6, "1", "at least 4 KiB"),
        ])
    func `nonsense is refused in words, and can be mended in place`(row: Int, text: String, sentence: String) {
        var fixture = opened("web", row: row)
        fixture.type(text)
        fixture.press(.enter)
        #expect(fixture.asked() == [])
        #expect(fixture.screen.contains(sentence))
        fixture.press(.escape)
        #expect(!fixture.screen.contains(sentence))
    }

    @Test func `memory goes in steps of its size, and every value is round`() {
        var fixture = opened("web", row: 3)
        var seen: [UInt64] = []
        for _ in 0..<12 {
            fixture.press(.right)
            seen.append((applied(&fixture)?.memory ?? 0) >> 20)
        }
        #expect(seen == [576, 640, 704, 768, 832, 896, 960, 1_024, 1_152, 1_280, 1_408, 1_536])
        for _ in 0..<12 { fixture.press(.left) }
        #expect(applied(&fixture)?.memory == 512 << 20)
    }

    @Test func `a limit below what is in use is warned about, and applied when the key comes again`() {
        var fixture = opened("worker", row: 3)
        fixture.type("300m")
        fixture.press(.enter)
        #expect(fixture.asked() == [])
        #expect(fixture.screen.contains("Press again to apply 300 MiB."))
        fixture.press(.enter)
        #expect(applied(&fixture)?.memory == 300 << 20)
        #expect(!fixture.screen.contains("Press again"))
    }

    @Test func `another row forgets what was warned about`() {
        var fixture = opened("worker", row: 3)
        fixture.type("300m")
        fixture.press(.enter, .down, .up, .enter)
        #expect(fixture.asked() == [])
        #expect(fixture.screen.contains("512 MiB"))
    }

    @Test func `m lifts a limit, u takes that back`() {
        var fixture = opened("web", row: 3)
        fixture.press(.character("m"))
        #expect(applied(&fixture)?.memory == .some(nil))
        #expect(fixture.screen.contains("121M/∞") || fixture.screen.contains("/∞"))
        fixture.press(.character("u"))
        #expect(applied(&fixture)?.memory == 512 << 20)
        fixture.press(.character("u"))
        #expect(fixture.asked() == [])
    }

    @Test func `what the kernel refuses is said, and the old value stands`() {
        var fixture = opened("cache", row: 3)
        fixture.type("5m")
        fixture.press(.enter, .enter)
        #expect(fixture.statusLine.contains("device or resource busy"))
        #expect(fixture.screen.contains("128 MiB"))
    }

    @Test func `usual values come round`() {
        var fixture = opened("web", row: 3)
        fixture.press(.tab)
        #expect(applied(&fixture)?.memory == 1 << 30)
    }

    @Test func `Esc goes back to where the panel was opened`() {
        var fixture = Fixture()
        fixture.select("web")
        fixture.press(.enter, .character("L"))
        #expect(fixture.screen.contains("Limits of web"))
        fixture.press(.escape)
        #expect(fixture.screen.contains("Time line"))
    }

    @Test(arguments: [0, 3])
    func `the panel can go on to the next container, and says where there is none`(row: Int) {
        var fixture = opened("worker", row: row)
        fixture.press(.character("."))
        #expect(fixture.screen.contains("Limits of api"))
        fixture.press(.character(","), .character("m"), .character(","), .character(","))
        #expect(fixture.statusLine == "there is no container above")
        #expect(fixture.screen.contains("Limits of worker"))
        // What can be taken back still can.
        fixture.press(.character("u"))
        #expect(fixture.statusLine.hasPrefix("worker: ") && fixture.statusLine.contains("unlimited → "))
    }

    @Test func `nothing is typed about a container that was removed`() {
        var fixture = opened("web")
        fixture.sweep { $0.containers.removeAll { $0.name == "web" } }
        fixture.press(.character("5"))
        #expect(fixture.statusLine == "web was removed; Esc goes back")
        fixture.press(.escape)
        #expect(!fixture.screen.contains("Limits of"))
    }

    @Test func `a key on a frozen screen changes its own limit alone, whatever somebody else has set`() throws {
        var fixture = Fixture()
        fixture.select("web")
        fixture.press(.character("Z"))
        try fixture.limit("web") { $0.processes = 77 }
        fixture.sweep()
        try fixture.limit("web") { $0.memory = 200 << 20 }
        fixture.press(.character("L"))
        #expect(fixture.limits["web"]?.processes == 77)
        fixture.press(.right)
        #expect(fixture.statusLine == "web: CPU 1.0 → 1.1, kept for the next start")
        #expect(fixture.limits["web"]?.memory == 200 << 20 && fixture.limits["web"]?.cpus == 1.1)
        try fixture.limit("web") { $0.memory = 300 << 20 }
        fixture.sweep()
        #expect(fixture.screen.contains("300 MiB") && fixture.screen.contains("frozen"))
    }

    @Test func `undo takes back the one change, and nothing of what somebody else has set since`() throws {
        var fixture = opened("web", row: 3)
        fixture.press(.character("m"))
        try fixture.limit("web") { ($0.cpus, $0.processes) = (1.5, 77) }
        fixture.press(.character("u"))
        #expect(fixture.statusLine == "web: Memory unlimited → 512 MiB, kept for the next start")
        let limits = fixture.limits["web"]
        #expect(limits?.memory == 512 << 20 && limits?.cpus == 1.5 && limits?.processes == 77)
    }

    @Test func `while a value waits for the second key, what somebody else sets is shown and kept`() throws {
        var fixture = opened("worker", row: 3)
        fixture.type("300m")
        fixture.press(.enter)
        try fixture.limit("worker") { ($0.cpus, $0.memory) = (3, 400 << 20) }
        fixture.sweep()
        #expect(fixture.screen.contains("Press again to apply 300 MiB."))
        #expect(fixture.lines.contains { $0.contains("CPU  ") && $0.contains("3.0") })
        fixture.press(.enter)
        #expect(fixture.statusLine == "worker: Memory 400 MiB → 300 MiB, kept for the next start")
        #expect(fixture.limits["worker"]?.cpus == 3)
    }

    @Test func `what waits for the second key is forgotten when somebody else has done it`() throws {
        var fixture = opened("worker", row: 3)
        fixture.type("300m")
        fixture.press(.enter)
        try fixture.limit("worker") { $0.memory = 300 << 20 }
        fixture.sweep()
        #expect(!fixture.screen.contains("Press again"))
        fixture.press(.enter)
        #expect(fixture.asked() == [])
    }

    @Test func `a rate of one kind is changed and taken back, those of other kinds and disks stay`() throws {
        var (read, other) = (DeviceRate(major: 8, minor: 16), DeviceRate(major: 8, minor: 0))
        (read.readBytes, read.writeOperations, other.writeBytes) = (1 << 20, 100, 5 << 20)
        var fixture = Fixture()
        try fixture.limit("web") { $0.devices = [read] }
        fixture.sweep()
        fixture.select("web")
        fixture.press(.character("L"))
        for _ in 0..<6 { fixture.press(.down) }
        fixture.type("10m")
        fixture.press(.enter)
        #expect(fixture.statusLine == "web: Disk read 1 MiB/s → 10 MiB/s, kept for the next start")
        try fixture.limit("web") { $0.devices.append(other) }
        fixture.press(.character("u"))
        #expect(fixture.limits["web"].map { Set($0.devices) } == [read, other])
    }

    @Test func `what was refused is not what undo takes back`() {
        var fixture = opened("cache", row: 3)
        fixture.press(.right)
        let raised = applied(&fixture)
        fixture.type("5m")
        fixture.press(.enter, .enter)
        #expect(fixture.statusLine.contains("device or resource busy") && fixture.limits["cache"] == raised)
        fixture.press(.character("u"))
        #expect(applied(&fixture)?.memory == 128 << 20)
    }

    @Test(arguments: [(36, 160), (36, 80), (24, 80), (18, 60)])
    func `why a limit was refused is seen to its end, however long the path before it`(rows: Int, columns: Int) {
        var fixture = Fixture(rows: rows, columns: columns)
        fixture.press(.character("L"))
        let id = String(repeating: "3dd1c1a4", count: 8)
        fixture.feed(
            .limitRefused(
                id: fixture.model.selected ?? "",
                "container web keeps its limits: cannot limit memory to 6 MiB: /sys/fs/cgroup/memory/boxtop/\(id)/"
                    + "memory.limit_in_bytes: device or resource busy"))
        let lines = fixture.lines
        #expect(lines[rows - 2].contains("device or resource busy") && !lines[rows - 2].contains(id))
        // Once more below the gauges, wherever its rows are broken.
        #expect(lines[..<(rows - 2)].joined().filter { $0 != " " }.contains("deviceorresourcebusy"))
    }

    @Test func `what does not run has no gauges, for which no kernel is blamed`() {
        var fixture = Fixture(rows: 40)
        func stop(_ snapshot: inout Snapshot) {
            for index in snapshot.containers.indices where snapshot.containers[index].name == "web" {
                let now = snapshot.clock
                snapshot.containers[index].status = .restarting(at: now, attempt: 2, last: Exit(code: 1, at: now))
                snapshot.containers[index].usage = Usage()
                snapshot.containers[index].cpu = nil
            }
        }
        fixture.select("web")
        fixture.press(.character("L"))
        fixture.sweep(stop)
        #expect(fixture.screen.contains("Limits of web") && !fixture.screen.contains("n/a"))
        fixture.press(.escape, .enter)
        fixture.sweep(stop)
        #expect(fixture.screen.contains("─ Pressure ─") && !fixture.screen.contains("n/a"))
    }

    @Test func `a limit of marked containers is set on all of them, and undone on all of them`() {
        var fixture = Fixture()
        for name in ["cache", "web"] {
            fixture.select(name)
            fixture.press(.character(" "))
        }
        fixture.press(.character("L"))
        #expect(fixture.screen.contains("and 1 more"))
        for _ in 0..<3 { fixture.press(.down) }
        let before = fixture.limits
        fixture.type("900m")
        fixture.press(.enter)
        #expect(fixture.limits["web"]?.memory == 900 << 20 && fixture.limits["cache"]?.memory == 900 << 20)
        #expect(fixture.limits["web"]?.cpus == before["web"]?.cpus)
        #expect(fixture.limits["worker"] == before["worker"])
        #expect(fixture.statusLine == "2 containers: Memory 900 MiB, kept for the next start")
        fixture.press(.character("u"))
        #expect(fixture.limits == before)
    }

    @Test func `a limit below what another marked one uses is warned about by its name`() {
        var fixture = Fixture()
        for name in ["worker", "web"] {
            fixture.select(name)
            fixture.press(.character(" "))
        }
        fixture.select("web")
        fixture.press(.character("L"), .down, .down, .down)
        _ = fixture.asked()
        fixture.type("300m")
        fixture.press(.enter)
        #expect(fixture.asked() == [])
        #expect(fixture.screen.contains("worker: below the"))
        fixture.press(.enter)
        #expect(fixture.limits["worker"]?.memory == 300 << 20)
    }
}
