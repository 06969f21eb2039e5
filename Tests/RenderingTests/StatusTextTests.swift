import Linux
import Records
import Rendering
import Testing

private let now = Timestamp(nanoseconds: 2_000_000_000_000_000_000)

private func ago(_ seconds: Double) -> Timestamp { Timestamp(nanoseconds: now.nanoseconds - UInt64(seconds * 1e9)) }

private let running = Running(process: ProcessIdentity(pid: 12, startTime: 1), started: ago(10_800))

@Suite struct StatusTextTests {
    @Test(
        arguments: [
            (.created, nil, "Created"), (.running(running), nil, "Up 3 hours"),
            (.running(running), .healthy, "Up 3 hours (healthy)"),
            (.running(running), .unhealthy, "Up 3 hours (unhealthy)"),
            (.running(running), .starting, "Up 3 hours (health: starting)"),
            (.paused(running), nil, "Up 3 hours (Paused)"),
            (.exited(Exit(code: 0, at: ago(30))), nil, "Exited (0) 30 seconds ago"),
            (
                .exited(Exit(code: 137, outOfMemory: true, at: ago(120))), nil,
                "Exited (137) 2 minutes ago (out of memory)"
            ),
            (
                .restarting(at: now, attempt: 2, last: Exit(code: 1, at: ago(1))), nil, "Restarting (1) 1 second ago"
            ),
            (.removing, nil, "Removing"),
        ] as [(Status, Health?, String)])
    func `a status is in docker's words`(status: Status, health: Health?, sentence: String) {
        #expect(status.sentence(health: health, now: now) == sentence)
    }

    @Test func `a container that has lost its supervisor says so`() {
        let status = Status.running(running)
        #expect(status.sentence(health: nil, unsupervised: true, now: now) == "Up 3 hours (unsupervised)")
    }
}
