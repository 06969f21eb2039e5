import Glibc
import Linux

/// Inputs made by small changes to kept ones.
package enum Fuzzing {
    private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// Files of the folder Corpus beside a test, by the folder that they are in.
    package static func corpus(beside file: String) -> [String: [[UInt8]]] {
        let folder = "\(file[..<(file.lastIndex(of: "/") ?? file.endIndex)])/Corpus"
        var found: [String: [[UInt8]]] = [:]
        for name in (try? Files.names(in: folder)) ?? [] {
            for file in ((try? Files.names(in: "\(folder)/\(name)")) ?? []).sorted() {
                if let bytes = try? Files.read("\(folder)/\(name)/\(file)") { found[name, default: []].append(bytes) }
            }
        }
        return found
    }

    /// Gives `body` the seeds, then changed ones, as long as there is time.
    package static func run(_ name: String, seeds: [[UInt8]], _ body: ([UInt8]) -> Void) {
        let seconds = variable("BOXTOP_FUZZ_SECONDS").flatMap(Double.init) ?? 0.3
        var generator = Generator(state: variable("BOXTOP_FUZZ_SEED").flatMap { UInt64($0) } ?? 0x0B07)
        var pool = seeds + [[]]
        for seed in seeds { body(seed) }
        let start = MonotonicTime.now
        var count = 0
        while MonotonicTime.now.seconds(since: start) < seconds {
            for _ in 0..<16 {
                var input = pool[Int(generator.next() % UInt64(pool.count))]
                for _ in 0...(generator.next() % 6) { change(&input, pool, &generator) }
                body(input)
                count += 1
                // Some go on, so that changes add up.
                if generator.next() % 32 == 0, input.count < 65_536 {
                    if pool.count < 256 { pool.append(input) } else { pool[Int(generator.next() % 256)] = input }
                }
            }
        }
        if seconds >= 1 { print("fuzz \(name): \(count) inputs") }
    }

    private static func change(_ bytes: inout [UInt8], _ pool: [[UInt8]], _ generator: inout Generator) {
        let place = bytes.isEmpty ? 0 : Int(generator.next() % UInt64(bytes.count))
        let odd: [UInt8] = [0, 0xFF, 0x7F, 0x80, 10, 32, 34, 36, 39, 46, 47, 58, 64, 92, 123, 125]
        switch generator.next() % 8 {
        case 0 where !bytes.isEmpty: bytes[place] ^= 1 << UInt8(generator.next() % 8)
        case 1 where !bytes.isEmpty: bytes[place] = odd[Int(generator.next() % UInt64(odd.count))]
        case 2: bytes.insert(odd[Int(generator.next() % UInt64(odd.count))], at: place)
        case 3 where !bytes.isEmpty: bytes.removeSubrange(place..<min(bytes.count, place + Int(generator.next() % 9)))
        case 4 where !bytes.isEmpty:
            let part = bytes[place..<min(bytes.count, place + Int(generator.next() % 64))]
            bytes.insert(contentsOf: part, at: Int(generator.next() % UInt64(bytes.count)))
        case 5: bytes.removeLast(min(bytes.count, Int(generator.next() % 64)))
        case 6 where bytes.count >= 8:
            // A number at its ends: sizes and offsets.
            let value: UInt64 = [0, 1, UInt64(UInt32.max), UInt64(Int64.max), .max, 1 << 31][Int(generator.next() % 6)]
            let width = generator.next() % 2 == 0 ? 4 : 8
            for index in 0..<width where place + index < bytes.count {
                bytes[place + index] = UInt8(truncatingIfNeeded: value >> UInt64(index * 8))
            }
        default:
            let other = pool[Int(generator.next() % UInt64(pool.count))]
            if !other.isEmpty { bytes += other.suffix(Int(generator.next() % UInt64(other.count + 1))) }
        }
    }

    /// xorshift64*: the same seed, the same inputs.
    private struct Generator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state ^= state >> 12
            state ^= state << 25
            state ^= state >> 27
            return state &* 0x2545_F491_4F6C_DD1D
        }
    }
}
