import Flags
import Testing

@Suite struct SizeTests {
    @Test(
        arguments: [
            ("0", 0), ("1", 1), ("1b", 1), ("1k", 1024), ("512m", 536_870_912), ("512M", 536_870_912),
            ("512mb", 536_870_912), ("512MiB", 536_870_912), ("1g", 1 << 30), ("1.5GiB", 1_610_612_736),
            ("1.5 g", 1_610_612_736), (".5g", 1 << 29), ("2t", 2 << 40), ("1048577", 1_048_577),
            ("4611686018427387", 4_611_686_018_427_387),
        ] as [(String, UInt64)])
    func `a size is a number and a unit of 1024`(text: String, bytes: UInt64) throws {
        #expect(try Flag("--memory", text).size() == bytes)
    }

    @Test(
        arguments: [
            ("12x", "--memory 12x: not a size; write a number with b, k, m, g or t, as in --memory 512m"),
            ("", "--memory \"\": not a size; write a number with b, k, m, g or t, as in --memory 512m"),
            ("-1g", "--memory -1g: cannot be negative; write a number with b, k, m, g or t, as in --memory 512m"),
            ("1e3", "--memory 1e3: not a size; write a number with b, k, m, g or t, as in --memory 512m"),
            ("nan", "--memory nan: not a size; write a number with b, k, m, g or t, as in --memory 512m"),
            ("1.2.3m", "--memory 1.2.3m: not a size; write a number with b, k, m, g or t, as in --memory 512m"),
            ("٣m", "--memory ٣m: not a size; write a number with b, k, m, g or t, as in --memory 512m"),
            ("99999999999999999999", "--memory 99999999999999999999: too large; write it as in --memory 512m"),
            ("9999999999t", "--memory 9999999999t: too large; write it as in --memory 512m"),
        ])
    func `a nonsense size is refused with an example`(text: String, sentence: String) {
        #expect(throws: FlagError(sentence)) { try Flag("--memory", text).size() }
    }

    @Test(arguments: [("0", nil), ("-1", nil), ("512k", 524_288), ("1g", 1 << 30)] as [(String, UInt64?)])
    func `a memory limit can be lifted`(text: String, bytes: UInt64?) throws {
        #expect(try Flag("--memory", text).memory() == bytes)
    }

    @Test func `a memory limit in which nothing can start is refused`() {
        #expect(
            throws: FlagError("--memory 100k: too small; 524288 bytes is the least, as in --memory 512m")
        ) { try Flag("--memory", "100k").memory() }
    }

    @Test(
        arguments: [
            ("-1", 1 << 29, nil), ("512m", 1 << 29, 0), ("1g", 1 << 29, 1 << 29), ("0", 1 << 29, 1 << 29),
            ("-1", nil, nil),
        ] as [(String, UInt64?, UInt64?)])
    func `memory-swap is memory and swap together`(text: String, memory: UInt64?, swap: UInt64?) throws {
        #expect(try Flag("--memory-swap", text).swap(beside: memory) == swap)
    }

    @Test(
        arguments: [
            ("256m", 1 << 29, "is memory and swap together, so must be at least --memory, 536870912 bytes"),
            ("1g", nil, "needs --memory too: it is the sum of memory and swap"),
            ("lots", 1 << 29, "not a size; write a number with b, k, m, g or t, as in --memory-swap 1g"),
        ] as [(String, UInt64?, String)])
    func `a memory-swap that cannot be is refused`(text: String, memory: UInt64?, reason: String) {
        let flag = Flag("--memory-swap", text)
        #expect(throws: flag.refused(reason)) { try flag.swap(beside: memory) }
    }
}
