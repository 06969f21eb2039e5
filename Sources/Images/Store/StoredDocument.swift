import JSON
import OCI

/// A document of images that each `run` reads, by hand: see `Node`. What few of them have is left to `Decodable`, and so
/// is every object with a key that is not known here: nothing of it is lost.
protocol StoredDocument: Decodable {
    init(reading node: Node) throws(JSONError)
}

extension StoredDocument {
    static func read(_ bytes: [UInt8]) throws(JSONError) -> Self {
        try Node.read(bytes) { node throws(JSONError) in try Self(reading: node) }
    }
}

extension ImageIndex: StoredDocument {
    init(reading node: Node) throws(JSONError) {
        guard node.hasOnly("schemaVersion mediaType manifests annotations") else {
            self = try node.decode(Self.self)
            return
        }
        var manifests: [ContentDescriptor] = []
        for element in try node.elements("manifests") { manifests.append(try ContentDescriptor(reading: element)) }
        self.init(manifests: manifests, annotations: try node.optionalTable("annotations"))
        schemaVersion = try node.required("schemaVersion", try node.int("schemaVersion"))
        mediaType = try node.string("mediaType")
    }
}

extension ImageManifest: StoredDocument {
    init(reading node: Node) throws(JSONError) {
        guard node.hasOnly("schemaVersion mediaType config layers annotations") else {
            self = try node.decode(Self.self)
            return
        }
        let config = try node.required("config", try node.object("config"))
        var layers: [ContentDescriptor] = []
        for element in try node.elements("layers") { layers.append(try ContentDescriptor(reading: element)) }
        self.init(
            config: try ContentDescriptor(reading: config), layers: layers,
            annotations: try node.optionalTable("annotations"))
        schemaVersion = try node.required("schemaVersion", try node.int("schemaVersion"))
        mediaType = try node.string("mediaType")
    }
}

extension ContentDescriptor {
    fileprivate init(reading node: Node) throws(JSONError) {
        guard node.hasOnly("mediaType digest size annotations platform") else {
            self = try node.decode(Self.self)
            return
        }
        self.init(
            mediaType: try node.text("mediaType"), digest: try Digest(try node.text("digest"), of: node),
            size: try node.required("size", try node.int64("size")),
            annotations: try node.optionalTable("annotations"))
        if let platform = try node.object("platform") {
            guard platform.hasOnly("architecture os variant") else {
                self.platform = try platform.decode(Platform.self)
                return
            }
            self.platform = Platform(
                architecture: try platform.text("architecture"), os: try platform.text("os"),
                variant: try platform.string("variant"))
        }
    }
}

extension ImageConfiguration: StoredDocument {
    init(reading node: Node) throws(JSONError) {
        guard node.hasOnly("created author architecture os variant config rootfs history"),
            let rootfs = try node.object("rootfs"), rootfs.hasOnly("type diff_ids"), rootfs.has("diff_ids")
        else {
            self = try node.decode(Self.self)
            return
        }
        var layers: [Digest] = []
        for element in try rootfs.elements("diff_ids") { layers.append(try Digest(try element.string(), of: element)) }
        let platform = Platform(
            architecture: try node.text("architecture"), os: try node.text("os"),
            variant: try node.string("variant"))
        var process: Process?
        if let part = try node.object("config") { process = try Process(reading: part) }
        self.init(platform: platform, config: process, layers: layers, created: try node.string("created"))
        self.rootfs.type = try rootfs.text("type")
        author = try node.string("author")
        guard node.has("history") else { return }
        var history: [History] = []
        for element in try node.elements("history") { history.append(try History(reading: element)) }
        self.history = history
    }
}

extension ImageConfiguration.History {
    fileprivate init(reading node: Node) throws(JSONError) {
        self.init(
            created: try node.string("created"), createdBy: try node.string("created_by"),
            comment: try node.string("comment"))
        author = try node.string("author")
        emptyLayer = try node.flag("empty_layer")
    }
}

extension Digest {
    fileprivate init(_ text: String, of node: Node) throws(JSONError) {
        guard let digest = Digest(text) else { throw node.wrong("\"\(text)\" is no sha256 digest") }
        self = digest
    }
}
