import Cgroups
import Containers
import Records
import Rendering

extension ContainerInspection {
    /// What `inspect -f` finds by docker's names, as docker prints it: 0, false or nothing for what is not there. See
    /// ContainerInspect in the Docker Engine API.
    var dockerDocument: JSONValue {
        .of([
            ("Path", .string(process.arguments.first)), ("Args", .of(Array(process.arguments.dropFirst()))),
            ("State", dockerState), ("RestartCount", .integer(state.restarts)), ("LogPath", .string(log)),
            ("Config", dockerConfig), ("HostConfig", dockerHost), ("NetworkSettings", dockerNetworks),
        ])
    }

    private var dockerState: JSONValue {
        let exit = state.status.lastExit
        return .of([
            ("Paused", .bool(state.status.word == "paused")), ("Restarting", .bool(state.status.word == "restarting")),
            ("OOMKilled", .bool(exit?.outOfMemory ?? false)), ("Dead", .bool(false)),
            ("Pid", .integer(state.status.running?.process.pid ?? 0)), ("ExitCode", .integer(exit?.code ?? 0)),
            ("Health", state.health.map { .of([("Status", .string($0.rawValue))]) } ?? .null),
        ])
    }

    private var dockerConfig: JSONValue {
        .of([
            ("Image", .string(record.image)), ("Labels", .of(record.labels)), ("Env", .of(process.environment)),
            ("Cmd", .of(record.command)), ("Hostname", .string(process.hostname)), ("User", .string(process.user)),
            ("WorkingDir", .string(process.workdir)), ("Tty", .bool(record.terminal)),
            ("OpenStdin", .bool(record.openInput)),
        ])
    }

    private var dockerHost: JSONValue {
        let limits = record.limits
        return .of([
            ("Memory", .integer(limits.memory ?? 0)), ("MemoryReservation", .integer(limits.memoryReservation ?? 0)),
            ("NanoCpus", .integer(limits.cpus.map { Int64(($0 * 1e9).rounded()) } ?? 0)),
            ("CpusetCpus", .string(limits.cores)),
            ("PidsLimit", .integer(limits.processes ?? 0)), ("RestartPolicy", dockerRestart),
            ("NetworkMode", .string(record.network?.names.first)), ("Privileged", .bool(record.privileged)),
            ("ReadonlyRootfs", .bool(isolation.readOnlyRoot)), ("AutoRemove", .bool(record.autoRemove)),
        ])
    }

    private var dockerRestart: JSONValue {
        var retries = 0
        if case .onFailure(let most?) = record.restart { retries = most }
        let name = record.restart.text.prefix { $0 != ":" }
        return .of([("Name", .string(String(name))), ("MaximumRetryCount", .integer(retries))])
    }

    private var dockerNetworks: JSONValue {
        let interfaces = network?.interfaces ?? []
        return .of([
            ("IPAddress", .string(interfaces.first?.address4)), ("Gateway", .string(interfaces.first?.gateway4)),
            ("MacAddress", .string(interfaces.first?.mac)),
            ("Networks", .of(interfaces.map { ($0.network, Self.dockerDocument($0)) })),
        ])
    }

    private static func dockerDocument(_ interface: NetworkInterface) -> JSONValue {
        .of([
            ("IPAddress", .string(interface.address4)), ("IPPrefixLen", .integer(interface.prefix4)),
            ("Gateway", .string(interface.gateway4)), ("MacAddress", .string(interface.mac)),
            ("GlobalIPv6Address", .string(interface.address6)), ("IPv6Gateway", .string(interface.gateway6)),
        ])
    }
}
