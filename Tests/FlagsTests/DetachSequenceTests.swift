import Flags
import Testing

@Suite struct DetachSequenceTests {
    @Test(
        arguments: [
            ([[97, 98]], [97, 98], false), ([[16, 17]], [], true), ([[97, 16], [17]], [97], true),
            ([[16, 97]], [16, 97], false), ([[16], [16], [17]], [16], true), ([[16, 16, 97]], [16, 16, 97], false),
            ([[97, 16, 17, 98]], [97], true), ([[16]], [], false), ([[], [17, 16]], [17], false),
        ] as [([[UInt8]], [UInt8], Bool)])
    func `what may be the keys to detach is held back until it is known`(
        typed: [[UInt8]], passed: [UInt8], isDetached: Bool
    ) {
        var sequence = DetachSequence([16, 17])
        let outcomes = typed.map { sequence.take($0) }
        #expect(outcomes.flatMap(\.passed) == passed)
        #expect(outcomes.last?.isDetached == isDetached)
    }

    @Test func `keys that begin as they go on are found after a false start`() {
        var sequence = DetachSequence([1, 1, 2])
        #expect(sequence.take([1, 1, 1, 2]) == .init(passed: [1], isDetached: true))
    }

    @Test func `without keys all is passed on`() {
        var sequence = DetachSequence([])
        #expect(sequence.take([16, 17]) == .init(passed: [16, 17], isDetached: false))
    }
}
