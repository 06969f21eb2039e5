import Records
import Testing

@testable import Supervision

@Suite struct RestartRuleTests {
    @Test(
        arguments: [
            (.no, 0, .end), (.no, 1, .end),
            (.onFailure(retries: nil), 0, .end), (.onFailure(retries: nil), 1, .restart(after: 0.1)),
            (.onFailure(retries: 0), 1, .end), (.onFailure(retries: 2), 137, .restart(after: 0.1)),
            (.always, 0, .restart(after: 0.1)), (.always, 255, .restart(after: 0.1)),
            (.unlessStopped, 0, .restart(after: 0.1)),
        ] as [(RestartPolicy, Int32, RestartRule.Decision)])
    func `each policy starts again what it should`(policy: RestartPolicy, code: Int32, decision: RestartRule.Decision) {
        var rule = RestartRule()
        #expect(rule.decide(policy, code: code, life: 1, stopped: false) == decision)
    }

    @Test(arguments: [RestartPolicy.no, .onFailure(retries: nil), .always, .unlessStopped])
    func `what a person has stopped stays stopped`(policy: RestartPolicy) {
        var rule = RestartRule()
        #expect(rule.decide(policy, code: 143, life: 1, stopped: true) == .end)
    }

    @Test func `the wait doubles up to a minute, and a good life makes it short again`() {
        var rule = RestartRule()
        let waits = (0..<12).map { _ in rule.decide(.always, code: 1, life: 0.5, stopped: false) }
        #expect(
            waits
                == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 51.2, 60, 60].map {
                    RestartRule.Decision.restart(after: $0)
                })
        #expect(rule.decide(.always, code: 1, life: 10, stopped: false) == .restart(after: 0.1))
        #expect(rule.decide(.always, code: 1, life: 9.9, stopped: false) == .restart(after: 0.2))
    }

    @Test func `failures are counted, and a good life in between does not make it begin anew`() {
        var rule = RestartRule()
        let policy = RestartPolicy.onFailure(retries: 2)
        #expect(rule.decide(policy, code: 1, life: 0, stopped: false) != .end)
        #expect(rule.decide(policy, code: 1, life: 20, stopped: false) == .restart(after: 0.1))
        #expect(rule.decide(policy, code: 1, life: 20, stopped: false) == .end)
    }

    @Test func `a container that fails for years does not run over`() {
        var rule = RestartRule()
        for _ in 0..<200 { _ = rule.decide(.always, code: 1, life: 0, stopped: false) }
        #expect(rule.decide(.always, code: 1, life: 0, stopped: false) == .restart(after: 60))
    }
}
