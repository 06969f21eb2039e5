import Cgroups
import Glibc
import Linux
import Records
import Testing

/// Health checks against all that may come between.
@Suite(
    .serialized,
    .enabled(if: SupervisorPlace.obstacle == nil, Comment(rawValue: SupervisorPlace.obstacle ?? "")))
struct SupervisorHealthTests {
    private let place: SupervisorPlace

    init() throws { place = try SupervisorPlace() }

    /// Starts a container with a health check.
    private func start(
        _ command: String, interval: Double = 0.05, timeout: Double = 5, retries: Int = 2
    ) throws -> String {
        let id = try place.make("exec sleep 100") {
            var check = HealthCheck(command: ["/bin/sh", "-c", command])
            (check.interval, check.timeout, check.retries) = (interval, timeout, retries)
            $0.health = check
        }
        guard case .started = try place.supervise(id) else { throw ControlError.refused("not started") }
        return id
    }

    private func checks(of id: String) -> [HealthLog.Check] { place.files.healthLog(of: id)?.checks ?? [] }

    /// What the supervisor answers within a while; `nil` where it doesn't.
    private func answer(_ id: String, _ request: ControlRequest, within seconds: Double = 10) throws -> ControlReply? {
        let client = try place.client(id)
        try client.send(request)
        var wait = pollfd(fd: client.descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&wait, 1, Int32(seconds * 1_000)) > 0 ? try client.reply() : nil
    }

    private func group(of id: String) throws -> Cgroup { try Cgroup(place.layout.cgroup(id), in: .discover()) }

    @Test func `no check is begun in a paused container, which goes on and is checked again`() throws {
        let id = try start("true")
        #expect(place.state(of: id) { $0.health == .healthy }.health == .healthy)
        #expect(try answer(id, .pause) == .done)
        let before = checks(of: id).last?.start
        usleep(500_000)
        #expect(checks(of: id).last?.start == before)
        #expect(try answer(id, .unpause) == .done)
        _ = place.state(of: id) { _ in checks(of: id).last?.start != before }
        #expect(checks(of: id).last?.start != before)
        #expect(checks(of: id).allSatisfy { $0.exitCode == 0 })
        #expect(try answer(id, .kill(signal: SIGKILL)) == .done)
    }

    @Test func `a group that somebody else freezes is not checked, and its supervisor answers`() throws {
        let id = try start("true", timeout: 0.2)
        #expect(place.state(of: id) { $0.health == .healthy }.health == .healthy)
        try group(of: id).freeze()
        // Longer than a check may take.
        usleep(1_000_000)
        #expect(try answer(id, .reload) == .done)
        try group(of: id).thaw()
        let thawed = Timestamp.now
        _ = place.state(of: id) { _ in checks(of: id).last.map { $0.start > thawed } ?? false }
        #expect(checks(of: id).last.map { $0.start > thawed } == true)
        #expect(checks(of: id).allSatisfy { $0.exitCode == 0 })
        #expect(place.files.state(of: id).health == .healthy)
        #expect(try answer(id, .kill(signal: SIGKILL)) == .done)
    }

