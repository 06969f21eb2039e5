import OCI
import Records

extension Bundle {
    /// What the person asked for of all that an image says too, so that an image can be made of the container; `nil` for
    /// nothing. What boxtop adds by itself, as HOSTNAME and HOME, is not in it.
    var asked: ImageConfiguration.Process? {
        var asked = ImageConfiguration.Process()
        var variables = Variables()
        variables.set(new.environment, from: environment)
        if !variables.lines.isEmpty { asked.env = variables.lines }
        asked.entrypoint = new.entrypoint
        if !new.command.isEmpty { asked.cmd = new.command }
        asked.user = new.user
        asked.workingDir = new.workdir.map(Paths.normal)
        if !new.labels.isEmpty { asked.labels = new.labels }
        if !new.exposedPorts.isEmpty {
            asked.exposedPorts = Dictionary(new.exposedPorts.map { ($0, .init()) }) { first, _ in first }
        }
        asked.stopSignal = new.stopSignal.map(SignalNames.name)
        asked.healthcheck = ImageConfiguration.Healthcheck(new.health)
        return asked == .init() ? nil : asked
    }
}

extension ImageConfiguration.Process {
    /// Lays what was asked of a container over what its image says.
    mutating func take(_ asked: ImageConfiguration.Process) {
        if let lines = asked.env {
            var variables = Variables(env ?? [])
            variables.set(lines, from: [:])
            env = variables.lines
        }
        if let words = asked.entrypoint {
            entrypoint = words.isEmpty ? nil : words
            // The image's command was for its own entry point.
            cmd = nil
        }
        cmd = asked.cmd ?? cmd
        user = asked.user ?? user
        workingDir = asked.workingDir ?? workingDir
        if let more = asked.labels { labels = (labels ?? [:]).merging(more) { $1 } }
        expose((asked.exposedPorts ?? [:]).keys.compactMap { try? Parse.exposed($0) })
        stopSignal = asked.stopSignal ?? stopSignal
        if let check = asked.healthcheck {
            var all = healthcheck ?? .init()
            all.test = check.test ?? all.test
            all.interval = check.interval ?? all.interval
            all.timeout = check.timeout ?? all.timeout
            all.startPeriod = check.startPeriod ?? all.startPeriod
            all.startInterval = check.startInterval ?? all.startInterval
            all.retries = check.retries ?? all.retries
            healthcheck = all
        }
    }

    /// Adds each of `ports`, ranges one by one, as images list them.
    mutating func expose(_ ports: [PublishedPort]) {
        for port in ports {
            for offset in 0..<max(port.count, 1) {
                exposedPorts = exposedPorts ?? [:]
                exposedPorts?["\(port.port &+ offset)/\(port.transport.rawValue)"] = .init()
            }
        }
    }
}
