import Containers
import Flags
import Testing

@Suite struct MemoryTests {
    @Test(
        arguments: [
            ("0", nil), ("-1", nil), ("unlimited", nil), ("512k", 524_288), ("512m", 536_870_912),
            ("1.5GiB", 1_610_612_736), ("1g", 1 << 30), ("1048577", 1_048_577), ("2TB", 2 << 40),
        ] as [(String, UInt64?)])
    func `a memory limit is a size, or none`(text: String, bytes: UInt64?) throws {
        #expect(try FlagValue("--memory", text).memory() == bytes)
    }

    @Test(arguments: ["12x", "", "-1g", "1e3", "nan", "inf", "1.2.3m", "٣m", "m", "0x10", "9999999999t", "1 2m"])
    func `a nonsense size is refused with an example`(text: String) {
        let sentence = "--memory: “\(text)” is not a size: a number, with k, m, g or t behind it (512m, 1.5g)"
        #expect(throws: FlagError(sentence)) { try FlagValue("--memory", text).memory() }
    }

    @Test(arguments: ["1", "100k", "524287"])
    func `a memory limit in which nothing can start is refused`(text: String) {
        let sentence = "--memory: “\(text)” is too little to start a program in: give at least 512k"
        #expect(throws: FlagError(sentence)) { try FlagValue("--memory", text).memory() }
    }
}
