import Cgroups
import Containers
import Glibc
import Linux
import Records
import Testing

/// The verbs on containers that run, end, are changed and removed.
@Suite(.serialized, .enabled(if: VerbsPlace.obstacle == nil, "real containers: needs root and busybox"))
struct VerbsLifeTests {
    private let place: VerbsPlace
    private var containers: Containers { place.containers }

    init() throws { place = try VerbsPlace() }

    private func sleeper(_ adjust: (inout NewContainer) -> Void = { _ in }) throws -> String {
        let record = try containers.create(try place.shell("trap 'exit 3' TERM; while :; do sleep 0.05; done", adjust))
        _ = try containers.start(record.id).running
        return record.id
    }

    @Test func `stop asks first and kills then`() throws {
        let polite = try sleeper()
        usleep(100_000)
        #expect(try containers.stop(polite, timeout: 5)?.code == 3)
        #expect(try containers.stop(polite) == nil)
        #expect(try containers.find(polite).stoppedByUser)
        let deaf = try containers.create(try place.shell("trap '' TERM; while :; do sleep 0.05; done"))
        _ = try containers.start(deaf.id).running
        #expect(try containers.stop(deaf.id, timeout: 0.2)?.code == 137)
    }

    @Test func `it starts again with the same files`() throws {
        let record = try containers.create(try place.shell("cat /tmp/count 2>/dev/null; echo x >>/tmp/count"))
        #expect(try place.run(record.id).output == "")
        #expect(try place.run(record.id).output == "x\n")
    }

    @Test func `restart gives it another process`() throws {
        let id = try sleeper()
        let before = place.status(of: id).process
        try containers.restart(id, timeout: 1)
        let after = place.status(of: id).process
        #expect(after != nil && after != before)
        _ = try containers.stop(id)
        try containers.restart(id)
        #expect(place.status(of: id).isRunning)
    }

    @Test func `a forced removal kills again what somebody has started meanwhile`() throws {
        let id = try sleeper()
        let pending = try containers.beginRemove(id, force: true)
        try containers.end(pending)
        _ = try containers.start(id).running
        try containers.finishRemove(pending, force: true)
        #expect(throws: ContainerError.self) { try containers.find(id) }
    }

    @Test func `pause and unpause`() throws {
        let id = try sleeper()
        try containers.pause(id)
        guard case .paused = place.status(of: id) else {
            Issue.record("it is not paused")
            return
        }
        #expect(throws: ContainerError.self) { try containers.exec(id, ExecRequest(["true"])).process }
        try containers.unpause(id)
        #expect(place.status(of: id).isRunning)
    }

    @Test func `a limit that is changed holds at once and after the next start`() throws {
        let id = try sleeper { $0.limits.memory = 64 << 20 }
        var update = ContainerUpdate()
        (update.memory, update.processes) = (.set(96 << 20), .set(33))
        #expect(try containers.update(id, update).limits.memory == 96 << 20)
        let group = try Cgroup(place.layout.cgroup(id), in: .discover())
        #expect(group.limits().memory == 96 << 20 && group.limits().processes == 33)
        try containers.restart(id, timeout: 0)
        #expect(group.limits().memory == 96 << 20 && group.limits().processes == 33)
        update.memory = .set(4_096)
        #expect(throws: ContainerError.self) { try containers.update(id, update) }
        #expect(try containers.find(id).limits.memory == 96 << 20)
    }

    @Test func `a name is one container's, and can be changed`() throws {
        let id = try sleeper { $0.name = "one" }
        #expect(throws: ContainerError.self) { try containers.create(try place.shell("true") { $0.name = "one" }) }
        try containers.rename("one", to: "two")
        #expect(try containers.find("two").id == id)
        #expect(throws: ContainerError.self) { try containers.find("one") }
        _ = try containers.create(try place.shell("true") { $0.name = "one" })
        #expect(throws: ContainerError.self) { try containers.rename("two", to: "one") }
    }

    @Test func `a beginning of an id is enough, where it is one's alone`() throws {
        let record = try containers.create(try place.shell("true"))
        #expect(try containers.find(String(record.id.prefix(12))).id == record.id)
        #expect(throws: ContainerError.self) { try containers.find("") }
        #expect(throws: ContainerError.self) { try containers.find("nobody") }
        #expect(throws: ContainerError.self) { try containers.find("../\(record.id)") }
    }

    @Test func `exec runs a program inside, as whom and where it is told`() throws {
        let id = try sleeper { $0.hostname = "box" }
        var request = ExecRequest([
            "/bin/sh", "-c", "[ $(hostname) = box ] && [ $PWD = /tmp ] && [ $(id -u) = 33 ] && exit 42",
        ])
        (request.user, request.workdir) = ("web", "/tmp")
        #expect(try containers.exec(id, request).wait() == 42)
        #expect {
            _ = try containers.exec(id, ExecRequest(["nosuch"])).process
        } throws: { ($0 as? ContainerError)?.exitCode == 127 }
        #expect {
            _ = try containers.exec(id, ExecRequest(["/etc"])).process
        } throws: { ($0 as? ContainerError)?.exitCode == 126 }
    }

    @Test func `exec with a terminal hands it over`() throws {
        let id = try sleeper()
        var request = ExecRequest(["/bin/sh", "-c", "[ -t 0 ] && echo tty"])
        request.terminal = true
        var executing = try containers.exec(id, request)
        guard let terminal = executing.terminal.take() else { throw SystemCallError("attach", errno: .noSuchFile) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = try bytes.withUnsafeMutableBytes { try terminal.read(into: $0) }
        #expect(String(decoding: bytes[..<count], as: UTF8.self) == "tty\r\n")
        #expect(try executing.wait() == 0)
    }

    @Test func `wait tells how it ended`() throws {
        let record = try containers.create(try place.shell("sleep 0.2; exit 5"))
        #expect(throws: ContainerError.self) { try containers.wait(record.id) }
        _ = try containers.start(record.id).running
        #expect(try containers.wait(record.id).code == 5)
        #expect(try containers.wait(record.id).code == 5)
    }

    @Test func `a running one is not removed without force`() throws {
        let id = try sleeper()
        #expect {
            try containers.remove(id)
        } throws: { ($0 as? ContainerError)?.kind == .conflict }
        try containers.remove(id, force: true)
        #expect(throws: ContainerError.self) { try containers.find(id) }
        #expect(place.leftovers() == [])
    }

    @Test func `with --rm nothing is left`() throws {
        let record = try containers.create(try place.shell("exit 0") { $0.autoRemove = true })
        #expect(try place.run(record.id).exit?.code == 0)
        #expect(place.leftovers() == [])
    }

    @Test func `prune takes those that do not run`() throws {
        let running = try sleeper()
        let created = try containers.create(try place.shell("true")).id
        #expect(containers.prune() == [created])
        #expect(place.status(of: running).isRunning)
    }

    @Test func `inspect tells how it is kept apart`() throws {
        let record = try containers.create(try place.shell("true") { $0.readOnly = true })
        let inspection = try containers.inspect(record.id)
        #expect(inspection.isolation.seccomp == "default" && inspection.isolation.noNewPrivileges)
        #expect(inspection.isolation.namespaces == ["cgroup", "ipc", "mount", "network", "pid", "user", "uts"])
        #expect(inspection.isolation.readOnlyRoot && inspection.isolation.capabilities.count == 11)
    }
}
