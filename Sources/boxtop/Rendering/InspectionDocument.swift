import Containers
import JSON
import Linux
import Records
import Rendering

extension ContainerInspection {
    /// What `inspect` prints: a contract of docs/json.md, which is why it is written out and not left to what the values
    /// on disk happen to look like.
    var document: JSONValue {
        .of([
            ("id", .string(record.id)), ("name", .string(record.name)),
            ("created", .string(record.created.description)), ("image", .string(record.image)),
            ("imageDigest", .string(record.imageDigest)), ("command", .of(record.command)), ("state", stateDocument),
            ("process", processDocument), ("limits", record.limits.document),
            ("restartPolicy", .string(record.restart.text)), ("isolation", isolationDocument),
            ("mounts", .array(mounts.map(Self.document))), ("networks", networksDocument),
            ("labels", .of(record.labels)),
            (
                "log",
                .of([
                    ("path", .string(log)), ("maximumSize", .integer(record.log.maximumSize)),
                    ("files", .integer(record.log.files)),
                ])
            ), ("folder", .string(folder)), ("cgroup", .string(cgroup)),
        ])
    }

    private var stateDocument: JSONValue {
        let running = state.status.running
        let exit = state.status.lastExit
        return .of([
            ("status", .string(state.status.word)), ("running", .bool(running != nil)),
            ("pid", .integer(running?.process.pid)),
            ("startedAt", .string((running?.started ?? exit?.started)?.description)),
            ("finishedAt", .string(exit?.at.description)), ("exitCode", .integer(exit?.code)),
            ("outOfMemory", .bool(exit?.outOfMemory ?? false)), ("error", .string(exit?.reason)),
            ("restarts", .integer(state.restarts)), ("health", .string(state.health?.rawValue)),
            ("failingStreak", .integer(healthLog?.failingStreak)),
            (
                "healthChecks",
                .array(
                    (healthLog?.checks ?? []).map {
                        .of([
                            ("start", .string($0.start.description)), ("end", .string($0.end.description)),
                            ("exitCode", .integer($0.exitCode)), ("output", .string($0.output)),
                        ])
                    })
            ),
            ("supervisorPid", .integer(supervisor?.pid)), ("stoppedByUser", .bool(record.stoppedByUser)),
        ])
    }

    private var supervisor: ProcessIdentity? { state.supervisor.flatMap { $0.isAlive ? $0 : nil } }

    private var processDocument: JSONValue {
        .of([
            ("arguments", .of(process.arguments)), ("environment", .of(process.environment)),
            ("workdir", .string(process.workdir)), ("user", .string(process.user)),
            ("hostname", .string(process.hostname)), ("terminal", .bool(record.terminal)),
            ("openInput", .bool(record.openInput)), ("stopSignal", .integer(record.stopSignal)),
            ("stopTimeout", .number(record.stopTimeout)), ("autoRemove", .bool(record.autoRemove)),
        ])
    }

    private var isolationDocument: JSONValue {
        .of([
            ("privileged", .bool(record.privileged)), ("namespaces", .of(isolation.namespaces)),
            ("firstId", .integer(record.ids?.first)), ("idCount", .integer(record.ids?.count)),
            ("capabilities", .of(isolation.capabilities)), ("noNewPrivileges", .bool(isolation.noNewPrivileges)),
            ("seccomp", .string(isolation.seccomp)), ("readOnlyRoot", .bool(isolation.readOnlyRoot)),
            ("maskedPaths", .of(isolation.maskedPaths)), ("readOnlyPaths", .of(isolation.readOnlyPaths)),
            ("devices", .of(isolation.devices)), ("optOuts", .of(isolation.optOuts)),
        ])
    }

    private var networksDocument: JSONValue {
        let request = record.network
        return .of([
            ("mode", .string(request?.word)), ("ports", .of((request?.ports ?? []).map(\.text))),
            ("attachments", .of((request?.attachments ?? []).map(\.network))),
            ("interfaces", .array((network?.interfaces ?? []).map(Self.document))),
        ])
    }

    private static func document(_ interface: NetworkInterface) -> JSONValue {
        .of([
            ("network", .string(interface.network)), ("name", .string(interface.name)),
            ("hostName", .string(interface.hostName)), ("mac", .string(interface.mac)),
            ("address", .string(interface.address4)), ("prefix", .integer(interface.prefix4)),
            ("gateway", .string(interface.gateway4)), ("address6", .string(interface.address6)),
            ("prefix6", .integer(interface.prefix6)), ("gateway6", .string(interface.gateway6)),
        ])
    }

    private static func document(_ mount: Mount) -> JSONValue {
        .of([
            ("kind", .string(mount.kind)), ("source", .string(mount.source)),
            ("destination", .string(mount.destination)), ("options", .of(mount.options)),
        ])
    }
}
