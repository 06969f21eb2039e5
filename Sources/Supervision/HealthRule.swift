import Linux
import Records

/// What a container's health checks say, one after another.
struct HealthRule: Hashable, Sendable {
    let check: HealthCheck
    private let started: MonotonicTime
    private(set) var health = Health.starting
    /// Failures in a row.
    private(set) var failures = 0
    /// When the next check begins, or the one that runs has not even said that it has taken too long.
    private(set) var deadline: MonotonicTime

    /// A check that has taken too long is ended and gets so many seconds to say so.
    static let grace = 5.0

    init(_ check: HealthCheck, now: MonotonicTime) {
        self.check = check
        started = now
        deadline = now
        deadline = now + interval(now)
    }

    mutating func checkBegins(_ now: MonotonicTime) { deadline = now + check.timeout + Self.grace }

    /// No more checks until `putOff`.
    mutating func rest() { deadline = MonotonicTime(nanoseconds: .max) }

    /// No check now: the next one after an interval.
    mutating func putOff(_ now: MonotonicTime) { deadline = now + interval(now) }

    /// - Parameter began: one that could not even begin is tried again after a second at the earliest.
    mutating func checkEnds(passed: Bool, began: Bool = true, _ now: MonotonicTime) {
        count(passed: passed, now)
        deadline = now + (began ? interval(now) : max(1, interval(now)))
    }

    private mutating func count(passed: Bool, _ now: MonotonicTime) {
        if passed {
            failures = 0
            health = .healthy
            return
        }
        // While it starts up, failures are to be expected.
        if isStarting(now) { return }
        failures += 1
        if failures >= max(check.retries, 1) { health = .unhealthy }
    }

    private func isStarting(_ now: MonotonicTime) -> Bool {
        health == .starting && now.seconds(since: started) < check.startPeriod
    }

    private func interval(_ now: MonotonicTime) -> Double {
        isStarting(now) ? check.startInterval ?? min(5, check.interval) : check.interval
    }
}

extension MonotonicTime {
    /// This and `seconds` later; for ever, where they are too many to count.
    static func + (time: MonotonicTime, seconds: Double) -> MonotonicTime {
        MonotonicTime(nanoseconds: time.nanoseconds &+ UInt64(max(0, min(seconds, 1e9)) * 1e9))
    }
}
