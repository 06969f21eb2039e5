import Linux
import Testing

@testable import Builds

@Suite struct BuildPruneTests {
    /// The longest unused first: two of 4 bytes, one that a build has, one that an image has too.
    private let remains = [
        remain("a", 1, bytes: 4), remain("used", 2, bytes: 10, isInUse: true), remain("shared", 3, isShared: true),
        remain("b", 4, bytes: 4), remain("c", 5, bytes: 1),
    ]

    private static func remain(
        _ name: String, _ second: UInt64, bytes: Int64 = 100, isInUse: Bool = false, isShared: Bool = false
    ) -> BuildRemain {
        BuildRemain(
            what: .cache(name), used: Timestamp(nanoseconds: second * 1_000_000_000), bytes: bytes, isInUse: isInUse,
            isShared: isShared)
    }

    private func chosen(_ change: (inout BuildPrune) -> Void = { _ in }) -> String {
        var prune = BuildPrune()
        change(&prune)
        return prune.choice(of: remains, free: 50).map(\.name).joined(separator: " ")
    }

    @Test func `all goes that is not in use, what images have too when that is said`() {
        #expect(chosen() == "a b c")
        #expect(chosen { $0.all = true } == "a shared b c")
        #expect(chosen { $0.unusedSince = Timestamp(nanoseconds: 4_000_000_000) } == "a")
        #expect(chosen { $0.isMeant = { $0.name == "b" } } == "b")
    }

    @Test func `no more goes than makes the rest small enough, or the disk free enough`() {
        #expect(chosen { $0.maximum = 19 } == "" && chosen { $0.maximum = 18 } == "a")
        #expect(chosen { $0.maximum = 14 } == "a b" && chosen { $0.maximum = 0 } == "a b c")
        #expect(chosen { ($0.maximum, $0.all) = (15, true) } == "a")
        #expect(chosen { $0.reserved = 15 } == "a" && chosen { ($0.maximum, $0.reserved) = (0, 15) } == "a")
        #expect(chosen { $0.free = 50 } == "" && chosen { $0.free = 52 } == "a" && chosen { $0.free = 999 } == "a b c")
        #expect(chosen { ($0.free, $0.reserved) = (999, 11) } == "a b")
        #expect(chosen { ($0.maximum, $0.unusedSince) = (0, Timestamp(nanoseconds: 5_000_000_000)) } == "a b")
    }
}
