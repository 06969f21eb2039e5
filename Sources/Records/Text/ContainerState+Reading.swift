import JSON
import Linux

// By hand, as config.json is: a list reads a hundred of these, and the first decoding of each Codable type alone takes
// half a millisecond of a start. What is rare is left to Decodable.

extension ContainerState {
    /// What `ContainerState(from:)` reads.
    init(_ node: Node) throws(JSONError) {
        let status = try node.required("status", try node.object("status"))
        self.init(
            status: try Status(status), supervisor: nil, boot: try node.text("boot"),
            written: try node.timestamp("written"))
        if let supervisor = try node.object("supervisor") { self.supervisor = try ProcessIdentity(supervisor) }
        run = try node.string("run")
        restarts = try node.required("restarts", try node.int("restarts"))
        if let health = try node.string("health") {
            guard let value = Health(rawValue: health) else { throw node.wrong("“\(health)” is no health") }
            self.health = value
        }
    }
}

extension Status {
    fileprivate init(_ node: Node) throws(JSONError) {
        if let value = try node.object("running") {
            self = .running(try Running(try value.required("_0", try value.object("_0"))))
        } else if let value = try node.object("exited") {
            self = .exited(try Exit(try value.required("_0", try value.object("_0"))))
        } else if try node.object("created") != nil {
            self = .created
        } else {
            self = try node.decode(Status.self)
        }
    }
}

extension Running {
    init(_ node: Node) throws(JSONError) {
        self.init(
            process: try ProcessIdentity(try node.required("process", try node.object("process"))),
            started: try node.timestamp("started"))
    }
}

extension ProcessIdentity {
    init(_ node: Node) throws(JSONError) {
        self.init(
            pid: try node.required("pid", try node.int32("pid")),
            startTime: try node.required("startTime", try node.uint64("startTime")))
    }
}

extension Exit {
    /// What `Exit(from:)` reads.
    package init(_ node: Node) throws(JSONError) {
        self.init(
            code: try node.required("code", try node.int32("code")),
            outOfMemory: try node.required("outOfMemory", try node.flag("outOfMemory")), at: try node.timestamp("at"),
            started: try node.string("started") == nil ? nil : try node.timestamp("started"),
            reason: try node.string("reason"))
    }
}

extension StartReport {
    /// The report that `bytes` are.
    package static func read(_ bytes: [UInt8]) throws(JSONError) -> StartReport {
        try Node.read(bytes) { node throws(JSONError) in
            guard let started = try node.object("started") else { return try node.decode(StartReport.self) }
            return .started(try Running(try started.required("_0", try started.object("_0"))))
        }
    }
}

extension Node {
    /// The time under `key`, which must be there.
    package func timestamp(_ key: StaticString) throws(JSONError) -> Timestamp {
        let text = try text(key)
        guard let time = Timestamp(text) else { throw wrong("“\(text)” is no time") }
        return time
    }
}
