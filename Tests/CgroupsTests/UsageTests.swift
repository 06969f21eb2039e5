import Cgroups
import Linux
import Testing

@Suite struct UsageTests {
    @Test(arguments: FixtureTree.Kind.allCases)
    func `every gauge is read on every kind of host`(kind: FixtureTree.Kind) throws {
        let fixture = try FixtureTree(kind)
        let usage = UsageReader.once(try fixture.group())
        #expect(usage.cpu == 1_500_000_000)
        #expect(usage.periods == 20)
        #expect(usage.throttledPeriods == 5)
        #expect(usage.throttled == 123_456_000)
        #expect(usage.memory == 8_388_608)
        #expect(usage.inactiveFile == 2_097_152)
        #expect(usage.memoryInUse == 6_291_456)
        #expect(usage.pageCache == 3_145_728 && usage.memoryOfPrograms == 5_242_880)
        #expect(usage.memoryPeak == 9_437_184)
        #expect(usage.swap == 4096)
        #expect(usage.oomKills == 1)
        #expect(usage.processes == 7)
        #expect(usage.readBytes == 1001)
        #expect(usage.writeBytes == 2002)
        #expect(usage.readOperations == 13)
        #expect(usage.writeOperations == 24)
        let some = Pressure.Line(average10: 1.25, average60: 0.5, average300: 0.1, total: 4200)
        let full = Pressure.Line(average10: 0.25, average60: 0.05, average300: 0.01, total: 1200)
        for pressure in [usage.cpuPressure, usage.memoryPressure, usage.ioPressure] {
            #expect(pressure == (kind == .legacy ? nil : Pressure(some: some, full: full)))
        }
    }

    @Test(arguments: [FixtureTree.Kind.unified, .legacy])
    func `huge pages are counted by their size`(kind: FixtureTree.Kind) throws {
        let fixture = try FixtureTree(kind)
        #expect(try fixture.group().hugePages().isEmpty)
        let isUnified = kind == .unified
        if !isUnified {
            let mounts = Files.text("\(fixture.root)/proc/self/mountinfo") ?? ""
            fixture.write(
                "/proc/self/mountinfo", mounts + "90 1 0:90 / /sys/fs/cgroup/hugetlb rw - cgroup cgroup rw,hugetlb\n")
        }
        let folder = "/sys/fs/cgroup\(isUnified ? "" : "/hugetlb")/boxtop/one/hugetlb."
        let now = isUnified ? "current" : "usage_in_bytes"
        for (name, text) in [("2MB.\(now)", "4096\n"), ("1GB.\(now)", "0\n"), ("2MB.rsvd.\(now)", "1\n")] {
            fixture.write(folder + name, text)
        }
        fixture.write("\(folder)2MB.\(isUnified ? "events" : "failcnt")", isUnified ? "max 3\n" : "3\n")
        if !isUnified { fixture.write("\(folder)2MB.max_usage_in_bytes", "8192\n") }
        let pages = try fixture.group().hugePages()
        #expect(pages.map(\.size) == ["1GB", "2MB"] && pages.map(\.usage) == [0, 4096])
        #expect(pages.last?.peak == (isUnified ? nil : 8192) && pages.last?.failures == 3)
    }

    @Test func `a gauge that was not asked for keeps its value`() throws {
        let fixture = try FixtureTree(.unified)
        let buffer = ReadBuffer()
        var reader = UsageReader(try fixture.group())
        reader.read(.everything, with: buffer)
        fixture.write("/sys/fs/cgroup/boxtop/one/pids.current", "9\n")
        reader.lookAgain()
        reader.read([.cpu], with: buffer)
        #expect(reader.usage.processes == 7)
        reader.read([.processes], with: buffer)
        #expect(reader.usage.processes == 9)
    }

    @Test func `a file that is not there yet is found when looked for again`() throws {
        let fixture = try FixtureTree(.unified)
        let group = try Cgroup("/boxtop/two", in: fixture.hierarchy())
        let buffer = ReadBuffer()
        var reader = UsageReader(group)
        reader.read(.quick, with: buffer)
        #expect(reader.usage == Usage())
        fixture.write("/sys/fs/cgroup/boxtop/two/pids.current", "3\n")
        reader.read(.quick, with: buffer)
        #expect(reader.usage.processes == nil)
        reader.lookAgain()
        reader.read(.quick, with: buffer)
        #expect(reader.usage.processes == 3)
    }

    @Test(arguments: ["", "\n", "max\n", "-1\n", "garbage", "99999999999999999999999\n", "some avg10=\n", "\u{0}"])
    func `a file with garbage in it is a gauge without data`(text: String) throws {
        let fixture = try FixtureTree(.unified)
        let folder = "/sys/fs/cgroup/boxtop/one"
        for file in [
            "cpu.stat", "memory.current", "memory.stat", "memory.peak", "memory.events", "memory.swap.current",
            "pids.current", "io.stat", "cpu.pressure", "memory.pressure", "io.pressure",
        ] {
            fixture.write("\(folder)/\(file)", text)
        }
        var usage = UsageReader.once(try fixture.group())
        // No line about any disk: nothing was read or written.
        #expect([usage.readBytes, usage.writeBytes, usage.readOperations, usage.writeOperations] == [0, 0, 0, 0])
        (usage.readBytes, usage.writeBytes, usage.readOperations, usage.writeOperations) = (nil, nil, nil, nil)
        #expect(usage == Usage())
    }

    @Test func `pressure without a line for all tasks is understood`() throws {
        let fixture = try FixtureTree(.unified)
        fixture.write("/sys/fs/cgroup/boxtop/one/cpu.pressure", "some avg10=12.34 avg60=0.00 avg300=100.00 total=7")
        let pressure = UsageReader.once(try fixture.group()).cpuPressure
        #expect(pressure == Pressure(some: .init(average10: 12.34, average60: 0, average300: 100, total: 7)))
    }
}
