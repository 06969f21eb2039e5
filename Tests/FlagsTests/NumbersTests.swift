import Flags
import Testing

@Suite struct NumbersTests {
    @Test(arguments: [("1.5", 1.5), ("2", 2), (".5", 0.5), ("0.01", 0.01), ("0", nil)] as [(String, Double?)])
    func `cores may be a fraction, and 0 lifts the limit`(text: String, cpus: Double?) throws {
        #expect(try FlagValue("--cpus", text).cpus() == cpus)
    }

    @Test(arguments: ["", "-1", "two", "1,5", "inf", "nan", "1e3", "0x2", "0.001", "200000"])
    func `a nonsense number of cores is refused`(text: String) {
        #expect(throws: FlagError.self) { try FlagValue("--cpus", text).cpus() }
    }

    @Test(
        arguments: [
            ("1024", 100), ("512", 50), ("2", 1), ("262144", 10_000), ("2048", 200), ("0", nil),
        ] as [(String, UInt64?)])
    func `shares of 1024 are a weight of 100`(text: String, weight: UInt64?) throws {
        #expect(try FlagValue("--cpu-shares", text).cpuShares() == weight)
    }

    @Test(arguments: ["1", "-5", "262145", "many", "1.5"])
    func `shares beyond the kernel's are refused`(text: String) {
        #expect(throws: FlagError.self) { try FlagValue("--cpu-shares", text).cpuShares() }
    }

    @Test(arguments: ["0", "0-2", "0-2,5", "1,3,7-9"])
    func `a list of cores is kept as it is`(text: String) throws {
        #expect(try FlagValue("--cpuset-cpus", text).cores() == text)
    }

    @Test(arguments: ["", "a", "2-1", "0,,1", "-1", "0-", "1-2-3", "+1"])
    func `a nonsense list of cores is refused`(text: String) {
        let flag = FlagValue("--cpuset-cpus", text)
        #expect(throws: flag.refused("is not a list of cores: write numbers and ranges, as in 0-2,5")) {
            try flag.cores()
        }
    }

    @Test(arguments: [("100", 100), ("-1", nil), ("0", nil)] as [(String, UInt64?)])
    func `a limit of processes can be lifted`(text: String, processes: UInt64?) throws {
        #expect(try FlagValue("--pids-limit", text).processes() == processes)
    }

    @Test(arguments: ["-2", "many", "1.5", "9999999999"])
    func `a nonsense limit of processes is refused`(text: String) {
        #expect(throws: FlagError.self) { try FlagValue("--pids-limit", text).processes() }
    }
}
