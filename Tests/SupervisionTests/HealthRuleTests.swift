import Linux
import Records
import Testing

@testable import Supervision

@Suite struct HealthRuleTests {
    private func time(_ seconds: Double) -> MonotonicTime { MonotonicTime(nanoseconds: UInt64(seconds * 1e9)) }

    private var check: HealthCheck {
        var check = HealthCheck(command: ["true"])
        (check.interval, check.timeout, check.retries, check.startPeriod) = (10, 3, 2, 15)
        check.startInterval = 10
        return check
    }

    @Test func `the first check begins after an interval, and the next an interval after its end`() {
        var rule = HealthRule(check, now: time(100))
        #expect(rule.health == .starting)
        #expect(rule.deadline == time(110))
        rule.checkBegins(time(110))
        #expect(rule.deadline == time(113 + HealthRule.grace))
        rule.checkEnds(passed: true, time(111))
        #expect(rule.deadline == time(121))
        #expect(rule.health == .healthy)
    }

    @Test func `failures while it starts up do not count, later ones do`() {
        var rule = HealthRule(check, now: time(100))
        rule.checkEnds(passed: false, time(110))
        rule.checkEnds(passed: false, time(114))
        #expect(rule.health == .starting)
        rule.checkEnds(passed: false, time(120))
        #expect(rule.health == .starting)
        rule.checkEnds(passed: false, time(130))
        #expect(rule.health == .unhealthy)
        rule.checkEnds(passed: true, time(140))
        #expect(rule.health == .healthy)
    }

    @Test func `one failure between successes is forgiven`() {
        var rule = HealthRule(check, now: time(100))
        for passed in [true, false, true, false, true] { rule.checkEnds(passed: passed, time(200)) }
        #expect(rule.health == .healthy)
    }

    @Test func `a check that could not begin is not tried again at once, however short the interval`() {
        var check = check
        check.interval = 0.001
        var rule = HealthRule(check, now: time(100))
        rule.checkEnds(passed: false, began: false, time(200))
        #expect(rule.deadline == time(201))
        rule.checkEnds(passed: false, time(300))
        #expect(rule.deadline < time(300.01))
    }

    @Test(arguments: [(nil, 10.0, 5.0), (nil, 2, 2), (1, 10, 1), (20, 10, 20)] as [(Double?, Double, Double)])
    func `while it starts up it is checked more often, until a check has passed`(
        _ start: Double?, _ interval: Double, _ first: Double
    ) {
        var check = check
        (check.startInterval, check.interval) = (start, interval)
        var rule = HealthRule(check, now: time(100))
        #expect(rule.deadline == time(100 + first))
        rule.checkEnds(passed: false, time(106))
        #expect(rule.deadline == time(106 + first))
        rule.checkEnds(passed: true, time(107))
        #expect(rule.deadline == time(107 + interval))
        var late = HealthRule(check, now: time(100))
        late.checkEnds(passed: false, time(116))
        #expect(late.deadline == time(116 + interval))
    }

    @Test func `while it rests no check begins, and the next one comes an interval after the rest`() {
        var rule = HealthRule(check, now: time(100))
        rule.rest()
        #expect(rule.deadline > time(1e9))
        rule.putOff(time(500))
        #expect(rule.deadline == time(510))
    }
}
