import Glibc
import Linux
import Monitoring
import Testing

@Suite struct ProcessTests {
    private static func add(
        _ pid: Int, parent: Int, inner: Int, name: String = "sh", command: String = "", ticks: Int = 0,
        to root: borrowing FixtureRoot
    ) throws {
        // Fields 3 to 24; utime and stime are 14 and 15, the start time is 22, resident pages 24.
        let stat = "\(pid) (\(name)) S \(parent) 1 1 0 -1 0 0 0 0 0 \(ticks) 0 0 0 20 0 1 0 \(pid * 10) 1000000 25 0\n"
        try root.write("proc/\(pid)/stat", stat)
        try root.write(
            "proc/\(pid)/status", "Name:\t\(name)\nUid:\t100033\t100033\t100033\t100033\nNSpid:\t\(pid)\t\(inner)\n")
        try root.write("proc/\(pid)/uid_map", "         0     100000      65536\n")
        try root.write("proc/\(pid)/cmdline", command)
    }

    private static func host() throws -> FixtureRoot {
        let root = try FixtureRoot()
        try root.write("proc/self/status", "NSpid:\t999\n")
        return root
    }

    @Test func `processes come as a tree, depth first, with their ids inside`() throws {
        let root = try Self.host()
        try Self.add(100, parent: 1, inner: 1, command: "nginx: master\0", to: root)
        try Self.add(130, parent: 100, inner: 12, command: "worker\0-n\u{0}2\0", to: root)
        try Self.add(120, parent: 100, inner: 7, to: root)
        try Self.add(125, parent: 120, inner: 9, name: "odd) (name", to: root)
        try Self.add(500, parent: 80, inner: 30, command: "sh\0-c\0a\nb\0", to: root)
        var sampler = ProcessSampler(root: root.path)
        let readings = sampler.sample([500, 130, 125, 120, 100, 666])
        #expect(readings.map(\.hostPid) == [100, 120, 125, 130, 500])
        #expect(readings.map(\.pid) == [1, 7, 9, 12, 30])
        #expect(readings.map(\.depth) == [0, 1, 2, 1, 0])
        #expect(readings.map(\.command) == ["nginx: master", "[sh]", "[odd) (name]", "worker -n 2", "sh -c a b"])
        #expect(readings.allSatisfy { $0.user == 33 && $0.cpu == nil && $0.state == "S" })
        #expect(readings[0].memory == 25 * UInt64(sysconf(Int32(_SC_PAGESIZE))))
    }

    @Test func `a process uses CPU since the last look, and a reused id is another process`() throws {
        let root = try Self.host()
        try Self.add(100, parent: 1, inner: 1, ticks: 100, to: root)
        var sampler = ProcessSampler(root: root.path)
        #expect(sampler.sample([100]).first?.cpu == nil)
        usleep(20_000)
        try Self.add(100, parent: 1, inner: 1, ticks: 200, to: root)
        let cpu = try #require(sampler.sample([100]).first?.cpu)
        // One second of CPU in at least 20 ms.
        #expect(cpu > 0 && cpu <= 50)
        try root.write("proc/100/stat", "100 (sh) R 1 1 1 0 -1 0 0 0 0 0 300 0 0 0 20 0 1 0 77777 1000000 25 0\n")
        #expect(sampler.sample([100]).first?.cpu == nil)
    }

    @Test(arguments: ["", "garbage", "100 sh S 1", "100 (sh) S 1 2 3", ")("])
    func `a process with garbage for a status is left out`(stat: String) throws {
        let root = try Self.host()
        try root.write("proc/100/stat", stat)
        var sampler = ProcessSampler(root: root.path)
        #expect(sampler.sample([100]) == [])
    }

    @Test func `this process is read from the real files`() throws {
        var sampler = ProcessSampler()
        let reading = try #require(sampler.sample([getpid()]).first)
        #expect(reading.hostPid == getpid())
        #expect(reading.user == getuid())
        #expect(reading.memory > 0)
        #expect(!reading.command.isEmpty)
    }
}
