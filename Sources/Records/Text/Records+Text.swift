import Cgroups
import JSON
import Linux
import OCI

// By hand, for the same reason as they are read so: each run writes a record, four states, three events and a report.

extension ContainerRecord {
    /// The JSON of it.
    package func text() throws(JSONError) -> [UInt8] {
        guard volumes.isEmpty, health == nil, limits.devices.isEmpty, limits.networkReceived == nil,
            limits.networkSent == nil, restart == .no, stopTimeout.isFinite, limits.cpus?.isFinite ?? true,
            asked?.isPlain ?? true
        else { return try JSON.encode(self) }
        return JSONText.object(write)
    }

    private func write(_ text: inout JSONText) {
        text.string("id", id)
        text.string("name", name)
        text.string("created", created.description)
        text.string("image", image)
        text.string("imageDigest", imageDigest)
        text.object("rootfs") { text in
            switch rootfs {
            case .layers(let layers, let upper, let work):
                text.object("layers") {
                    $0.strings("_0", layers)
                    $0.string("upper", upper)
                    $0.string("work", work)
                }
            case .directory(let path): text.object("directory") { $0.string("_0", path) }
            }
        }
        text.strings("command", command)
        text.object("limits") {
            $0.number("cpus", limits.cpus)
            $0.number("cpuWeight", limits.cpuWeight)
            $0.string("cores", limits.cores)
            $0.number("memory", limits.memory)
            $0.number("memoryReservation", limits.memoryReservation)
            $0.number("swap", limits.swap)
            $0.number("processes", limits.processes)
            $0.strings("devices", [])
        }
        text.object("restart") { $0.object("no") { _ in } }
        text.bool("stoppedByUser", stoppedByUser)
        text.number("stopSignal", stopSignal)
        text.number("stopTimeout", stopTimeout)
        text.bool("autoRemove", autoRemove)
        text.bool("terminal", terminal)
        text.bool("openInput", openInput)
        text.bool("initProcess", initProcess)
        text.table("labels", labels)
        text.object("log") {
            $0.number("maximumSize", log.maximumSize)
            $0.number("files", Int64(log.files))
        }
        text.strings("volumes", [])
        if let ids {
            text.object("ids") {
                $0.number("first", ids.first)
                $0.number("count", ids.count)
            }
        }
        text.bool("privileged", privileged)
        text.strings("optOuts", optOuts)
        text.number("entryPointCount", entryPointCount.map(Int64.init))
        if let network { text.object("network", network.write) }
        text.string("processesOf", processesOf)
        if let asked { text.object("asked", asked.write) }
        if let builder { text.object("builder", builder.write) }
    }
}

extension ImageConfiguration.Process {
    /// Whether it has nothing but what most containers are given.
    fileprivate var isPlain: Bool {
        var rest = self
        (rest.user, rest.env, rest.entrypoint, rest.cmd, rest.workingDir, rest.labels) = (nil, nil, nil, nil, nil, nil)
        return rest == .init()
    }

    fileprivate func write(_ text: inout JSONText) {
        text.string("User", user)
        text.strings("Env", env)
        text.strings("Entrypoint", entrypoint)
        text.strings("Cmd", cmd)
        text.string("WorkingDir", workingDir)
        if let labels { text.table("Labels", labels) }
    }
}

extension ContainerState {
    func text() throws(JSONError) -> [UInt8] {
        if case .restarting = status { return try JSON.encode(self) }
        return JSONText.object { text in
            text.object("status", status.write)
            if let supervisor { text.object("supervisor", supervisor.write) }
            text.number("restarts", Int64(restarts))
            text.string("health", health?.rawValue)
            text.string("boot", boot)
            text.string("written", written.description)
            text.string("run", run)
        }
    }
}

extension Status {
    fileprivate func write(_ text: inout JSONText) {
        switch self {
        case .created: text.object("created") { _ in }
        case .running(let running): text.object("running") { $0.object("_0", running.write) }
        case .paused(let running): text.object("paused") { $0.object("_0", running.write) }
        case .exited(let exit): text.object("exited") { $0.object("_0", exit.write) }
        case .removing: text.object("removing") { _ in }
        // A policy's wait: left to Codable.
        case .restarting: break
        }
    }
}

extension Running {
    fileprivate func write(_ text: inout JSONText) {
        text.object("process", process.write)
        text.string("started", started.description)
    }
}

extension ProcessIdentity {
    fileprivate func write(_ text: inout JSONText) {
        text.number("pid", pid)
        text.number("startTime", startTime)
    }
}

extension Exit {
    /// The JSON of it.
    package var text: [UInt8] { JSONText.object(write) }

    fileprivate func write(_ text: inout JSONText) {
        text.number("code", code)
        text.bool("outOfMemory", outOfMemory)
        text.string("at", at.description)
        text.string("started", started?.description)
        text.string("reason", reason)
    }
}

extension StartReport {
    /// The JSON of it.
    package var text: [UInt8] {
        JSONText.object { text in
            switch self {
            case .started(let running): text.object("started") { $0.object("_0", running.write) }
            case .failed(let code, let reason):
                text.object("failed") {
                    $0.number("code", code)
                    $0.string("reason", reason)
                }
            }
        }
    }
}

extension Event {
    var text: [UInt8] {
        JSONText.object {
            $0.string("time", time.description)
            $0.string("container", container)
            $0.string("name", name)
            $0.string("kind", kind.rawValue)
            $0.string("detail", detail)
        }
    }
}
