import Linux
import Monitoring

/// The last ten minutes of every gauge of every container, at one sample a second.
struct History: Sendable {
    static let capacity = 600

    /// How many samples were ever taken; the newest has the number `count − 1`.
    private(set) var count = 0
    private var rings: [String: Ring] = [:]
    private var clocks: [Timestamp] = []

    /// How far back one can go, in samples before the newest.
    var depth: Int { max(0, min(count, Self.capacity) - 1) }

    mutating func append(_ snapshot: borrowing Snapshot) {
        if clocks.count < Self.capacity {
            clocks.append(snapshot.clock)
        } else {
            clocks[count % Self.capacity] = snapshot.clock
        }
        for index in snapshot.containers.indices {
            rings[snapshot.containers[index].id, default: Ring(start: count)]
                .append(snapshot.containers[index], number: count)
        }
        count += 1
        if rings.count > snapshot.containers.count {
            let newest = count
            rings = rings.filter { $0.value.end == newest }
        }
    }

    /// When the sample `back` before the newest was taken.
    func clock(back: Int) -> Timestamp? {
        guard back >= 0, back <= depth, count > 0 else { return nil }
        return clocks[(count - 1 - back) % Self.capacity]
    }

    /// How far back the nearest sample lies that was taken at least `seconds` before the one at `back`, or after it where
    /// they are negative; `nil` where there is none.
    func back(_ seconds: Double, from back: Int) -> Int? {
        guard let from = clock(back: back) else { return nil }
        // A sample is never taken quite when it was due.
        let least = abs(seconds) - 0.1
        let further = seconds < 0 ? Array((0..<back).reversed()) : Array((back..<depth).map { $0 + 1 })
        return further.first { place in
            guard let then = clock(back: place) else { return false }
            return (seconds < 0 ? then.seconds(since: from) : from.seconds(since: then)) >= least
        }
    }

    /// The last `length` values of a gauge up to `back` samples before the newest, oldest first.
    func values(_ series: Series, of id: String, last length: Int, back: Int = 0) -> [Float?] {
        guard let ring = rings[id] else { return [] }
        let end = count - back
        return (max(end - length, count - Self.capacity, 0)..<max(end, 0)).map { ring[$0, series] }
    }

    func value(_ series: Series, of id: String, back: Int) -> Float? { rings[id]?[count - 1 - back, series] }

    /// A gauge smoothed over some five seconds: what lists are sorted by, so that rows stay where they are.
    func smooth(_ series: Series, of id: String) -> Double { Double(rings[id]?.smooth[series.rawValue] ?? 0) }
}

/// One container's samples, in the order taken; the oldest are written over.
private struct Ring: Sendable {
    private static let width = Series.allCases.count

    let start: Int
    /// The number after its newest sample.
    private(set) var end: Int
    private(set) var smooth = [Float](repeating: 0, count: Self.width)
    private var samples: [Sample] = []

    init(start: Int) {
        self.start = start
        end = start
    }

    mutating func append(_ reading: borrowing ContainerReading, number: Int) {
        // A sweep that missed it leaves a hole, not a shift.
        while end < number { append { _ in nil } }
        let known = end > start
        append { series in series.value(in: reading) }
        for series in Series.allCases {
            let value = Float(series.value(in: reading) ?? 0)
            smooth[series.rawValue] = known ? smooth[series.rawValue] * 0.7 + value * 0.3 : value
        }
    }

    private mutating func append(_ value: (Series) -> Double?) {
        let place = end % History.capacity * Self.width
        if samples.count < History.capacity * Self.width, place >= samples.count {
            // Starts in the middle of the circle when the container is younger than the first sample.
            samples.append(contentsOf: repeatElement(.absent, count: place - samples.count))
            for series in Series.allCases { samples.append(Sample(value(series))) }
        } else {
            for series in Series.allCases { samples[place + series.rawValue] = Sample(value(series)) }
        }
        end += 1
    }

    subscript(number: Int, series: Series) -> Float? {
        guard number >= max(start, end - History.capacity), number < end else { return nil }
        let place = number % History.capacity * Self.width + series.rawValue
        return place < samples.count ? samples[place].value : nil
    }
}
