import Containers
import Glibc
import Linux
import Monitoring
import Records
import Testing

/// Containers of one state folder, seen from two run folders: a login's, and that of what cron or a service starts.
@Suite(.serialized, .enabled(if: VerbsPlace.obstacle == nil, "real containers: needs root and busybox"))
struct RunFolderTests {
    private let place: VerbsPlace
    private var login: Containers { place.containers }
    private let cron: Containers
    private var folders: [String] { [place.layout.run, cron.layout.run] }

    init() throws {
        place = try VerbsPlace()
        var layout = place.layout
        layout.run = "\(place.folder)/cron"
        cron = try Containers(layout: layout, environment: place.containers.environment)
    }

    private func run(_ script: String) throws -> ContainerRecord {
        let record = try login.create(try place.shell(script))
        _ = try login.start(record.id)
        return record
    }

    private func state(_ record: ContainerRecord, _ containers: Containers) -> ContainerState {
        StateFiles(containers.layout).state(of: record.id)
    }

    @Test func `a container has one life, whoever starts it, and each sees it`() throws {
        let record = try run("exec sleep 100")
        try login.stop(record.id, timeout: 0)
        let started = try cron.start(record.id).running.process
        #expect(state(record, login).status.process == started)
        #expect(try login.start(record.id).running.process == started)
        #expect(try login.exec(record.id, ExecRequest(["true"])).wait() == 0)
        try login.stop(record.id, timeout: 0)
        #expect(state(record, cron).status.isExited && !started.isAlive)
        let again = try login.start(record.id).running.process
        #expect(state(record, cron).status.process == again)
        try cron.remove(record.id, force: true)
        #expect(!again.isAlive)
        #expect(place.leftovers() == [])
    }

    @Test func `a supervisor is asked where it is`() throws {
        let record = try run("trap 'exit 9' TERM; while :; do sleep 0.05; done")
        try cron.pause(record.id)
        guard case .paused = state(record, login).status else {
            Issue.record("\(state(record, login).status)")
            return
        }
        try cron.unpause(record.id)
        let begin = MonotonicTime.now
        #expect(try cron.stop(record.id, timeout: 5)?.code == 9)
        #expect(MonotonicTime.now.seconds(since: begin) < 3)
        try cron.remove(record.id)
        #expect(place.leftovers() == [])
    }

    @Test func `there are never two supervisors, even where one knows nothing of the other`() throws {
        let place = try SupervisorPlace()
        let id = try place.make("exec sleep 100")
        guard case .started = try place.supervise(id) else {
            Issue.record("it does not start")
            return
        }
        unlink(place.layout.lastState(id))
        let second = try place.supervise(id, run: "\(place.layout.state)/other")
        #expect(second == .failed(code: 125, reason: "the container has a supervisor already"))
    }

    @Test func `one that has lost its supervisor is adopted where that one worked, and nothing that it writes is lost`()
        throws
    {
        let record = try run("while :; do [ -e /tmp/go ] && echo later; sleep 0.05; done")
        let supervisor = try #require(state(record, login).supervisor)
        kill(supervisor.pid, SIGKILL)
        while supervisor.isAlive { usleep(1_000) }
        _ = try cron.start(record.id)
        #expect(StateFiles(place.layout).isSupervised(state(record, login)))
        #expect(try cron.exec(record.id, ExecRequest(["touch", "/tmp/go"])).wait() == 0)
        var reader = LogReader(path: place.layout.log(record.id), from: .oldest)
        let begin = MonotonicTime.now
        var text: [UInt8] = []
        while text.isEmpty && MonotonicTime.now.seconds(since: begin) < 10 {
            text = reader.next()?.bytes ?? []
            usleep(10_000)
        }
        #expect(String(decoding: text, as: UTF8.self).contains("later"))
        try login.remove(record.id, force: true)
        #expect(place.leftovers() == [])
    }

    @Test func `who watches sees what is done in another run folder`() throws {
        let record = try run("exec sleep 100")
        let live = LiveContainers(cron)
        func status() -> Status? {
            for _ in 0..<3 {
                usleep(60_000)
                _ = live.sweep()
            }
            return live.sweep().containers.first?.status
        }
        #expect(status()?.isRunning == true)
        try login.pause(record.id)
        guard case .paused? = status() else {
            Issue.record("\(String(describing: status()))")
            return
        }
        try login.unpause(record.id)
        #expect(status()?.isRunning == true)
        try login.stop(record.id, timeout: 0)
        #expect(status()?.isExited == true)
        _ = try login.start(record.id)
        #expect(status()?.isRunning == true)
        try login.stop(record.id, timeout: 0)
        _ = try cron.start(record.id)
        #expect(status()?.isRunning == true)
        try login.remove(record.id, force: true)
        #expect(status() == nil)
    }
}

/// A user whose run folder is another one without a login, as with cron or `su -`.
@Suite(.serialized, .enabled(if: OrdinaryUser.obstacle == nil, "an ordinary user: needs root and setpriv"))
struct LogoutTests {
    private let user: OrdinaryUser
    private var folder: String { "\(user.place.folder)/login" }

    init() throws {
        user = try OrdinaryUser()
        for name in ["hosts", "hostname", "resolv.conf"] {
            try Files.replace("\(user.place.rootfs)/etc/\(name)", with: [], durable: false)
        }
        user.place.shell("mkdir \(folder) && chown \(OrdinaryUser.id) \(folder) && chmod 700 \(folder)")
    }

    private func boxtop(_ words: String, login: Bool) -> CommandLinePlace.Ended {
        let variable = login ? "XDG_RUNTIME_DIR=\(folder)" : "-u XDG_RUNTIME_DIR"
        return user.shell("env -u BOXTOP_RUN \(variable) \(CommandLinePlace.program) \(words)")
    }

    @Test func `a container outlives the folder of a login, and is reached without one`() throws {
        let shared = "/tmp/boxtop-\(OrdinaryUser.id)"
        let started = boxtop("run -d --name c --rootfs \(user.place.rootfs) sleep 100", login: true)
        #expect(started.code == 0, "\(started)")
        #expect(boxtop("ps --format {{.Names}}", login: false).output == "c\n")
        #expect(boxtop("exec c true", login: false).code == 0)
        try Files.removeTree(folder)
        defer { try? Files.removeTree(shared) }
        let stopped = boxtop("stop -t 0 c", login: false)
        #expect(stopped.code == 0, "\(stopped)")
        #expect(boxtop("start c", login: false).code == 0)
        user.place.shell("mkdir \(folder) && chown \(OrdinaryUser.id) \(folder) && chmod 700 \(folder)")
        #expect(boxtop("ps --format {{.Names}}", login: true).output == "c\n")
        let removed = boxtop("rm -f c", login: true)
        #expect(removed.code == 0, "\(removed)")
        #expect(boxtop("ps -aq", login: false).output == "")
    }
}
