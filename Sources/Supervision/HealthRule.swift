import Linux
import Records

/// What a container's health checks say, one after another.
struct HealthRule: Hashable, Sendable {
    let check: HealthCheck
    private let started: MonotonicTime
    private(set) var health = Health.starting
    /// Failures in a row.
    private(set) var failures = 0
    /// When the next check begins, or the one that runs has taken too long.
    private(set) var deadline: MonotonicTime

    init(_ check: HealthCheck, now: MonotonicTime) {
        self.check = check
        started = now
        deadline = now + check.interval
    }

    mutating func checkBegins(_ now: MonotonicTime) { deadline = now + check.timeout }

    /// - Parameter began: one that could not even begin is tried again after a second at the earliest.
    mutating func checkEnds(passed: Bool, began: Bool = true, _ now: MonotonicTime) {
        deadline = now + (began ? check.interval : max(1, check.interval))
        if passed {
            failures = 0
            health = .healthy
            return
        }
        // While it starts up, failures are to be expected.
        if health == .starting && now.seconds(since: started) < check.startPeriod { return }
        failures += 1
        if failures >= max(check.retries, 1) { health = .unhealthy }
    }
}

extension MonotonicTime {
    /// This and `seconds` later; for ever, where they are too many to count.
    static func + (time: MonotonicTime, seconds: Double) -> MonotonicTime {
        MonotonicTime(nanoseconds: time.nanoseconds &+ UInt64(max(0, min(seconds, 1e9)) * 1e9))
    }
}
