/// How an image wants to be run and what its layers are: image specification, "Image Configuration".
///
/// Its JSON has the specification's own keys; `null` and a missing key are both `nil`.
package struct ImageConfiguration: Hashable, Sendable, Codable {
    /// RFC 3339.
    package var created: String?
    package var author: String?
    package var architecture: String
    package var os: String
    package var variant: String?
    package var config: Process?
    package var rootfs: RootFileSystem
    package var history: [History]?

    package init(platform: Platform, config: Process?, layers: [Digest], created: String? = nil) {
        self.created = created
        architecture = platform.architecture
        os = platform.os
        variant = platform.variant
        self.config = config
        rootfs = RootFileSystem(diffIDs: layers)
    }

    package var platform: Platform { Platform(architecture: architecture, os: os, variant: variant) }

    /// What a container of the image starts with, where the person does not say otherwise.
    package struct Process: Hashable, Sendable, Codable {
        /// `name`, `name:group`, `uid`, `uid:gid`, `uid:group` or `name:gid`.
        package var user: String?
        /// `80/tcp`, `53/udp`, `8080`.
        package var exposedPorts: [String: Empty]?
        /// `NAME=value`.
        package var env: [String]?
        package var entrypoint: [String]?
        package var cmd: [String]?
        /// Folders that want a volume of their own.
        package var volumes: [String: Empty]?
        package var workingDir: String?
        package var labels: [String: String]?
        /// `SIGTERM`, or a number.
        package var stopSignal: String?
        package var healthcheck: Healthcheck?
        package var shell: [String]?
        package var onBuild: [String]?

        package init() {}

        private enum CodingKeys: String, CodingKey {
            case user = "User"
            case exposedPorts = "ExposedPorts"
            case env = "Env"
            case entrypoint = "Entrypoint"
            case cmd = "Cmd"
            case volumes = "Volumes"
            case workingDir = "WorkingDir"
            case labels = "Labels"
            case stopSignal = "StopSignal"
            case healthcheck = "Healthcheck"
            case shell = "Shell"
            case onBuild = "OnBuild"
        }
    }

    /// `{}`: how the specification writes a set, as the keys of an object.
    package struct Empty: Hashable, Sendable, Codable {
        package init() {}
    }

    /// Docker's health check; times in nanoseconds, absent or 0 for the default.
    package struct Healthcheck: Hashable, Sendable, Codable {
        /// `["NONE"]`, `["CMD", …]`, or `["CMD-SHELL", text]`; empty inherits.
        package var test: [String]?
        package var interval: Int64?
        package var timeout: Int64?
        package var startPeriod: Int64?
        package var startInterval: Int64?
        /// Failures in a row until it counts as unhealthy.
        package var retries: Int?

        package init() {}

        private enum CodingKeys: String, CodingKey {
            case test = "Test"
            case interval = "Interval"
            case timeout = "Timeout"
            case startPeriod = "StartPeriod"
            case startInterval = "StartInterval"
            case retries = "Retries"
        }
    }

    package struct RootFileSystem: Hashable, Sendable, Codable {
        /// `layers`, always.
        package var type: String = "layers"
        /// Digests of the layers' uncompressed archives, the lowest first.
        package var diffIDs: [Digest]

        package init(diffIDs: [Digest]) { self.diffIDs = diffIDs }

        private enum CodingKeys: String, CodingKey {
            case type
            case diffIDs = "diff_ids"
        }
    }

    /// One step of how the image was made.
    package struct History: Hashable, Sendable, Codable {
        /// RFC 3339.
        package var created: String?
        package var createdBy: String?
        package var author: String?
        package var comment: String?
        /// The step made no layer.
        package var emptyLayer: Bool?

        package init(created: String? = nil, createdBy: String? = nil, comment: String? = nil) {
            self.created = created
            self.createdBy = createdBy
            self.comment = comment
        }

        private enum CodingKeys: String, CodingKey {
            case created
            case createdBy = "created_by"
            case author
            case comment
            case emptyLayer = "empty_layer"
        }
    }
}
