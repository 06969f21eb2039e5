import Cgroups
import Containers
import Glibc
import Images
import Linux
import Records
import Testing

/// Supervisors that are killed, run folders that are removed, groups that stand still: nothing of it is silent, and
/// there is a way out of each.
@Suite(.serialized, .enabled(if: VerbsPlace.obstacle == nil, "real containers: needs root and busybox"))
struct VerbsLossTests {
    private let place: VerbsPlace
    private var containers: Containers { place.containers }
    private var files: StateFiles { StateFiles(place.layout) }

    init() throws { place = try VerbsPlace() }

    private func run(_ script: String, _ adjust: (inout NewContainer) -> Void = { _ in }) throws -> ContainerRecord {
        let record = try containers.create(try place.shell(script, adjust))
        _ = try containers.start(record.id)
        return record
    }

    private func killSupervisor(of record: ContainerRecord, and process: ProcessIdentity? = nil) throws {
        let supervisor = try #require(files.written(for: record.id)?.supervisor)
        kill(supervisor.pid, SIGKILL)
        if let process { kill(process.pid, SIGKILL) }
        while supervisor.isAlive || process?.isAlive ?? false { usleep(1_000) }
    }

    private var detached: ExecRequest {
        var request = ExecRequest(["true"])
        request.detach = true
        return request
    }

    private func events(_ record: ContainerRecord) -> [Event] { EventLog(place.layout).last(20, of: record.id) }

    @Test(arguments: ["start", "exec", "update", "rename"])
    func `a verb that writes gives a container that has lost its supervisor a new one`(_ verb: String) throws {
        let record = try run("exec sleep 100") { $0.restart = .always }
        let process = place.status(of: record.id).process
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
        kill(try #require(process).pid, SIGKILL)
        let status = place.status(of: record.id) { $0.isRunning && $0.process != process }
        #expect(status.isRunning && status.process != process)
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
        let record = try run("exec sleep 100")
        let process = place.status(of: record.id).process
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
        let record = try run("exec sleep 100") { $0.restart = policy.0 }
        try killSupervisor(of: record, and: place.status(of: record.id).process)
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
        let record = try run("exec sleep 100") { $0.restart = .always }
        try Files.removeTree(place.layout.run)
        try containers.remove(record.id, force: true)
        #expect(place.leftovers() == [])
    }

    @Test func `a restart policy outlives the run folder`() throws {
        let record = try run("exec sleep 100") { $0.restart = .always }
        let process = try #require(place.status(of: record.id).process)
        try Files.removeTree(place.layout.run)
        kill(process.pid, SIGKILL)
        let status = place.status(of: record.id) { $0.isRunning && $0.process != process }
        #expect(status.isRunning && status.process != process)
        try containers.remove(record.id, force: true)
        #expect(place.leftovers() == [])
    }

    @Test func `no signal but those that are meant to ends a supervisor or stops it`() throws {
        let record = try run("exec sleep 100")
        let supervisor = try #require(files.written(for: record.id)?.supervisor)
        for signal in [SIGHUP, SIGUSR1, SIGUSR2, SIGQUIT, SIGALRM, SIGPIPE, SIGTSTP, SIGIO, SIGXFSZ, 34, 64] {
            kill(supervisor.pid, signal)
        }
        usleep(100_000)
        #expect(supervisor.isAlive)
        try containers.pause(record.id)
        #expect(files.state(of: record.id).supervisor == supervisor)
        try containers.remove(record.id, force: true)
    }

    @Test func `a paused container is not attached to`() throws {
        let record = try run("exec sleep 100")
        try containers.pause(record.id)
        #expect { _ = try containers.attach(record.id, input: false) } throws: {
            "\($0)".contains("is paused: boxtop unpause")
        }
        try containers.remove(record.id, force: true)
    }

