import Linux
import Records

extension Status {
    /// The status in one word, as programs compare it: `created`, `running`, `paused`, `restarting`, `exited`,
    /// `removing`.
    package var word: String {
        switch self {
        case .created: "created"
        case .running: "running"
        case .paused: "paused"
        case .restarting: "restarting"
        case .exited: "exited"
        case .removing: "removing"
        }
    }

    /// How it ended last, where it has.
    package var lastExit: Exit? {
        switch self {
        case .exited(let exit), .restarting(_, _, let exit): exit
        default: nil
        }
    }

    /// The status as docker words it: `Up 3 hours (healthy)`, `Exited (137) 2 minutes ago (out of memory)`.
    package func sentence(health: Health?, unsupervised: Bool = false, now: Timestamp) -> String {
        let note = unsupervised ? " (unsupervised)" : ""
        switch self {
        case .created: return "Created"
        case .running(let running):
            let health =
                switch health {
                case .starting: " (health: starting)"
                case .healthy: " (healthy)"
                case .unhealthy: " (unhealthy)"
                case nil: ""
                }
            return "Up \(Human.duration(now.seconds(since: running.started)))\(health)\(note)"
        case .paused(let running):
            return "Up \(Human.duration(now.seconds(since: running.started))) (Paused)\(note)"
        case .restarting(_, _, let last): return "Restarting \(Self.ended(last, now))"
        case .exited(let exit): return "Exited \(Self.ended(exit, now))"
        case .removing: return "Removing"
        }
    }

    private static func ended(_ exit: Exit, _ now: Timestamp) -> String {
        "(\(exit.code)) \(Human.duration(now.seconds(since: exit.at))) ago\(exit.outOfMemory ? " (out of memory)" : "")"
    }
}

extension RestartPolicy {
    /// As it is written after `--restart`.
    package var text: String {
        switch self {
        case .no: "no"
        case .onFailure(nil): "on-failure"
        case .onFailure(let retries?): "on-failure:\(retries)"
        case .always: "always"
        case .unlessStopped: "unless-stopped"
        }
    }
}
