import Cgroups
import Containers
import JSON
import OCI
import Records
import Rendering

extension ContainerInspection {
    /// What docker calls HostConfig: what the host gives to it and keeps from it.
    var dockerHost: JSONValue {
        dockerLimits.with([
            ("RestartPolicy", dockerRestart), ("NetworkMode", .string(record.network?.names.first)),
            ("Privileged", .bool(record.privileged)), ("ReadonlyRootfs", .bool(isolation.readOnlyRoot)),
            ("AutoRemove", .bool(record.autoRemove)), ("CapAdd", .of(addedCapabilities)),
            ("CapDrop", .of(droppedCapabilities)), ("Binds", dockerBinds), ("Tmpfs", dockerMemory),
            ("Init", .bool(record.initProcess)),
            ("LogConfig", .of([("Type", .string("json-file")), ("Config", .map([]))])),
            ("PortBindings", Self.dockerPorts(record.network?.ports ?? [])), ("Runtime", .string("boxtop-runtime")),
            ("PidMode", dockerProcesses), ("IpcMode", mode(of: "ipc", own: "private")),
            ("UTSMode", mode(of: "uts", own: "")), ("CgroupnsMode", mode(of: "cgroup", own: "private")),
            ("UsernsMode", mode(of: "user", own: "")), ("SecurityOpt", .of(dockerSecurity)),
            ("Links", .null), ("OomKillDisable", .bool(false)),
        ])
    }

    /// The host's, or `own` where it has one of its own.
    private func mode(of namespace: String, own: String) -> JSONValue {
        .string(isolation.namespaces.contains(namespace) ? own : "host")
    }

    private var dockerProcesses: JSONValue {
        record.processesOf.map { .string("container:\($0)") } ?? mode(of: "pid", own: "")
    }

    private var dockerSecurity: [String] {
        (isolation.noNewPrivileges ? ["no-new-privileges"] : [])
            + (isolation.seccomp == "default" ? [] : ["seccomp=\(isolation.seccomp)"])
    }

    private var dockerLimits: JSONValue {
        let limits = record.limits
        let nanoseconds = limits.cpus.map { Int64(($0 * 1e9).rounded()) }
        let shares = limits.cpuWeight.map { ($0 * 1_024 + 50) / 100 }
        return .of([
            ("Memory", .integer(limits.memory ?? 0)), ("MemoryReservation", .integer(limits.memoryReservation ?? 0)),
            ("MemorySwap", .integer(dockerSwap)), ("NanoCpus", .integer(nanoseconds ?? 0)),
            // Both are --cpus here.
            ("CpuQuota", .integer(0)), ("CpuPeriod", .integer(0)), ("CpuShares", .integer(shares ?? 0)),
            ("CpusetCpus", .string(limits.cores)), ("PidsLimit", .integer(limits.processes ?? 0)),
            ("Ulimits", .array(process.limits.map(Self.document))), ("ShmSize", .integer(sharedMemory ?? 0)),
        ])
    }

    /// With memory, as docker counts it; −1 for no limit beside one of memory.
    private var dockerSwap: Int64 {
        guard let memory = record.limits.memory else { return 0 }
        guard let swap = record.limits.swap else { return -1 }
        let (whole, isTooMuch) = memory.addingReportingOverflow(swap)
        return isTooMuch ? .max : Int64(clamping: whole)
    }

    /// A privileged container has all without asking.
    private var addedCapabilities: [String] {
        record.privileged ? [] : isolation.capabilities.filter { !DefaultIsolation.capabilities.contains($0) }
    }

    private var droppedCapabilities: [String] {
        record.privileged ? [] : DefaultIsolation.capabilities.filter { !isolation.capabilities.contains($0) }
    }

    private static func document(_ limit: RuntimeSpec.ResourceLimit) -> JSONValue {
        func number(_ value: UInt64) -> JSONValue { .integer(value == .max ? -1 : Int64(clamping: value)) }
        return .of([
            ("Name", .string(limit.type.dropFirst("RLIMIT_".count).lowercased())), ("Hard", number(limit.hard)),
            ("Soft", number(limit.soft)),
        ])
    }

    /// Bytes of its own /dev/shm.
    private var sharedMemory: Int64? {
        mounts.first { $0.destination == "/dev/shm" }?.options.first { $0.hasPrefix("size=") }
            .flatMap { Int64($0.dropFirst("size=".count)) }
    }

    private var dockerRestart: JSONValue {
        var retries = 0
        if case .onFailure(let most?) = record.restart { retries = most }
        let name = record.restart.text.prefix { $0 != ":" }
        return .of([("Name", .string(String(name))), ("MaximumRetryCount", .integer(retries))])
    }
}
