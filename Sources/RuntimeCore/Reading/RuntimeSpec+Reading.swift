import JSON
import OCI

/// config.json, read by hand: see `Node`. What most documents lack is left to `Decodable`, and so is every object that
/// has a key which is not known here: nothing of the document is lost, and a field that is new in one of these types
/// only costs time until it is written down here. A test holds both readings of a full document against each other.
extension OCI.RuntimeSpec {
    /// The document that `bytes` describe. Unknown fields are ignored.
    package static func read(_ bytes: [UInt8]) throws(JSONError) -> OCI.RuntimeSpec {
        try Node.read(bytes) { node throws(JSONError) in try OCI.RuntimeSpec(node) }
    }

    /// Of the document that `bytes` describe, what is to be done when the container has ended, and no more: a fraction
    /// of the time that the whole takes.
    package static func readEnd(
        _ bytes: [UInt8]
    ) throws(JSONError) -> (ociVersion: String, hooks: [OCI.RuntimeSpec.Hook]) {
        try Node.read(bytes) { node throws(JSONError) in
            (try node.text("ociVersion"), try node.object("hooks").map(Hooks.init)?.poststop ?? [])
        }
    }

    private init(_ node: Node) throws(JSONError) {
        if !node.hasOnly("ociVersion process root hostname domainname mounts hooks annotations linux") {
            self = try node.decode(Self.self)
            return
        }
        self.init(
            ociVersion: try node.text("ociVersion"), hostname: try node.string("hostname"),
            domainname: try node.string("domainname"), annotations: try node.table("annotations"))
        if let part = try node.object("process") { process = try Process(part) }
        if let part = try node.object("root") {
            root = Root(path: try part.text("path"), readonly: try part.bool("readonly"))
        }
        for element in try node.elements("mounts") { mounts.append(try Mount(element)) }
        if let part = try node.object("hooks") { hooks = try Hooks(part) }
        if let part = try node.object("linux") { linux = try LinuxPart(part) }
    }
}

extension OCI.RuntimeSpec.Process {
    /// The document that `bytes` describe, as `exec --process` takes it.
    ///
    /// A process on its own, as for `exec`: who does not say a user means root, as to runc and crun.
    package static func read(_ bytes: [UInt8]) throws(JSONError) -> OCI.RuntimeSpec.Process {
        try Node.read(bytes) { node throws(JSONError) in
            try OCI.RuntimeSpec.Process(node, otherwise: OCI.RuntimeSpec.User())
        }
    }

    fileprivate init(_ node: Node, otherwise root: OCI.RuntimeSpec.User? = nil) throws(JSONError) {
        let isKnown = node.hasOnly(
            """
            terminal consoleSize user args env cwd capabilities rlimits noNewPrivileges oomScoreAdj apparmorProfile \
            selinuxLabel ioPriority scheduler execCPUAffinity
            """)
        // `Decodable` would miss the user.
        if !isKnown && (root == nil || node.has("user")) {
            self = try node.decode(Self.self)
            return
        }
        let user: OCI.RuntimeSpec.User
        if let part = try node.object("user") { user = try User(part) } else { user = try node.required("user", root) }
        self.init(
            terminal: try node.bool("terminal"),
            user: user,
            args: try node.strings("args"), env: try node.strings("env"), cwd: try node.text("cwd"),
            noNewPrivileges: try node.bool("noNewPrivileges"), oomScoreAdj: try node.int("oomScoreAdj"),
            apparmorProfile: try node.string("apparmorProfile"), selinuxLabel: try node.string("selinuxLabel"))
        if let part = try node.object("capabilities") { capabilities = try OCI.RuntimeSpec.Capabilities(part) }
        for element in try node.elements("rlimits") {
            rlimits.append(
                .init(
                    type: try element.text("type"), hard: try element.required("hard", element.uint64("hard")),
                    soft: try element.required("soft", element.uint64("soft"))))
        }
        // Without a terminal it must be ignored, whatever it says.
        if terminal, let part = try node.object("consoleSize") { consoleSize = try part.decode(ConsoleSize.self) }
        if let part = try node.object("ioPriority") { ioPriority = try part.decode(IOPriority.self) }
        if let part = try node.object("scheduler") { scheduler = try part.decode(Scheduler.self) }
        if let part = try node.object("execCPUAffinity") { execCPUAffinity = try part.decode(CPUAffinity.self) }
    }

    private typealias User = OCI.RuntimeSpec.User
    private typealias ConsoleSize = OCI.RuntimeSpec.ConsoleSize
    private typealias IOPriority = OCI.RuntimeSpec.IOPriority
    private typealias CPUAffinity = OCI.RuntimeSpec.CPUAffinity
    private typealias Scheduler = OCI.RuntimeSpec.Scheduler
}

extension OCI.RuntimeSpec.User {
    fileprivate init(_ node: Node) throws(JSONError) {
        if !node.hasOnly("uid gid umask additionalGids") {
            self = try node.decode(Self.self)
            return
        }
        self.init(
            uid: try node.required("uid", node.uint32("uid")), gid: try node.required("gid", node.uint32("gid")),
            umask: try node.uint32("umask"))
        for element in try node.elements("additionalGids") { additionalGids.append(try element.uint32()) }
    }
}

extension OCI.RuntimeSpec.Capabilities {
    fileprivate init(_ node: Node) throws(JSONError) {
        self.init(
            bounding: try node.strings("bounding"), effective: try node.strings("effective"),
            inheritable: try node.strings("inheritable"), permitted: try node.strings("permitted"),
            ambient: try node.strings("ambient"))
    }
}

extension OCI.RuntimeSpec.Hooks {
    fileprivate init(_ node: Node) throws(JSONError) {
        self.init(
            prestart: try node.hooks("prestart"), createRuntime: try node.hooks("createRuntime"),
            createContainer: try node.hooks("createContainer"), startContainer: try node.hooks("startContainer"),
            poststart: try node.hooks("poststart"), poststop: try node.hooks("poststop"))
    }
}

extension Node {
    fileprivate func hooks(_ key: StaticString) throws(JSONError) -> [OCI.RuntimeSpec.Hook] {
        var hooks: [OCI.RuntimeSpec.Hook] = []
        for element in try elements(key) {
            hooks.append(
                .init(
                    path: try element.text("path"), args: try element.strings("args"),
                    env: try element.optionalStrings("env"),
                    timeout: try element.int("timeout")))
        }
        return hooks
    }
}

extension OCI.RuntimeSpec.Mount {
    fileprivate init(_ node: Node) throws(JSONError) {
        if !node.hasOnly("destination type source options uidMappings gidMappings") {
            self = try node.decode(Self.self)
            return
        }
        self.init(
            destination: try node.text("destination"), type: try node.string("type"),
            source: try node.string("source"), options: try node.strings("options"),
            uidMappings: try node.mappings("uidMappings"), gidMappings: try node.mappings("gidMappings"))
    }
}

extension Node {
    func mappings(_ key: StaticString) throws(JSONError) -> [OCI.RuntimeSpec.IDMapping] {
        var mappings: [OCI.RuntimeSpec.IDMapping] = []
        for element in try elements(key) {
            mappings.append(
                .init(
                    containerID: try element.required("containerID", element.uint32("containerID")),
                    hostID: try element.required("hostID", element.uint32("hostID")),
                    size: try element.required("size", element.uint32("size"))))
        }
        return mappings
    }
}
