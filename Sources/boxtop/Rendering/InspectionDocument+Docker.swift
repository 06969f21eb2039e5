import Cgroups
import Containers
import JSON
import Linux
import OCI
import Records
import Rendering

extension ContainerInspection {
    /// What `inspect` has by docker's names, as docker prints it: 0, false or nothing for what is not there. See
    /// ContainerInspect in the Docker Engine API.
    var dockerDocument: JSONValue {
        .of([
            ("Id", .string(record.id)), ("Created", .string(record.created.description)),
            ("Name", .string("/\(record.name)")), ("Image", .string(record.imageDigest)),
            ("Platform", .string("linux")), ("Driver", .string("overlay2")),
            ("Path", .string(process.arguments.first)), ("Args", .of(Array(process.arguments.dropFirst()))),
            ("State", dockerState), ("RestartCount", .integer(state.restarts)), ("LogPath", .string(log)),
            ("ResolvConfPath", .string(source(of: "/etc/resolv.conf"))),
            ("HostnamePath", .string(source(of: "/etc/hostname"))), ("HostsPath", .string(source(of: "/etc/hosts"))),
            ("AppArmorProfile", .string("")), ("ProcessLabel", .string("")), ("MountLabel", .string("")),
            ("ExecIDs", .null),
            ("GraphDriver", dockerRoot),
            ("Config", dockerConfig), ("HostConfig", dockerHost), ("NetworkSettings", dockerNetworks),
            ("Mounts", dockerMounts),
        ])
    }

    private var dockerState: JSONValue {
        let exit = state.status.lastExit
        let running = state.status.running
        return .of([
            ("Status", .string(state.status.word)), ("Running", .bool(running != nil)),
            ("Paused", .bool(state.status.word == "paused")), ("Restarting", .bool(state.status.word == "restarting")),
            ("OOMKilled", .bool(exit?.outOfMemory ?? false)), ("Dead", .bool(false)),
            ("Pid", .integer(running?.process.pid ?? 0)), ("ExitCode", .integer(exit?.code ?? 0)),
            ("Error", .string(exit?.reason ?? "")), ("StartedAt", Self.dockerTime(running?.started ?? exit?.started)),
            ("FinishedAt", Self.dockerTime(exit?.at)),
            ("Health", state.health.map(dockerHealth) ?? .null),
        ])
    }

    private func dockerHealth(_ health: Health) -> JSONValue {
        let checks = (healthLog?.checks ?? []).map { check in
            JSONValue.of([
                ("Start", .string(check.start.description)), ("End", .string(check.end.description)),
                ("ExitCode", .integer(check.exitCode)), ("Output", .string(check.output)),
            ])
        }
        return .of([
            ("Status", .string(health.rawValue)), ("FailingStreak", .integer(healthLog?.failingStreak ?? 0)),
            ("Log", .array(checks)),
        ])
    }

    /// What has not happened has happened, in Go, in the year 1.
    private static func dockerTime(_ time: Timestamp?) -> JSONValue {
        .string(time?.description ?? "0001-01-01T00:00:00Z")
    }

    private var dockerConfig: JSONValue {
        let entry = max(0, record.entryPointCount ?? 0)
        // Without the image, what it was launched with.
        let environment = configured.map { $0.env ?? [] } ?? process.environment
        return .of([
            ("Image", .string(record.image)), ("Labels", .of(record.labels)), ("Env", .of(environment)),
            ("Entrypoint", entry == 0 ? .null : .of(Array(record.command.prefix(entry)))),
            ("Cmd", .of(Array(record.command.dropFirst(entry)))), ("Hostname", .string(process.hostname)),
            ("User", .string(configured.map { $0.user ?? "" } ?? process.user)),
            ("ExposedPorts", Self.set(exposedPorts)), ("Volumes", Self.set(ownVolumes)),
            ("WorkingDir", .string(process.workdir)), ("Tty", .bool(record.terminal)),
            ("OpenStdin", .bool(record.openInput)), ("StopSignal", .string(SignalNames.name(record.stopSignal))),
            ("StopTimeout", .integer(Int64(record.stopTimeout))),
            ("Healthcheck", record.health.map(Self.docker) ?? .null),
        ])
    }

    /// Those that the person, the image, or a publication of them names: `80/tcp`.
    var exposedPorts: Set<String> {
        Set((configured?.exposedPorts ?? [:]).keys).union(Self.dockerPorts(record.network?.ports ?? []).keys)
    }

    /// Where the image wants volumes, and where some lie that nobody named.
    private var ownVolumes: Set<String> {
        Set((configured?.volumes ?? [:]).keys).union(record.volumes.filter(\.anonymous).map(\.destination))
    }

    /// As Go has it: the keys of an object.
    private static func set(_ keys: Set<String>) -> JSONValue {
        .map(keys.sorted().map { .init(key: $0, value: .map([])) })
    }

    /// Times in nanoseconds.
    private static func docker(_ check: HealthCheck) -> JSONValue {
        func time(_ seconds: Double?) -> JSONValue { .integer(HealthCheck.nanoseconds(seconds ?? 0)) }
        return .of([
            ("Test", .of(check.test)), ("Interval", time(check.interval)),
            ("Timeout", time(check.timeout)),
            ("StartPeriod", time(check.startPeriod)), ("StartInterval", time(check.startInterval)),
            ("Retries", .integer(check.retries)),
        ])
    }

    private var dockerNetworks: JSONValue {
        let interfaces = network?.interfaces ?? []
        let networks = interfaces.sorted { $0.network < $1.network }
        var documents = networks.map { JSONValue.Member(key: $0.network, value: Self.dockerDocument($0)) }
        // What has no interface of ours is in docker's network of that name.
        if let word = record.network?.word, word == "none" || word == "host" {
            let nothing = NetworkInterface(network: word, name: "", hostName: "", mac: "", address4: "", prefix4: 0)
            documents = [.init(key: word, value: Self.dockerDocument(nothing))]
        }
        let ports = state.status.running == nil ? [] : record.network?.ports ?? []
        return .of([
            ("IPAddress", .string(interfaces.first?.address4)), ("Gateway", .string(interfaces.first?.gateway4)),
            ("MacAddress", .string(interfaces.first?.mac)),
            ("Networks", .map(documents)),
            ("Ports", Self.dockerPorts(ports)),
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
