/// Finds the keys that detach in what is typed, and holds back what may be their beginning.
///
///     var sequence = DetachSequence([16, 17])    // ctrl-p, ctrl-q
///     sequence.take([97, 16])                     // passes 97; 16 is held back
///     sequence.take([17])                         // detaches
package struct DetachSequence: Sendable {
    package struct Outcome: Hashable, Sendable {
        /// What goes on to the program.
        package var passed: [UInt8]
        package var isDetached: Bool

        package init(passed: [UInt8], isDetached: Bool) {
            self.passed = passed
            self.isDetached = isDetached
        }
    }

    private let keys: [UInt8]
    private var matched = 0

    /// - Parameter keys: as they are typed; empty: nothing detaches.
    package init(_ keys: [UInt8]) { self.keys = keys }

    package mutating func take(_ typed: some Sequence<UInt8>) -> Outcome {
        guard !keys.isEmpty else { return Outcome(passed: Array(typed), isDetached: false) }
        var passed: [UInt8] = []
        for key in typed {
            // What was held back turns out to be typing; its end may be the beginning of another try.
            while matched > 0 && keys[matched] != key {
                let held = Array(keys[..<matched])
                matched = (0..<matched).last { $0 == 0 || held.suffix($0).elementsEqual(keys[..<$0]) } ?? 0
                passed += held.prefix(held.count - matched)
            }
            if keys[matched] == key {
                matched += 1
                if matched == keys.count {
                    matched = 0
                    return Outcome(passed: passed, isDetached: true)
                }
            } else {
                passed.append(key)
            }
        }
        return Outcome(passed: passed, isDetached: false)
    }
}
