import Cgroups
import Containers
import Glibc
import Images
import Linux
import Records
import TestSupport
import Testing

/// Supervisors that are stopped, containers that are paused, groups that are frozen: nobody hangs by it, and each is said.
@Suite(.serialized, .enabled(if: VerbsPlace.obstacle == nil, "real containers: needs root and busybox"))
struct VerbsStandstillTests: SupervisedContainers {
    let place: VerbsPlace

    init() throws { place = try VerbsPlace() }

    /// A container whose supervisor is stopped, and verbs that say what they warn of.
    private func stopped() throws -> (
        record: ContainerRecord, supervisor: ProcessIdentity, process: ProcessIdentity, verbs: Containers,
        said: Sentences
    ) {
        let record = try sleeper()
        let (supervisor, process) = (try supervisor(of: record), try process(of: record))
        let said = Sentences()
        var verbs = containers
        verbs.warn = { said.add($0) }
        kill(supervisor.pid, SIGSTOP)
        return (record, supervisor, process, verbs, said)
    }

    @Test func `a paused container is not attached to`() throws {
        let record = try sleeper()
        try containers.pause(record.id)
        #expect { _ = try containers.attach(record.id, input: false) } throws: {
            "\($0)".contains("is paused: boxtop unpause")
        }
        try containers.remove(record.id, force: true)
    }

    @Test func `a supervisor that is stopped is waited for some seconds, then said, and removed by force`() throws {
        let (record, supervisor, _, _, _) = try stopped()
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
        let (record, supervisor, process, containers, said) = try stopped()
        var update = ContainerUpdate()
        update.restart = .always
        try containers.update(record.id, update)
        kill(supervisor.pid, SIGCONT)
        // An answer to this says that it has read what came before.
        try containers.pause(record.id)
        try containers.unpause(record.id)
        #expect(said.all.count == 1 && said.all.first?.contains("is stopped and does not answer") == true)
        kill(process.pid, SIGKILL)
        expectAnotherLife(of: record, than: process)
        try containers.remove(record.id, force: true)
    }

    @Test func `a wait outlasts that its supervisor is stopped`() throws {
        let (record, supervisor, process, containers, said) = try stopped()
        let waker = fork()
        if waker == 0 {
            sleep(10)
            kill(process.pid, SIGKILL)
            kill(supervisor.pid, SIGCONT)
            _exit(0)
        }
        try #require(waker > 0)
        #expect(try containers.wait(record.id).code == 137)
        #expect(said.all.count == 1, "\(said.all)")
        waitpid(waker, nil, 0)
        try containers.remove(record.id, force: true)
    }

    @Test func `nobody enters a group that somebody else has frozen`() throws {
        let record = try sleeper()
        let group = try Cgroup(place.layout.cgroup(record.id), in: .discover())
        try group.freeze()
        #expect { _ = try containers.exec(record.id, ExecRequest(["true"])) } throws: {
            "\($0)".contains("it is paused")
        }
        try group.thaw()
        try containers.remove(record.id, force: true)
    }

    @Test func `a freeze in the middle of an exec does not hang it`() throws {
        let record = try sleeper()
        let group = try Cgroup(place.layout.cgroup(record.id), in: .discover())
        let begin = MonotonicTime.now
        #expect(try containers.exec(record.id, detached).wait() == 0)
        let whole = MonotonicTime.now.seconds(since: begin)
        var (entered, refused) = (0, 0)
        // From a freeze before it begins to one after it has come in.
        for turn in 0..<14 {
            let freezer = try freeze(group, after: turn < 2 ? 0 : whole * Double(turn) / 7)
            while turn == 0, group.isFrozen == false { usleep(1_000) }
            // It gets in, or is told why not; in either case it comes back while all stands still.
            let start = MonotonicTime.now
            do {
                let code = try containers.exec(record.id, detached).wait()
                #expect(code == 0)
                entered += 1
            } catch {
                #expect("\(error)".contains("paused"), "\(error)")
                refused += 1
            }
            #expect(MonotonicTime.now.seconds(since: start) < 5 * patience, "turn \(turn)")
            kill(freezer, SIGKILL)
            waitpid(freezer, nil, 0)
            try group.thaw()
        }
        #expect(entered > 0 && refused > 0, "\(entered) came in, \(refused) did not")
        try containers.remove(record.id, force: true)
    }

    /// A process that freezes `group` and, were that to hang somebody, lets it go on in the end.
    private func freeze(_ group: Cgroup, after seconds: Double) throws -> pid_t {
        let freezer = fork()
        if freezer == 0 {
            usleep(useconds_t(seconds * 1e6))
            try? group.freeze()
            sleep(UInt32(10 * patience))
            try? group.thaw()
            _exit(0)
        }
        // It is killed: minus one would be everybody.
        try #require(freezer > 0)
        return freezer
    }

    @Test func `a container with a health check is committed and goes on`() throws {
        let record = try sleeper {
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
