import Cgroups
import Glibc
import Linux
import Records
import TestSupport
import Testing

@Suite(
    .serialized,
    .enabled(if: SupervisorPlace.obstacle == nil, Comment(rawValue: SupervisorPlace.obstacle ?? "")))
struct SupervisorLifeTests {
    private let place: SupervisorPlace

    init() throws { place = try SupervisorPlace() }

    private func running(_ report: StartReport) throws -> Running {
        switch report {
        case .started(let running): return running
        case .failed(let code, let reason): throw ControlError.refused("\(code): \(reason)")
        }
    }

    @Test(arguments: [("exit 0", 0), ("exit 3", 3), ("exit 255", 255), ("kill -9 $$", 137), ("kill -15 $$", 143)])
    func `a container's end is written as the status that a shell would give`(script: String, code: Int32) throws {
        let id = try place.make(script == "exit 0" ? script : "sleep 0.05; exec /bin/sh -c '\(script)'")
        _ = try running(place.supervise(id))
        let exit = place.exit(of: id)
        // A first process of a namespace is not killed by its own signals; the shell then exits by itself.
        if script.hasPrefix("kill") {
            #expect(exit?.code == 0 || exit?.code == code)
        } else {
            #expect(exit?.code == code)
        }
        #expect(exit?.started != nil)
        #expect(place.groupsLeft(of: id) == [])
    }

    @Test func `what a container writes is in its log, and both streams are told apart`() throws {
        let id = try place.make("echo out; echo err >&2; printf unfinished")
        _ = try running(place.supervise(id))
        #expect(place.exit(of: id)?.code == 0)
        var reader = LogReader(path: place.layout.log(id), from: .oldest)
        var streams: [String: [String]] = [:]
        while let entry = reader.next() {
            streams[entry.stream.rawValue, default: []].append(String(decoding: entry.text, as: UTF8.self))
        }
        #expect(streams == ["stdout": ["out", "unfinished"], "stderr": ["err"]])
    }

    @Test func `a program that is not there fails with 127 and leaves nothing but the reason`() throws {
        let id = try place.make("true") { $0.command = ["/bin/nonesuch"] }
        guard case .failed(let code, let reason) = try place.supervise(id) else {
            Issue.record("it started")
            return
        }
        #expect(code == 127)
        #expect(reason.contains("/bin/nonesuch"))
        #expect(place.files.state(of: id).status == .exited(try #require(place.exit(of: id))))
        #expect(place.groupsLeft(of: id) == [])
        #expect(!Files.exists(place.layout.controlSocket(id)))
    }

    @Test func `a program that ignores SIGTERM is killed when its time is over`() throws {
        let id = try place.make("trap '' TERM; echo ready; while true; do sleep 0.1; done")
        _ = try running(place.supervise(id))
        #expect(place.waitForLog(of: id, "ready"))
        let start = MonotonicTime.now
        guard case .exited(let exit) = try place.ask(id, .stop(signal: SIGTERM, timeout: 0.3)) else {
            Issue.record("no exit")
            return
        }
        #expect(exit.code == 137)
        #expect((0.3..<3 * patience).contains(MonotonicTime.now.seconds(since: start)))
    }

    @Test func `a process killed for want of memory is on the time line while its container lives on`() throws {
        let id = try place.make("while :; do (x=x; while :; do x=$x$x; done); sleep 0.2; done") {
            $0.limits.memory = 16 << 20
        }
        _ = try running(place.supervise(id))
        let start = MonotonicTime.now
        var kills: [Event] = []
        while kills.isEmpty, MonotonicTime.now.seconds(since: start) < 10 {
            usleep(50_000)
            kills = EventLog(place.layout).last(20, of: id).filter { $0.kind == .outOfMemory }
        }
        #expect(kills.first?.detail?.contains("killed") == true)
        guard case .running = place.files.state(of: id).status else {
            Issue.record("it ended")
            return
        }
    }

    @Test func `a program that heeds SIGTERM ends at once and with its own status`() throws {
        let id = try place.make("trap 'exit 7' TERM; echo ready; while true; do sleep 0.05; done") {
            $0.restart = .always
        }
        _ = try running(place.supervise(id))
        #expect(place.waitForLog(of: id, "ready"))
        guard case .exited(let exit) = try place.ask(id, .stop(signal: SIGTERM, timeout: 5)) else {
            Issue.record("no exit")
            return
        }
        #expect(exit.code == 7)
        // Its policy would have started it again.
        #expect(place.files.state(of: id).status == .exited(exit))
    }

    @Test func `a failing container is started again as often as its policy says`() throws {
        let id = try place.make("echo once more; exit 4") { $0.restart = .onFailure(retries: 2) }
        _ = try running(place.supervise(id))
        #expect(place.exit(of: id)?.code == 4)
        #expect(place.files.state(of: id).restarts == 2)
        #expect(place.log(of: id) == "once more\nonce more\nonce more\n")
        let kinds = EventLog(place.layout).last(20, of: id).map(\.kind)
        #expect(kinds == [.started, .exited, .restarting, .started, .exited, .restarting, .started, .exited])
    }

    @Test func `a stop ends the waiting for a restart`() throws {
        let id = try place.make("exit 1") { $0.restart = .always }
        _ = try running(place.supervise(id))
        let waiting = place.state(of: id) {
            if case .restarting(_, let attempt, _) = $0.status { attempt >= 3 } else { false }
        }
        guard case .restarting = waiting.status else {
            Issue.record("\(waiting.status)")
            return
        }
        guard case .exited(let exit) = try place.ask(id, .stop(signal: SIGTERM, timeout: 5)) else {
            Issue.record("no exit")
            return
        }
        #expect(exit.code == 1)
    }