    @Test(arguments: [true, false])
    func `a check that the freeze catches keeps nobody waiting and counts for nothing`(_ isOwn: Bool) throws {
        let id = try start("sleep 0.3; exit 1", interval: 0.01, timeout: 0.6, retries: 1_000)
        usleep(150_000)
        if isOwn { #expect(try answer(id, .pause) == .done) } else { try group(of: id).freeze() }
        usleep(1_000_000)
        #expect(try answer(id, .reload) == .done)
        #expect(checks(of: id).allSatisfy { $0.exitCode == 1 })
        if isOwn { #expect(try answer(id, .unpause) == .done) } else { try group(of: id).thaw() }
        guard case .exited? = try answer(id, .stop(signal: SIGTERM, timeout: 0)) else {
            Issue.record("it does not end")
            return
        }
        #expect(place.groupsLeft(of: id) == [])
    }

    @Test func `freezes at any moment of a check never keep the supervisor from answering`() throws {
        let id = try start("true", interval: 0.001)
        for turn in 0..<40 {
            #expect(try answer(id, .pause) == .done)
            usleep(useconds_t(turn * 100))
            #expect(try answer(id, .unpause) == .done)
            // Another moment each time.
            usleep(useconds_t(turn * 300))
        }
        #expect(place.state(of: id) { $0.health == .healthy }.health == .healthy)
        #expect(try answer(id, .kill(signal: SIGKILL)) == .done)
        #expect(place.exit(of: id)?.code == 137)
    }

    @Test func `who has it stand still for a moment may be killed in it, and it goes on`() throws {
        let id = try start("true")
        do {
            let client = try place.client(id)
            #expect(try client.ask(.hold) == .done)
            guard case .paused = place.files.state(of: id).status else {
                Issue.record("it runs")
                return
            }
            #expect(try client.ask(.hold) == .refused("the container is paused already"))
        }
        let state = place.state(of: id) { if case .running = $0.status { true } else { false } }
        guard case .running = state.status else {
            Issue.record("it stands still for ever")
            return
        }
        #expect(try answer(id, .kill(signal: SIGKILL)) == .done)
    }

    @Test func `a pause that somebody asks for while it is held is not lifted with the hold`() throws {
        let id = try start("true")
        for asks in [true, false] {
            do {
                let client = try place.client(id)
                #expect(try client.ask(.hold) == .done)
                #expect(try answer(id, .unpause) == .done)
                #expect(try answer(id, .pause) == .done)
                if asks { #expect(try client.ask(.release) == .done) }
            }
            // Those who have gone are seen to have gone in the round after.
            #expect(try answer(id, .resize(rows: 1, columns: 1)) != .done)
            usleep(100_000)
            guard case .paused = place.files.state(of: id).status else {
                Issue.record("it runs")
                return
            }
            #expect(try answer(id, .unpause) == .done)
        }
        let client = try place.client(id)
        #expect(try client.ask(.hold) == .done)
        #expect(try client.ask(.release) == .done)
        guard case .running = place.files.state(of: id).status else {
            Issue.record("it stands still")
            return
        }
        #expect(try answer(id, .kill(signal: SIGKILL)) == .done)
    }

    @Test func `the last five checks are kept with what they wrote last, and the event says why`() throws {
        let id = try start("seq 2000; echo no; exit 3")
        #expect(place.state(of: id) { $0.health == .unhealthy }.health == .unhealthy)
        _ = place.state(of: id) { _ in place.files.healthLog(of: id)?.failingStreak ?? 0 > 6 }
        let log = try #require(place.files.healthLog(of: id))
        #expect(log.checks.count == 5 && log.failingStreak > 6)
        for check in log.checks {
            #expect(check.exitCode == 3 && check.end > check.start)
            #expect(check.output.utf8.count == 4 << 10 && check.output.hasSuffix("\n2000\nno\n"))
        }
        let events = EventLog(place.layout).last(20, of: id).filter { $0.kind == .health }
        #expect(events.map(\.detail) == ["unhealthy, exit code 3"])
        #expect(try answer(id, .kill(signal: SIGKILL)) == .done)
        #expect(place.exit(of: id)?.code == 137)
        #expect(place.files.healthLog(of: id)?.checks.count == 5)
    }

    @Test func `a check that takes too long is ended, and what it wrote is kept`() throws {
        let id = try start("echo begun; sleep 100; true", timeout: 0.2, retries: 1)
        #expect(place.state(of: id) { $0.health == .unhealthy }.health == .unhealthy)
        let check = try #require(checks(of: id).first)
        #expect(check.exitCode == -1 && check.output == "it took longer than 0.2 s: begun\n")
        #expect(EventLog(place.layout).last(1, of: id).first?.detail == "unhealthy, timed out")
        // Its command does not go on, nor what that has started: only those of the check that runs now are there.
        usleep(700_000)
        #expect(try group(of: id).processes().count <= 3)
        #expect(try answer(id, .kill(signal: SIGKILL)) == .done)
    }

    @Test func `a supervisor that is killed while it checks is replaced at once`() throws {
        let id = try start("sleep 100")
        usleep(300_000)
        let supervisor = try #require(place.files.written(for: id)?.supervisor)
        kill(supervisor.pid, SIGKILL)
        while supervisor.isAlive { usleep(1_000) }
        guard case .started = try place.supervise(id, adopts: true) else {
            Issue.record("not adopted")
            return
        }
        #expect(try answer(id, .kill(signal: SIGKILL)) == .done)
    }
}
