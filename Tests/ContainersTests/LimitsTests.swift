import Cgroups
import Testing

@testable import Containers

@Suite struct LimitsTests {
    static func limits(_ change: (inout Limits) -> Void) -> Limits {
        var limits = Limits()
        change(&limits)
        return limits
    }

    @Test(arguments: [
        limits { $0.cpus = 0.01 }, limits { $0.cpus = 4 }, limits { $0.memory = 512 << 10 },
        limits { $0.cores = "0-2,3" },
        limits { ($0.memory, $0.swap) = (1 << 30, 0) }, limits { $0.processes = 1 }, limits { $0.cpuWeight = 10_000 },
    ])
    func `limits that the kernel can keep are taken`(_ limits: Limits) throws {
        try LimitsCheck.check(limits, hostCores: 4)
    }

    @Test(arguments: [
        limits { $0.cpus = 0 }, limits { $0.cpus = -1 }, limits { $0.cpus = 4.5 }, limits { $0.cpus = .nan },
        limits { $0.memory = 4_096 }, limits { $0.swap = 0 }, limits { $0.processes = 0 }, limits { $0.cpuWeight = 0 },
        limits { $0.cpuWeight = 10_001 }, limits { $0.cores = "" }, limits { $0.cores = "4" },
        limits { $0.cores = "2-1" },
        limits { $0.cores = "0,,1" }, limits { $0.cores = "a" }, limits { $0.cores = "0-1-2" },
        limits { $0.cores = "-1" },
    ])
    func `limits of nonsense are refused`(_ limits: Limits) {
        #expect(throws: ContainerError.self) { try LimitsCheck.check(limits, hostCores: 4) }
    }

    @Test func `the sentence names what is possible`() {
        #expect {
            try LimitsCheck.check(Self.limits { $0.cpus = 9 }, hostCores: 2)
        } throws: { "\($0)".contains("0.01 to 2") }
    }

    @Test func `an update changes what it names and keeps the rest`() throws {
        let before = Self.limits { ($0.cpus, $0.memory, $0.swap, $0.processes) = (1, 1 << 30, 0, 10) }
        var update = ContainerUpdate()
        update.cpus = .set(2)
        update.processes = .lift
        let after = try update.applied(to: before)
        #expect(after == Self.limits { ($0.cpus, $0.memory, $0.swap) = (2, 1 << 30, 0) })
    }

    @Test func `lifting the limit of memory lifts that of swap`() throws {
        var update = ContainerUpdate()
        update.memory = .lift
        #expect(try update.applied(to: Self.limits { ($0.memory, $0.swap) = (1 << 30, 0) }) == Limits())
    }

    @Test func `limits are told in a sentence`() {
        #expect(LimitsText.describe(Limits()) == "no limits")
        #expect(
            LimitsText.describe(Self.limits { ($0.cpus, $0.memory) = (1.5, 1 << 28) }) == "cpus 1.5, memory 256 MiB")
    }

    @Test func `a device that is none is refused`() {
        #expect(throws: ContainerError.self) { try BlockDevice.number("/dev/null") }
        #expect(throws: ContainerError.self) { try BlockDevice.number("/dev/no-such-disk") }
    }
}