    @Test func `restart stops it and starts it again`() throws {
        let id = try place.make("echo up; exec sleep 60")
        let first = try running(place.supervise(id))
        #expect(try place.ask(id, .restart(timeout: 0.2)) == .done)
        guard case .running(let second) = place.files.state(of: id).status else {
            Issue.record("it does not run")
            return
        }
        #expect(second.process != first.process)
        _ = try place.ask(id, .kill(signal: SIGKILL))
        #expect(place.exit(of: id)?.code == 137)
        #expect(place.log(of: id) == "up\nup\n")
    }

    @Test func `restart ends it by the signal that is asked for, not by its own`() throws {
        let id = try place.make("trap 'echo usr1; exit' USR1; trap '' TERM; echo up; while :; do sleep 0.05; done")
        _ = try running(place.supervise(id))
        #expect(place.waitForLog(of: id, "up\n"))
        #expect(try place.ask(id, .restart(signal: SIGUSR1, timeout: 60)) == .done)
        #expect(place.waitForLog(of: id, "up\nusr1\nup\n"))
        #expect(try place.ask(id, .kill(signal: SIGKILL)) == .done)
        #expect(place.exit(of: id)?.code == 137)
    }

    @Test func `a paused container stands still until it goes on, and can be stopped`() throws {
        let id = try place.make("trap 'exit 5' TERM; while true; do echo tick; sleep 0.02; done")
        _ = try running(place.supervise(id))
        #expect(place.waitForLog(of: id, "tick"))
        #expect(try place.ask(id, .pause) == .done)
        guard case .paused = place.files.state(of: id).status else {
            Issue.record("not paused")
            return
        }
        usleep(100_000)
        let before = place.log(of: id)
        usleep(200_000)
        #expect(place.log(of: id) == before)
        #expect(try place.ask(id, .unpause) == .done)
        #expect(place.waitForLog(of: id, before + "tick"))
        #expect(try place.ask(id, .pause) == .done)
        guard case .exited(let exit) = try place.ask(id, .stop(signal: SIGTERM, timeout: 5)) else {
            Issue.record("no exit")
            return
        }
        #expect(exit.code == 5)
    }

    @Test func `a container that takes more memory than it may is known to have`() throws {
        let id = try place.make("x=x; while true; do x=$x$x; done") { $0.limits.memory = 16 << 20 }
        _ = try running(place.supervise(id))
        let exit = place.exit(of: id, within: 20)
        #expect(exit?.outOfMemory == true)
        let events = EventLog(place.layout).last(2, of: id)
        #expect(events.map(\.kind) == [.outOfMemory, .exited])
        #expect(events.last?.detail == "exited 137, out of memory")
    }

    @Test func `a health check tells when the container is well and when no longer`() throws {
        let id = try place.make("sleep 0.3; echo ok >/tmp/ok; sleep 0.6; rm /tmp/ok; exec sleep 60") {
            var check = HealthCheck(command: ["/bin/cat", "/tmp/ok"])
            (check.interval, check.timeout, check.retries) = (0.1, 2, 2)
            check.startPeriod = 5
            $0.health = check
        }
        _ = try running(place.supervise(id))
        #expect(place.files.state(of: id).health == .starting)
        #expect(place.state(of: id) { $0.health == .healthy }.health == .healthy)
        #expect(place.state(of: id) { $0.health == .unhealthy }.health == .unhealthy)
        #expect(try place.ask(id, .kill(signal: SIGKILL)) == .done)
        #expect(place.exit(of: id)?.code == 137)
        let details = EventLog(place.layout).last(20, of: id).filter { $0.kind == .health }.map(\.detail)
        #expect(details == ["healthy", "unhealthy, exit code 1"])
    }

    @Test func `new limits reach the kernel on reload, and the next start`() throws {
        let id = try place.make("exec sleep 60") { $0.limits.processes = 50 }
        _ = try running(place.supervise(id))
        var record = try place.files.record(of: id)
        record.limits.processes = 20
        try place.files.write(record)
        #expect(try place.ask(id, .reload) == .done)
        let group = try Cgroup(place.layout.cgroup(id), in: .discover())
        #expect(group.limits().processes == 20)
        #expect(try place.ask(id, .restart(timeout: 0)) == .done)
        #expect(group.limits().processes == 20)
        _ = try place.ask(id, .kill(signal: SIGKILL))
    }

    @Test func `--rm leaves nothing`() throws {
        let id = try place.make("exit 3") {
            $0.autoRemove = true
            $0.volumes = [VolumeUse(name: "anonymous1", destination: "/data", anonymous: true)]
        }
        try Files.makeDirectories("\(place.layout.volumes)/anonymous1/deep")
        let pair = try UnixSocket.pair()
        let stream = AttachedStream(socket: try pair.first.duplicate())
        _ = try running(place.supervise(id, client: pair.second.number))
        guard case .exited(let exit)? = try stream.next() else {
            Issue.record("no exit")
            return
        }
        #expect(exit.code == 3)
        for folder in [place.layout.containers, place.layout.names, place.layout.volumes, place.layout.run] {
            #expect(try Files.names(in: folder) == [], "\(folder)")
        }
        #expect(place.groupsLeft(of: id) == [])
    }
}
