import Glibc
import Linux
import Testing

/// Histories of containers with a fault in every second step: processes killed at any moment, the power cut, the disk
/// full. After each, what was acknowledged is there, and what was not is absent or whole.
///
///     make test-faults                       ten minutes of them
///     make test-faults SEED=42 TIME=0        this one again
@Suite(
    .enabled(if: FaultPlace.obstacle == nil, Comment(rawValue: FaultPlace.obstacle ?? "")),
    .enabled(if: getenv("BOXTOP_FAULT_SECONDS") != nil, "histories by chance: make test-faults runs them"), .serialized)
struct FaultTests {
    @Test func `after any fault what was acknowledged is there, and what was not is absent or whole`() throws {
        let seconds = number("BOXTOP_FAULT_SECONDS") ?? 60
        let start = MonotonicTime.now
        var seed = number("BOXTOP_FAULT_SEED").map { UInt64($0) } ?? UInt64.random(in: 0..<1_000_000)
        var steps = 0
        repeat {
            var sequence = try FaultSequence(seed: seed)
            do { try sequence.run(length: 20) } catch {
                let history = sequence.history.joined(separator: "\n")
                Issue.record("BOXTOP_FAULT_SEED=\(seed): \(error)\n\(history)")
                return
            }
            steps += 20
            seed += 1
        } while MonotonicTime.now.seconds(since: start) < seconds
        print("faults: \(steps) steps, seeds up to \(seed - 1)")
    }

    private func number(_ name: String) -> Double? { getenv(name).flatMap { Double(String(cString: $0)) } }
}
