import Fuzzing
import Glibc
import Linux
import Testing

/// The kept inputs of the fuzzers, and small changes to each: what a fuzzer once found stays found.
@Suite struct CorpusTests {
    @Test(arguments: FuzzTarget.allCases)
    func `every parser survives the kept inputs, cut short, doubled and changed`(target: FuzzTarget) throws {
        let folder = "\(Self.corpus)/\(target.rawValue)"
        let names = try Files.names(in: folder).sorted()
        #expect(!names.isEmpty)
        for name in names {
            let input = try Files.read("\(folder)/\(name)")
            target.take(input)
            // The seed is the input's own, so that a failure here is the same on every machine.
            var changes = Mutation(
                seed: input.reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 })
            for _ in 0..<20 { target.take(changes.changed(input)) }
        }
    }

    @Test(arguments: FuzzTarget.allCases)
    func `every parser survives nothing, zeros and noise`(target: FuzzTarget) {
        target.take([])
        target.take([UInt8](repeating: 0, count: 4_096))
        var noise = Mutation(seed: 6)
        for length in [1, 17, 300, 5_000] { target.take(noise.bytes(length)) }
    }

    private static let corpus: String = {
        let parts = #filePath.split(separator: "/").dropLast(2)
        return "/\(parts.joined(separator: "/"))/Fixtures/fuzz"
    }()
}

/// Changes bytes as a fuzzer does, the same way for the same seed.
private struct Mutation: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }

    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next() >> 8) } }

    mutating func changed(_ input: [UInt8]) -> [UInt8] {
        guard !input.isEmpty else { return bytes(8) }
        var result = input
        for _ in 0...Int.random(in: 0..<3, using: &self) {
            let place = Int.random(in: 0..<max(1, result.count), using: &self)
            switch Int.random(in: 0..<6, using: &self) {
            case 0: if !result.isEmpty { result[place] ^= 1 << UInt8.random(in: 0..<8, using: &self) }
            case 1: result = Array(result.prefix(place))
            case 2: result.insert(contentsOf: bytes(Int.random(in: 1..<9, using: &self)), at: min(place, result.count))
            case 3: result.removeSubrange(place..<min(result.count, place + 4))
            case 4: result += input.suffix(place)
            default: if !result.isEmpty { result[place] = [0, 0x7F, 0x80, 0xFF].randomElement(using: &self) ?? 0 }
            }
        }
        return result
    }
}
