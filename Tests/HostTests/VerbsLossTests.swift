import Containers
import Glibc
import Linux
import Records
import Testing

/// Supervisors that are killed, run folders that are removed: nothing of it is silent, and there is a way out of each.
@Suite(.serialized, .enabled(if: VerbsPlace.obstacle == nil, "real containers: needs root and busybox"))
struct VerbsLossTests: SupervisedContainers {
    let place: VerbsPlace

    init() throws { place = try VerbsPlace() }

    private func events(_ record: ContainerRecord) -> [Event] { EventLog(place.layout).last(20, of: record.id) }

    @Test(arguments: ["start", "exec", "update", "rename"])
    func `a verb that writes gives a container that has lost its supervisor a new one`(_ verb: String) throws {
        let record = try sleeper { $0.restart = .always }
        let process = try process(of: record)
        try killSupervisor(of: record)
        switch verb {
        case "start": #expect(try containers.start(record.id).running.process == process)
        case "update": _ = try containers.update(record.id, ContainerUpdate())
        case "rename": try containers.rename(record.id, to: "another")
        default:
            #expect(try containers.exec(record.id, detached).wait() == 0)
        }
        #expect(files.isSupervised(files.state(of: record.id)))
        // So its policy holds.
        kill(process.pid, SIGKILL)
        expectAnotherLife(of: record, than: process)
        try containers.remove(record.id, force: true)
    }

    @Test func `one whose supervisor is killed while it waits to be started again says so, and is brought back`() throws
    {
        let record = try run("sleep 0.2; exit 1") { $0.restart = .always }
        let waits = place.status(of: record.id) { if case .restarting = $0 { true } else { false } }
        guard case .restarting = waits else {
            Issue.record("it does not wait")
            return
        }
        try killSupervisor(of: record)
        guard case .exited(let exit) = files.state(of: record.id).status else {
            Issue.record("it has not ended")
            return
        }
        #expect(exit.code == 1 && exit.reason == "its supervisor was killed before it was started again")
        containers.adoptAll()
        #expect(files.isSupervised(files.state(of: record.id)))
        try containers.remove(record.id, force: true)
    }

    @Test func `an end that nobody has seen is dated when it is noticed, and is an event`() throws {
        let record = try sleeper()
        let process = try process(of: record)
        usleep(50_000)
        let before = Timestamp.now
        try killSupervisor(of: record, and: process)
        let inspection = try containers.inspect(record.id)
        guard case .exited(let exit) = inspection.state.status else {
            Issue.record("it has not ended")
            return
        }
        #expect(exit.code == 255 && exit.at > before)
        let event = try #require(events(record).last)
        #expect(event.kind == .exited)
        #expect(event.detail?.hasPrefix("exited 255, it ended after its supervisor had been killed") == true)
        // Once.
        #expect(try containers.inspect(record.id).state.status == .exited(exit))
        #expect(events(record).filter { $0.kind == .exited }.count == 1)
        try containers.remove(record.id)
    }

    @Test(arguments: [(RestartPolicy.always, true), (.no, false)], [true, false])
    func `one that ended with its supervisor is started again where its policy says so, by whoever notices`(
        _ policy: (RestartPolicy, runs: Bool), _ looksAtOne: Bool
    ) throws {
        let record = try sleeper { $0.restart = policy.0 }
        try killSupervisor(of: record, and: process(of: record))
        if looksAtOne { _ = try containers.inspect(record.id) } else { containers.adoptAll() }
        #expect(place.status(of: record.id).isRunning == policy.runs)
        try containers.remove(record.id, force: true)
    }

    @Test func `verbs find a container whose run folder was removed`() throws {
        let record = try run("trap 'exit 9' TERM; while :; do sleep 0.05; done")
        try Files.removeTree(place.layout.run)
        try containers.pause(record.id)
        try containers.unpause(record.id)
        #expect(place.status(of: record.id).isRunning)
        try Files.removeTree(place.layout.run)
        #expect(try containers.stop(record.id, timeout: 5)?.code == 9)
        try containers.remove(record.id)
        #expect(place.leftovers() == [])
    }

    @Test func `one whose run folder was removed can be removed, whatever its policy`() throws {
        let record = try sleeper { $0.restart = .always }
        try Files.removeTree(place.layout.run)
        try containers.remove(record.id, force: true)
        #expect(place.leftovers() == [])
    }

    @Test func `a restart policy outlives the run folder`() throws {
        let record = try sleeper { $0.restart = .always }
        let process = try process(of: record)
        try Files.removeTree(place.layout.run)
        kill(process.pid, SIGKILL)
        expectAnotherLife(of: record, than: process)
        try containers.remove(record.id, force: true)
        #expect(place.leftovers() == [])
    }

    @Test func `no signal but those that are meant to ends a supervisor or stops it`() throws {
        let record = try sleeper()
        let supervisor = try supervisor(of: record)
        for signal in [SIGHUP, SIGUSR1, SIGUSR2, SIGQUIT, SIGALRM, SIGPIPE, SIGTSTP, SIGIO, SIGXFSZ, 34, 64] {
            kill(supervisor.pid, signal)
        }
        usleep(100_000)
        #expect(supervisor.isAlive)
        try containers.pause(record.id)
        #expect(files.state(of: record.id).supervisor == supervisor)
        try containers.remove(record.id, force: true)
    }

    /// As after a long sleep of the host, or once its clock was put right.
    @Test func `the wall clock is nothing to whoever takes a container over`() throws {
        let record = try sleeper()
        try killSupervisor(of: record)
        var state = try #require(files.written(for: record.id))
        var running = try #require(state.status.running)
        for started in [Timestamp(nanoseconds: 1), Timestamp(nanoseconds: Timestamp.now.nanoseconds * 2)] {
            running.started = started
            state.status = .running(running)
            state.written = .now
            try files.write(live: state, of: record.id)
            try containers.pause(record.id)
            try containers.unpause(record.id)
            #expect(place.status(of: record.id) == .running(running))
            try killSupervisor(of: record)
        }
        #expect(try containers.stop(record.id, timeout: 0)?.started == running.started)
        try containers.remove(record.id)
    }

    /// `true` says nothing and ends well: so does what was spawned where the supervisor, its child's child, crashes.
    @Test func `a supervisor that crashes is said to, and its container is removed by force`() throws {
        let record = try sleeper()
        let process = try process(of: record)
        try killSupervisor(of: record)
        let others = try Containers(layout: place.layout, environment: ["BOXTOP_RUNTIME": "/bin/true"])
        #expect { _ = try others.stop(record.id, timeout: 0) } throws: { "\($0)".contains("supervisor crashed") }
        #expect(process.isAlive)
        try others.remove(record.id, force: true)
        #expect(!process.isAlive)
        #expect(place.leftovers() == [])
    }
}
