import JSON
import Linux

/// What the last health checks of a container were, the oldest first: `health.json` beside its live state.
package struct HealthLog: Hashable, Sendable, Codable {
    /// So many checks are kept.
    package static let longest = 5
    /// Of what a check has written, so many bytes at the end.
    package static let longestOutput = 4 << 10

    /// Failures in a row, but for those while it starts up.
    package var failingStreak = 0
    package private(set) var checks: [Check] = []

    package struct Check: Hashable, Sendable, Codable {
        package var start: Timestamp
        package var end: Timestamp
        /// −1 where it has none: it took too long, or could not begin.
        package var exitCode: Int32
        /// The end of what it has written, or why there is nothing.
        package var output: String

        package init(start: Timestamp, end: Timestamp, exitCode: Int32, output: String) {
            (self.start, self.end, self.exitCode, self.output) = (start, end, exitCode, output)
        }
    }

    package init() {}

    package mutating func add(_ check: Check) { checks = checks.suffix(Self.longest - 1) + [check] }
}

extension HealthLog {
    /// The JSON of it, by hand as the others: a supervisor writes it at each check.
    fileprivate var text: [UInt8] {
        JSONText.object { text in
            text.number("failingStreak", Int64(failingStreak))
            text.objects("checks", checks) { text, check in
                text.string("start", check.start.description)
                text.string("end", check.end.description)
                text.number("exitCode", check.exitCode)
                text.string("output", check.output)
            }
        }
    }
}

extension StateFiles {
    /// The last health checks of container `id`; `nil` where none has ended in this boot.
    package func healthLog(of id: String) -> HealthLog? {
        guard let bytes = try? Files.read(place(of: id).healthLog(id), limit: 1 << 20) else { return nil }
        return try? JSON.decode(HealthLog.self, from: bytes)
    }

    /// As the live state: whole or not at all, not flushed.
    package func write(_ log: HealthLog, of id: String) throws(SystemCallError) {
        try Files.replace(layout.healthLog(id), with: log.text, durable: false)
    }
}
