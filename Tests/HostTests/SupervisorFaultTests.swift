import Glibc
import JSON
import Linux
import OCI
import Records
import Testing

@Suite(
    .serialized,
    .enabled(if: SupervisorPlace.obstacle == nil, Comment(rawValue: SupervisorPlace.obstacle ?? "")))
struct SupervisorFaultTests {
    private let place: SupervisorPlace

    init() throws { place = try SupervisorPlace() }

    private func running(_ report: StartReport) throws -> Running {
        switch report {
        case .started(let running): return running
        case .failed(let code, let reason): throw ControlError.refused("\(code): \(reason)")
        }
    }

    /// Kills the supervisor as nothing can be killed harder, and waits until it is gone.
    private func killSupervisor(of id: String) throws {
        let supervisor = try #require(place.files.written(for: id)?.supervisor)
        kill(supervisor.pid, SIGKILL)
        while supervisor.isAlive { usleep(1_000) }
    }

    @Test func `a second supervisor is refused, and the first goes on`() throws {
        let id = try place.make("exec sleep 60")
        let first = try running(place.supervise(id))
        for adopts in [false, true] {
            guard case .failed(let code, let reason) = try place.supervise(id, adopts: adopts) else {
                Issue.record("a second supervisor")
                continue
            }
            #expect(code == 125)
            #expect(reason == "the container has a supervisor already")
        }
        #expect(place.files.state(of: id).status == .running(first))
        #expect(try place.ask(id, .kill(signal: SIGKILL)) == .done)
    }

    @Test func `of many supervisors at once one wins`() throws {
        let id = try place.make("exec sleep 60")
        var started = 0
        for _ in 0..<8 { if case .started = try place.supervise(id) { started += 1 } }
        #expect(started == 1)
    }

    @Test(arguments: [ControlRequest.restart(timeout: 1), .stop(signal: SIGTERM, timeout: 1), .wait, .unpause])
    func `what is asked just as the container ends is not answered, and starts nothing`(_ request: ControlRequest)
        throws
    {
        let id = try place.make("exec sleep 60")
        let process = try running(place.supervise(id)).process
        let supervisor = try #require(place.files.written(for: id)?.supervisor)
        let client = try place.client(id)
        #expect(try client.ask(.release) == .done)
        // When it goes on, it finds both in one round, the end first: once it sleeps, and so knows that the client's last
        // words are read.
        usleep(200_000)
        kill(supervisor.pid, SIGSTOP)
        kill(process.pid, SIGKILL)
        while process.isAlive { usleep(1_000) }
        try client.send(request)
        kill(supervisor.pid, SIGCONT)
        #expect { _ = try client.reply() } throws: { if case ControlError.lost = $0 { true } else { false } }
        while supervisor.isAlive { usleep(1_000) }
        #expect(place.exit(of: id)?.code == 137)
        #expect(place.groupsLeft(of: id) == [])
        _ = try running(place.supervise(id))
        #expect(try place.ask(id, .kill(signal: SIGKILL)) == .done)
    }

    @Test func `a container outlives its supervisor, and the next one misses no line and knows the status`() throws {
        let id = try place.make("for i in $(seq 300); do echo line $i; sleep 0.005; done; exit 42")
        let before = try running(place.supervise(id))
        #expect(place.waitForLog(of: id, "line 20\n"))
        try killSupervisor(of: id)
        usleep(200_000)
        #expect(place.files.state(of: id).status == .running(before))
        #expect(!place.files.isSupervised(place.files.state(of: id)))
        #expect(try running(place.supervise(id, adopts: true)) == before)
        #expect(place.files.isSupervised(place.files.state(of: id)))
        let exit = place.exit(of: id)
        #expect(exit?.code == 42 || exit?.reason?.contains("unknown") == true)
        let lines = place.log(of: id).split(separator: "\n").map(String.init)
        #expect(lines.last == "line 300")
        #expect((1...300).allSatisfy { lines.contains("line \($0)") })
        #expect(place.groupsLeft(of: id) == [])
    }

    @Test func `an adopted container can be attached to, paused and stopped`() throws {
        let id = try place.make("trap 'exit 8' TERM; while true; do echo tick; sleep 0.02; done")
        _ = try running(place.supervise(id))
        #expect(place.waitForLog(of: id, "tick"))
        try killSupervisor(of: id)
        _ = try running(place.supervise(id, adopts: true))
        let stream = try place.client(id).attach(input: false)
        #expect(try stream.next() != nil)
        #expect(try place.ask(id, .pause) == .done)
        #expect(try place.ask(id, .unpause) == .done)
        guard case .exited(let exit) = try place.ask(id, .stop(signal: SIGTERM, timeout: 5)) else {
            Issue.record("no exit")
            return
        }
        #expect(exit.code == 8 || exit.code == 255)
    }

