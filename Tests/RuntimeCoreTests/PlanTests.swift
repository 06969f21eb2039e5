import Cgroups
import OCI
import Testing

@testable import RuntimeCore

@Suite struct PlanTests {
    private func plan(_ change: (inout OCI.RuntimeSpec) -> Void) throws -> Plan {
        var spec = OCI.RuntimeSpec(
            process: .init(args: ["true"]), linux: .init(namespaces: [.init(.mount), .init(.pid), .init(.uts)]))
        change(&spec)
        return try Plan(LaunchRequest(spec: spec, bundle: "/b", id: "x", rootfs: .directory("/b/rootfs")))
    }

    @Test(
        arguments: [
            Change("process is missing", { $0.process = nil }),
            Change("process.args is empty", { $0.process?.args = [] }),
            Change("does not begin with /", { $0.process?.cwd = "tmp" }),
            Change("no new mount namespace", { $0.linux?.namespaces = [.init(.pid)] }),
            Change("lists pid twice", { $0.linux?.namespaces += [.init(.pid)] }),
            Change("needs linux.uidMappings", { $0.linux?.namespaces += [.init(.user)] }),
            Change("there is no such capability", { $0.process?.capabilities = .init(["CAP_FLY"]) }),
            Change("there is no such limit", { $0.process?.rlimits = [.init(type: "RLIMIT_FUN", hard: 1, soft: 1)] }),
            Change("above hard", { $0.process?.rlimits = [.init(type: "RLIMIT_CPU", hard: 1, soft: 2)] }),
            Change("no network namespace", { $0.linux?.sysctl = ["net.ipv4.ip_forward": "1"] }),
            Change("belongs to no namespace", { $0.linux?.sysctl = ["kernel.core_pattern": "|/bin/sh"] }),
            Change("rootfsPropagation", { $0.linux?.rootfsPropagation = "sideways" }),
            Change(
                "no uts namespace",
                { $0 = .init(process: .init(args: ["true"]), hostname: "h", linux: .init(namespaces: [.init(.mount)])) }
            ),
        ])
    func `what cannot be launched is refused with its reason`(change: Change) {
        #expect {
            try plan(change.apply)
        } throws: { error in
            "\(error)".contains(change.text) && (error as? LaunchError)?.exitCode == 125
        }
    }

    @Test func `the user namespace is joined before the others`() throws {
        let plan = try plan {
            $0.linux?.namespaces += [.init(.network, path: "/n"), .init(.user, path: "/u")]
        }
        #expect(plan.namespaces.joined.map(\.path) == ["/u", "/n"])
    }

    @Test func `a report of failure arrives as it was sent`() {
        for step in LaunchError.Step.allCases {
            let error = LaunchError(
                step, on: step == .mount ? "/data" : nil, "no such file or directory", exitCode: 126)
            #expect(LaunchError(error.bytes) == error)
        }
    }

    @Test func `limits are taken over into this project's units`() {
        let limits = Limits(
            .init(
                memory: .init(limit: 100, swap: 150),
                cpu: .init(shares: 1024, quota: 150_000, period: 100_000, cpus: "0-1"),
                pids: .init(limit: 64),
                blockIO: .init(
                    throttleReadBpsDevice: [.init(major: 8, minor: 0, rate: 5)],
                    throttleWriteIOPSDevice: [.init(major: 8, minor: 0, rate: 6)])))
        #expect(limits.cpus == 1.5)
        #expect(limits.cpuWeight == 100)
        #expect(limits.cores == "0-1")
        #expect(limits.memory == 100)
        #expect(limits.swap == 50)
        #expect(limits.processes == 64)
        #expect(limits.devices.count == 1)
        #expect(limits.devices.first?.readBytes == 5)
        #expect(limits.devices.first?.writeOperations == 6)
    }

    @Test func `minus one is no limit`() {
        let limits = Limits(.init(memory: .init(limit: -1, swap: -1), cpu: .init(quota: -1), pids: .init(limit: -1)))
        #expect(limits == Limits())
    }

    @Test func `a device filter ends with what every container may use, and no rules mean no filter`() throws {
        #expect(try DeviceFilter.rules([]) == nil)
        let rules = try #require(try DeviceFilter.rules([.init(allow: false, access: "rwm")]))
        #expect(rules.first == DeviceRule(allow: false))
        #expect(rules.contains(DeviceRule(allow: true, kind: .character, major: 1, minor: 3)))
        #expect(throws: LaunchError.self) { try DeviceFilter.rules([.init(allow: true, type: "q")]) }
    }

    @Test(arguments: ["", ".", "../x", "a/b", ".hidden", "a b", "a\n"])
    func `an id that could be a path is refused`(id: String) {
        #expect(throws: StateDirectory.Refusal.self) { try StateDirectory.check(id) }
    }

    @Test(arguments: ["a", "web_1", "A-b+c.d", "0123456789abcdef"])
    func `an id of letters and digits is taken`(id: String) throws { try StateDirectory.check(id) }
}

/// A change to a configuration, and what the refusal then says.
struct Change: Sendable, CustomStringConvertible {
    let text: String
    let apply: @Sendable (inout OCI.RuntimeSpec) -> Void

    init(_ text: String, _ apply: @escaping @Sendable (inout OCI.RuntimeSpec) -> Void) {
        self.text = text
        self.apply = apply
    }

    var description: String { text }
}
