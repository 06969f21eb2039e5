import Glibc
import JSON
import Linux
import OCI
import Records
import Testing

/// Where memory is short, a supervisor is the last to be killed, and nothing that it starts has that from it.
@Suite(
    .serialized,
    .enabled(if: SupervisorPlace.obstacle == nil, Comment(rawValue: SupervisorPlace.obstacle ?? "")))
struct SupervisorScoreTests {
    private let place: SupervisorPlace
    private static let hasCapability = Capability.isEffective("SYS_RESOURCE", in: getpid())

    init() throws { place = try SupervisorPlace() }

    private func score(_ process: Int32) -> Int? {
        Files.text("/proc/\(process)/oom_score_adj").flatMap { Int($0.filter { !$0.isNewline }) }
    }

    private var own: Int { score(getpid()) ?? 0 }

    /// A container with a health check and a hook at either end, each of which writes down the score that it has.
    private func start() throws -> String {
        let id = try place.make("echo -900 > /proc/self/oom_score_adj || echo kept; exec sleep 100") {
            var check = HealthCheck(command: ["/bin/cat", "/proc/self/oom_score_adj"])
            check.interval = 0.05
            $0.health = check
            ($0.restart, $0.network) = (.always, NetworkRequest(.bridges))
        }
        var spec = try JSON.decode(OCI.RuntimeSpec.self, from: Files.read(place.layout.configuration(id)))
        func hook(_ file: String) -> OCI.RuntimeSpec.Hook {
            .init(path: "/bin/sh", args: ["sh", "-c", "cat /proc/self/oom_score_adj > \(place.layout.state)/\(file)"])
        }
        spec.hooks = .init(createRuntime: [hook("begin")], poststop: [hook("end"), hook("last")])
        try Files.replace(place.layout.configuration(id), with: JSON.encode(spec))
        guard case .started = try place.supervise(id) else { throw ControlError.refused("not started") }
        return id
    }

    @Test(.enabled(if: hasCapability, "needs CAP_SYS_RESOURCE, without which root may lower no score"))
    func `a supervisor is the last to be killed for want of memory, as long as it lives`() throws {
        let id = try start()
        let supervisor = try #require(place.files.state(of: id).supervisor?.pid)
        #expect(score(supervisor) == -999)
        let first = place.files.state(of: id).status.running?.process.pid ?? 0
        kill(first, SIGKILL)
        _ = place.state(of: id) { $0.status.running.map { $0.process.pid != first } ?? false }
        #expect(score(supervisor) == -999)
    }

    @Test func `the container's processes, checks and hooks have the score of whoever has started it, restarted too`()
        throws
    {
        let id = try start()
        let first = try #require(place.files.state(of: id).status.running?.process.pid)
        #expect(score(first) == own)
        #expect(place.state(of: id) { $0.health == .healthy }.health == .healthy)
        #expect(place.files.healthLog(of: id)?.checks.last?.output.filter { !$0.isNewline } == "\(own)")
        kill(first, SIGKILL)
        let second = place.state(of: id) { $0.status.running.map { $0.process.pid != first } ?? false }.status.running
        #expect(second.flatMap { score($0.process.pid) } == own)
        for file in ["begin", "end", "last"] { #expect(Files.text("\(place.layout.state)/\(file)") == "\(own)\n") }
        // Nor may one of them go down towards where the supervisor is.
        #expect(place.waitForLog(of: id, "kept\n"))
    }
}