    @Test func `a supervisor that is stopped is waited for some seconds, then said, and removed by force`() throws {
        let record = try run("exec sleep 100")
        let supervisor = try #require(files.written(for: record.id)?.supervisor)
        kill(supervisor.pid, SIGSTOP)
        defer { kill(supervisor.pid, SIGCONT) }
        let begin = MonotonicTime.now
        #expect {
            _ = try containers.stop(record.id, timeout: 1)
        } throws: { "\($0)".contains("process \(supervisor.pid)) is stopped and does not answer: kill -CONT") }
        #expect(MonotonicTime.now.seconds(since: begin) > 2)
        try containers.remove(record.id, force: true)
        #expect(!supervisor.isAlive)
        #expect(place.leftovers() == [])
    }

    @Test func `a change that is made while a supervisor is stopped holds when it goes on`() throws {
        let record = try run("exec sleep 100")
        let supervisor = try #require(files.written(for: record.id)?.supervisor)
        let process = try #require(place.status(of: record.id).process)
        let said = Sentences()
        var containers = containers
        containers.warn = { said.add($0) }
        kill(supervisor.pid, SIGSTOP)
        var update = ContainerUpdate()
        update.restart = .always
        try containers.update(record.id, update)
        kill(supervisor.pid, SIGCONT)
        // An answer to this says that it has read what came before.
        try containers.pause(record.id)
        try containers.unpause(record.id)
        #expect(said.all.count == 1 && said.all.first?.contains("is stopped and does not answer") == true)
        kill(process.pid, SIGKILL)
        let status = place.status(of: record.id) { $0.isRunning && $0.process != process }
        #expect(status.isRunning && status.process != process)
        try containers.remove(record.id, force: true)
    }

    @Test func `a wait outlasts that its supervisor is stopped`() throws {
        let record = try run("exec sleep 100")
        let supervisor = try #require(files.written(for: record.id)?.supervisor)
        let process = try #require(place.status(of: record.id).process)
        let said = Sentences()
        var containers = containers
        containers.warn = { said.add($0) }
        kill(supervisor.pid, SIGSTOP)
        let waker = fork()
        if waker == 0 {
            sleep(10)
            kill(process.pid, SIGKILL)
            kill(supervisor.pid, SIGCONT)
            _exit(0)
        }
        #expect(try containers.wait(record.id).code == 137)
        #expect(said.all.count == 1, "\(said.all)")
        waitpid(waker, nil, 0)
        try containers.remove(record.id, force: true)
    }

    @Test func `nobody enters a group that somebody else has frozen`() throws {
        let record = try run("exec sleep 100")
        let group = try Cgroup(place.layout.cgroup(record.id), in: .discover())
        try group.freeze()
        #expect { _ = try containers.exec(record.id, ExecRequest(["true"])) } throws: {
            "\($0)".contains("it is paused")
        }
        try group.thaw()
        try containers.remove(record.id, force: true)
    }

    @Test func `a freeze in the middle of an exec does not hang it`() throws {
        let record = try run("exec sleep 100")
        let group = try Cgroup(place.layout.cgroup(record.id), in: .discover())
        for turn in 0..<20 {
            let freezer = fork()
            if freezer == 0 {
                usleep(useconds_t(turn * 700))
                try? group.freeze()
                _exit(0)
            }
            // It gets in, or is told why not; in either case it comes back while all stands still.
            _ = try? containers.exec(record.id, detached).wait()
            waitpid(freezer, nil, 0)
            try group.thaw()
        }
        try containers.remove(record.id, force: true)
    }

    @Test func `a container with a health check is committed and goes on`() throws {
        let record = try run("exec sleep 100") {
            var times = HealthTimes()
            times.interval = 0.01
            $0.health = .check(["/bin/true"], times)
        }
        for _ in 0..<3 {
            _ = try containers.commit(record.id, CommitRequest())
            #expect(place.status(of: record.id).isRunning)
        }
        // Where it fails, too.
        try Files.removeTree(place.layout.images)
        try Files.replace(place.layout.images, with: [], durable: false)
        #expect(throws: ContainerError.self) { _ = try containers.commit(record.id, CommitRequest()) }
        #expect(place.status(of: record.id).isRunning)
        try containers.remove(record.id, force: true)
    }
}

/// What was said besides. A test has one thread.
private final class Sentences: @unchecked Sendable {
    private(set) var all: [String] = []

    func add(_ sentence: String) { all.append(sentence) }
}
