import Cgroups
import Linux
import Monitoring
import Testing

@Suite struct HostSamplerTests {
    private static func stat(user: Int, idle: Int, wait: Int = 0, stolen: Int = 0) -> String {
        """
        cpu  \(user) 0 0 \(idle) \(wait) 0 0 \(stolen) 0 0
        cpu0 1 2 3 4 5 6 7 8 9 10
        cpu1 1 2 3 4 5 6 7 8 9 10
        cpu3 1 2 3 4 5 6 7 8 9 10
        intr 1 2 3
        ctxt 4

        """
    }

    @Test func `the machine's gauges are read, and cores in use from the second look on`() throws {
        let root = try FixtureRoot()
        try root.write("proc/stat", Self.stat(user: 1000, idle: 5000))
        try root.write("proc/meminfo", "MemTotal:       32823868 kB\nMemFree:  100 kB\nMemAvailable:   20000000 kB\n")
        try root.write("proc/sys/kernel/hostname", "web-01\n")
        try root.write("proc/pressure/cpu", "some avg10=1.20 avg60=0.00 avg300=0.00 total=9\n")
        let buffer = ReadBuffer()
        var sampler = HostSampler(hierarchy: "cgroup v2", root: root.path)
        let first = sampler.sample(with: buffer)
        #expect(first.name == "web-01")
        #expect(first.hierarchy == "cgroup v2")
        #expect(first.cores == 3)
        #expect(first.cpu == nil)
        #expect(first.memory == 32_823_868 << 10)
        #expect(first.memoryInUse == 12_823_868 << 10)
        #expect(first.cpuPressure?.some.average10 == 1.2)
        #expect(first.ioPressure == nil)
        // Of 400 ticks 100 were used; idle, waiting for disks, and taken by a hypervisor are not use.
        try root.write("proc/stat", Self.stat(user: 1100, idle: 5100, wait: 100, stolen: 100))
        #expect(sampler.sample(with: buffer).cpu == 0.75)
    }

    @Test(arguments: ["", "garbage", "cpu  1 2\n", "cpu  99999999999999999999999 1 2 3 4\n"])
    func `a machine that says nothing has no gauges`(text: String) throws {
        let root = try FixtureRoot()
        try root.write("proc/stat", text)
        try root.write("proc/meminfo", text)
        let buffer = ReadBuffer()
        var sampler = HostSampler(hierarchy: "no cgroups", root: root.path)
        _ = sampler.sample(with: buffer)
        let reading = sampler.sample(with: buffer)
        #expect(reading.cpu == nil)
        #expect(reading.memory == nil)
        #expect(reading.memoryInUse == nil)
    }

    @Test func `whole disks with something on them are listed`() throws {
        let root = try FixtureRoot()
        for (name, size, device) in [
            ("sda", "100", "8:0"), ("loop0", "9", "7:0"), ("vdb", "0", "254:16"), ("nvme0n1", "5", "259:0"),
        ] {
            try root.write("sys/block/\(name)/size", "\(size)\n")
            try root.write("sys/block/\(name)/dev", "\(device)\n")
        }
        let expected = [Disk(name: "nvme0n1", major: 259, minor: 0), Disk(name: "sda", major: 8, minor: 0)]
        #expect(Disk.all(root: root.path) == expected)
    }

    @Test func `this machine has cores and memory`() {
        var sampler = HostSampler(hierarchy: "")
        let reading = sampler.sample(with: ReadBuffer())
        #expect(reading.cores > 0)
        #expect(reading.memory ?? 0 > reading.memoryInUse ?? 0)
    }
}
