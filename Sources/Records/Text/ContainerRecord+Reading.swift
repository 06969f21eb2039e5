import Cgroups
import JSON
import Linux
import OCI

// By hand, for the same reason as ContainerState: each run reads a record twice, in the front end and in the supervisor.

extension ContainerRecord {
    /// What `ContainerRecord(from:)` reads.
    init(_ node: Node) throws(JSONError) {
        self.init(
            id: try node.text("id"), name: try node.text("name"), created: try node.timestamp("created"),
            image: try node.text("image"), rootfs: try Rootfs(try node.required("rootfs", try node.object("rootfs"))),
            command: try node.strings("command"))
        imageDigest = try node.string("imageDigest")
        limits = try Limits(reading: try node.required("limits", try node.object("limits")))
        restart = try RestartPolicy(try node.required("restart", try node.object("restart")))
        stoppedByUser = try node.required("stoppedByUser", try node.flag("stoppedByUser"))
        stopSignal = try node.required("stopSignal", try node.int32("stopSignal"))
        stopTimeout = try node.required("stopTimeout", try node.double("stopTimeout"))
        autoRemove = try node.required("autoRemove", try node.flag("autoRemove"))
        terminal = try node.required("terminal", try node.flag("terminal"))
        openInput = try node.required("openInput", try node.flag("openInput"))
        initProcess = try node.required("initProcess", try node.flag("initProcess"))
        labels = try node.table("labels")
        let log = try node.required("log", try node.object("log"))
        self.log.maximumSize = try log.required("maximumSize", try log.uint64("maximumSize"))
        self.log.files = try log.required("files", try log.int("files"))
        for volume in try node.elements("volumes") { volumes.append(try volume.decode(VolumeUse.self)) }
        if let ids = try node.object("ids") {
            self.ids = IDRange(
                first: try ids.required("first", try ids.uint32("first")),
                count: try ids.required("count", try ids.uint32("count")))
        }
        privileged = try node.required("privileged", try node.flag("privileged"))
        if let health = try node.object("health") { self.health = try health.decode(HealthCheck.self) }
        // Absent in records of older versions, and then not an empty list.
        optOuts = try node.optionalStrings("optOuts")
        entryPointCount = try node.int("entryPointCount")
        if let network = try node.object("network") { self.network = try NetworkRequest(network) }
        processesOf = try node.string("processesOf")
        if let asked = try node.object("asked") { self.asked = try ImageConfiguration.Process(reading: asked) }
        if let builder = try node.object("builder") { self.builder = try ProcessIdentity(builder) }
    }
}

extension Rootfs {
    fileprivate init(_ node: Node) throws(JSONError) {
        if let layers = try node.object("layers") {
            self = .layers(
                try layers.strings("_0"), upper: try layers.text("upper"), work: try layers.text("work"))
        } else {
            self = try node.decode(Rootfs.self)
        }
    }
}

extension RestartPolicy {
    fileprivate init(_ node: Node) throws(JSONError) {
        self = try node.object("no") != nil ? .no : try node.decode(RestartPolicy.self)
    }
}

extension Limits {
    fileprivate init(reading node: Node) throws(JSONError) {
        // What most containers have.
        guard node.hasOnly("processes memory swap cpus devices"), try node.elements("devices").isEmpty else {
            self = try node.decode(Limits.self)
            return
        }
        self.init()
        processes = try node.uint64("processes")
        memory = try node.uint64("memory")
        swap = try node.uint64("swap")
        cpus = try node.double("cpus")
    }
}