    @Test func `a terminal outlives the supervisor`() throws {
        let id = try place.make("trap 'echo hung up' HUP; echo hello; while read line; do echo got $line; done") {
            $0.terminal = true
            $0.openInput = true
        }
        let before = try running(place.supervise(id))
        #expect(place.waitForLog(of: id, "hello"))
        try killSupervisor(of: id)
        usleep(100_000)
        #expect(try running(place.supervise(id, adopts: true)) == before)
        let stream = try place.client(id).attach(input: true)
        #expect(try stream.send(input: Array("again\r".utf8)))
        #expect(place.waitForLog(of: id, "got again"))
        #expect(!place.log(of: id).contains("hung up"))
    }

    @Test func `an open input outlives the supervisor`() throws {
        let id = try place.make("cat") { $0.openInput = true }
        let before = try running(place.supervise(id))
        try killSupervisor(of: id)
        usleep(100_000)
        #expect(place.files.state(of: id).status == .running(before))
        #expect(try running(place.supervise(id, adopts: true)) == before)
        let stream = try place.client(id).attach(input: true)
        #expect(try stream.send(input: Array("still here\n".utf8)))
        #expect(place.waitForLog(of: id, "still here"))
    }

    @Test func `what ended without a supervisor is no longer running, cannot be adopted, and starts anew`() throws {
        let id = try place.make("sleep 0.2")
        _ = try running(place.supervise(id))
        try killSupervisor(of: id)
        let exit = place.exit(of: id)
        #expect(exit?.code == 255)
        guard case .failed(_, let reason) = try place.supervise(id, adopts: true) else {
            Issue.record("adopted")
            return
        }
        #expect(reason == "the container has ended")
        _ = try running(place.supervise(id))
        #expect(place.exit(of: id)?.code == 0)
    }

    @Test func `a log that fills the disk costs lines, not the container, and says how many`() throws {
        let id = try place.make(
            """
            yes 0123456789abcdefghijklmnopqrstuvwxyz | head -n 20000
            echo >/tmp/written
            while [ ! -e /tmp/room ]; do sleep 0.02; done
            echo over; sleep 0.3; echo after
            """)
        let disk = place.layout.container(id)
        let record = try place.files.record(of: id)
        let configuration = try Files.read(place.layout.configuration(id))
        try systemCall("mount a small disk") { mount("none", disk, "tmpfs", 0, "size=256k") }
        defer { umount2(disk, Int32(MNT_DETACH)) }
        try place.files.write(record)
        try Files.replace(place.layout.configuration(id), with: configuration)
        // Takes most of the room, so that the log soon finds none; and gives it back while the container lives.
        try Files.replace("\(disk)/ballast", with: [UInt8](repeating: 0, count: 160 << 10))
        _ = try running(place.supervise(id))
        // From then on at most a pipe's 64 KiB are on their way, which fit into the room that is made.
        while !Files.exists("\(place.rootfs)/tmp/written") { usleep(20_000) }
        waitUntilLogRests(id)
        unlink("\(disk)/ballast")
        try Files.replace("\(place.rootfs)/tmp/room", with: [])
        #expect(place.exit(of: id)?.code == 0)
        let log = place.log(of: id)
        #expect(log.contains("were lost here, since the disk was full"))
        #expect(log.hasSuffix("over\nafter\n"))
        #expect(log.utf8.count < 200 << 10)
    }

    /// Waits until the log has something and has not grown for half a second.
    private func waitUntilLogRests(_ id: String) {
        var (size, rest) = (-1, 0)
        while rest < 10 {
            usleep(50_000)
            let now = (try? Files.read(place.layout.log(id)).count) ?? 0
            rest = now == size && now > 0 ? rest + 1 : 0
            size = now
        }
    }

    @Test func `a launch that is killed leaves the reason and nothing else, and the container can be started`() throws {
        let id = try place.make("exit 3")
        let path = place.layout.configuration(id)
        let sound = try Files.read(path)
        var spec = try JSON.decode(OCI.RuntimeSpec.self, from: sound)
        spec.hooks = .init()
        spec.hooks?.createRuntime = [.init(path: "/bin/sh", args: ["sh", "-c", "kill -9 $PPID"])]
        try Files.replace(path, with: JSON.encode(spec))
        guard case .failed(let code, let reason) = try place.supervise(id) else {
            Issue.record("it was started")
            return
        }
        #expect(code == 125)
        #expect(reason == "the process that launches the container was killed")
        #expect(place.exit(of: id)?.reason == reason)
        #expect(place.groupsLeft(of: id) == [])
        try Files.replace(path, with: sound)
        _ = try running(place.supervise(id))
        #expect(place.exit(of: id)?.code == 3)
    }

    @Test func `the host's going down ends the container in order`() throws {
        let id = try place.make("trap 'echo bye; exit 0' TERM; echo ready; while true; do sleep 0.02; done") {
            $0.restart = .always
        }
        _ = try running(place.supervise(id))
        #expect(place.waitForLog(of: id, "ready"))
        let supervisor = try #require(place.files.written(for: id)?.supervisor)
        kill(supervisor.pid, SIGTERM)
        #expect(place.exit(of: id)?.code == 0)
        #expect(place.log(of: id).hasSuffix("bye\n"))
    }
}
