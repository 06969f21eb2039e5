import Cgroups
import Linux
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
            Change("process: it is missing", { $0.process = nil }),
            Change("process.args: it is empty", { $0.process?.args = [] }),
            Change("process.cwd: \"tmp\" does not begin with /", { $0.process?.cwd = "tmp" }),
            Change("linux.namespaces[3].type: pid is listed twice", { $0.linux?.namespaces += [.init(.pid)] }),
            Change("linux.uidMappings: a user namespace needs them", { $0.linux?.namespaces += [.init(.user)] }),
            Change(
                "process.rlimits[0].type: there is no limit RLIMIT_FUN",
                { $0.process?.rlimits = [.init(type: "RLIMIT_FUN", hard: 1, soft: 1)] }),
            Change(
                "process.rlimits[0].soft: 2 is above the hard limit",
                { $0.process?.rlimits = [.init(type: "RLIMIT_CPU", hard: 1, soft: 2)] }),
            Change("no network namespace", { $0.linux?.sysctl = ["net.ipv4.ip_forward": "1"] }),
            Change("no name of a kernel parameter", { $0.linux?.sysctl = ["net.//.vm.swappiness": "60"] }),
            Change("no name of a kernel parameter", { $0.linux?.sysctl = ["net/../vm/swappiness": "60"] }),
            Change("no name of a kernel parameter", { $0.linux?.sysctl = ["fs/mqueue/./../../vm/swappiness": "60"] }),
            Change("no name of a kernel parameter", { $0.linux?.sysctl = ["net..ipv4": "1"] }),
            Change(
                "no network namespace of its own",
                {
                    $0.linux?.namespaces += [.init(.network, path: "/proc/self/ns/net")]
                    $0.linux?.sysctl = ["net.ipv4.ip_forward": "1"]
                }),
            Change(
                "domainname: linux.namespaces has no uts namespace",
                {
                    $0.linux?.namespaces = [.init(.mount), .init(.uts, path: "/proc/self/ns/uts")]
                    $0.domainname = "example.test"
                }),
            Change("process.user.uid: 4294967295", { $0.process?.user.uid = .max }),
            Change("process.user.gid: 4294967295", { $0.process?.user.gid = .max }),
            Change("process.user.additionalGids[0]", { $0.process?.user.additionalGids = [.max] }),
            Change("kernel.hostname: the field hostname sets it", { $0.linux?.sysctl = ["kernel.hostname": "x"] }),
            Change("belongs to no namespace", { $0.linux?.sysctl = ["kernel.core_pattern": "|/bin/sh"] }),
            Change("linux.rootfsPropagation", { $0.linux?.rootfsPropagation = "sideways" }),
            Change("linux.maskedPaths[1]", { $0.linux?.maskedPaths = ["/a", "b"] }),
            Change("linux.intelRdt", { $0.linux?.intelRdt = .init() }),
            Change("hooks.poststop[0].path", { $0.hooks = .init(poststop: [.init(path: "x")]) }),
            Change("hooks.prestart[0].timeout", { $0.hooks = .init(prestart: [.init(path: "/x", timeout: 0)]) }),
            Change("linux.devices[0].major", { $0.linux?.devices = [.init(type: "c", path: "/dev/x")] }),
            Change(
                "mounts[0].options: idmap",
                { $0.mounts = [.init(destination: "/a", source: "/", options: ["bind", "idmap"])] }),
            Change(
                "linux.seccomp.syscalls[0].names",
                {
                    $0.linux?.seccomp = .init(
                        defaultAction: "SCMP_ACT_ALLOW", syscalls: [.init(names: [], action: "SCMP_ACT_ERRNO")])
                }),
            Change(
                "linux.seccomp.defaultErrnoRet",
                { $0.linux?.seccomp = .init(defaultAction: "SCMP_ACT_ALLOW", defaultErrnoRet: 1) }),
            Change(
                "linux.resources.memory.swap: 5 is below",
                { $0.linux?.resources = .init(memory: .init(limit: 10, swap: 5)) }),
            Change("linux.resources.unified.nope.max", { $0.linux?.resources = .init(unified: ["nope.max": "1"]) }),
            Change(
                "linux.resources.memory.reservation: -2",
                { $0.linux?.resources = .init(memory: .init(reservation: -2)) }),
            Change("process.user.umask", { $0.process?.user.umask = 0o10000 }),
            Change(
                "linux.devices[0].major: -1",
                { $0.linux?.devices = [.init(type: "c", path: "/dev/x", major: -1, minor: 0)] }),
            Change(
                "linux.resources.blockIO.throttleWriteBpsDevice[0].minor: -1",
                {
                    $0.linux?.resources = .init(
                        blockIO: .init(throttleWriteBpsDevice: [.init(major: 0, minor: -1, rate: 1)]))
                }),
            Change(
                "linux.seccomp.defaultErrnoRet: 65536 is no errno",
                { $0.linux?.seccomp = .init(defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 65536) }),
            Change(
                "linux.seccomp.architectures[0]",
                { $0.linux?.seccomp = .init(defaultAction: "SCMP_ACT_ERRNO", architectures: ["SCMP_ARCH_PDP11"]) }),
            Change(
                "linux.seccomp.syscalls[0].args[0].op",
                {
                    $0.linux?.seccomp = .init(
                        defaultAction: "SCMP_ACT_ALLOW",
                        syscalls: [
                            .init(names: ["read"], action: "SCMP_ACT_ERRNO", args: [.init(index: 0, value: 0, op: "?")])
                        ])
                }),
            Change(
                "linux.timeOffsets.boottime.nanosecs",
                { $0.linux?.timeOffsets = ["boottime": .init(secs: 0, nanosecs: 1_000_000_000)] }),
            Change(
                "mounts[0].uidMappings: only a bind mount's",
                {
                    let map = [OCI.RuntimeSpec.IDMapping(containerID: 0, hostID: 1, size: 1)]
                    $0.mounts = [.init(destination: "/a", type: "tmpfs", uidMappings: map, gidMappings: map)]
                }),
            Change(
                "mounts[0].options: only a bind mount's",
                { $0.mounts = [.init(destination: "/a", type: "tmpfs", options: ["idmap"])] }),
            Change("linux.personality.domain", { $0.linux?.personality = .init(domain: "BSD") }),
            Change("process.scheduler.policy", { $0.process?.scheduler = .init(policy: "SCHED_NICE") }),
            Change("process.ioPriority.class", { $0.process?.ioPriority = .init(class: "X") }),
            Change(
                "hostname: linux.namespaces has no uts namespace",
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

    private let resources = OCI.RuntimeSpec.Resources(
        memory: .init(limit: 100, reservation: 80, swap: 150),
        cpu: .init(shares: 1024, quota: 150_000, period: 100_000, cpus: "0-1", mems: "0"),
        pids: .init(limit: 64),
        blockIO: .init(
            weight: 10, throttleReadBpsDevice: [.init(major: 8, minor: 0, rate: 5)],
            throttleWriteIOPSDevice: [.init(major: 8, minor: 0, rate: 6)]),
        hugepageLimits: [.init(pageSize: "2MB", limit: 7)], unified: ["pids.max": "9"])

    @Test func `limits are taken over into this project's units`() {
        let limits = Limits(resources)
        #expect(limits.cores == "0-1")
        #expect(limits.memory == 100)
        #expect(limits.swap == 50)
        #expect(limits.memoryReservation == 80)
        #expect(limits.processes == 64)
        #expect(limits.devices.count == 1)
        #expect(limits.devices.first?.readBytes == 5)
        #expect(limits.devices.first?.writeOperations == 6)
    }

    @Test func `what has no unit of this project's is written in the kernel's words`() {
        func lines(_ files: KeyPath<Setting, [Setting.File]>) -> [String] {
            Setting.all(resources).compactMap { $0[keyPath: files].first }.map { "\($0.name) \($0.value)" }
        }
        #expect(
            lines(\.legacy) == [
                "cpu.shares 1024", "cpu.cfs_period_us 100000", "cpu.cfs_quota_us 150000", "cpuset.mems 0",
                "blkio.weight 10", "hugetlb.2MB.limit_in_bytes 7",
                "hugetlb.2MB.rsvd.limit_in_bytes 7",
            ])
        #expect(
            lines(\.unified) == [
                "cpu.weight 100", "cpu.max 150000 100000", "cpu.max 150000 100000", "cpuset.mems 0",
                "io.bfq.weight 10", "hugetlb.2MB.max 7", "hugetlb.2MB.rsvd.max 7", "pids.max 9",
            ])
    }

    @Test func `what a change does not name stays`() {
        var limits = Limits(resources)
        limits.take(.init(memory: .init(limit: 120), pids: .init(limit: -1)))
        #expect(limits.memory == 120)
        // Both together are what they were.
        #expect(limits.swap == 30)
        #expect(limits.devices.first?.readBytes == 5)
        limits.take(.init(blockIO: .init(throttleReadBpsDevice: [.init(major: 8, minor: 0, rate: 0)])))
        #expect(limits.devices.first?.readBytes == nil)
        #expect(limits.processes == nil)
        #expect(limits.cores == "0-1")
    }

    @Test func `capabilities that do not exist are told, and left out`() {
        var spec = OCI.RuntimeSpec(
            process: .init(args: ["true"], capabilities: .init(["CAP_FLY", "CAP_KILL"])),
            // In a user namespace everything can be given, whoever runs this test.
            linux: .init(namespaces: [.init(.mount), .init(.user)]))
        #expect(spec.warnings == ["process.capabilities: there is no capability CAP_FLY; ignored"])
        spec.process?.capabilities = nil
        #expect(spec.warnings == [])
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
        let error = #expect(throws: LaunchError.self) { try DeviceFilter.rules([.init(allow: true, type: "q")]) }
        #expect(error?.reason.hasPrefix("linux.resources.devices[0].type:") == true)
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
