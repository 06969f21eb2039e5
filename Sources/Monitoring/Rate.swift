import Linux

/// How fast a counter grows: what it grew by, over the time that was measured between the two looks at it.
package struct Rate: Hashable, Sendable {
    /// A second, between the last two looks. `nil` before the second look, and where the counter has gone backwards
    /// (its container was started again) or is not there.
    package private(set) var value: Double?
    private var last: Look?

    private struct Look: Hashable {
        var counter: UInt64
        var time: MonotonicTime
    }

    package init() {}

    /// Takes in what `counter` was at `time`.
    package mutating func update(_ counter: UInt64?, at time: MonotonicTime) {
        guard let counter else {
            (last, value) = (nil, nil)
            return
        }
        // Two looks at the same moment say nothing; the next one will.
        if let last, time <= last.time { return }
        value = last.flatMap {
            counter < $0.counter ? nil : Double(counter - $0.counter) / time.seconds(since: $0.time)
        }
        last = Look(counter: counter, time: time)
    }
}

/// Which share of one counter's growth is another one's: of the periods since the last look, those with throttling.
package struct Share: Sendable {
    /// 0…1. `nil` before the second look, while the whole does not grow, and where a counter has gone backwards.
    package private(set) var value: Double?
    private var last: (part: UInt64, whole: UInt64)?

    package init() {}

    package mutating func update(_ part: UInt64?, of whole: UInt64?) {
        guard let part, let whole else {
            (last, value) = (nil, nil)
            return
        }
        if let last, part >= last.part, whole > last.whole {
            value = min(1, Double(part - last.part) / Double(whole - last.whole))
        } else {
            value = nil
        }
        last = (part, whole)
    }
}
