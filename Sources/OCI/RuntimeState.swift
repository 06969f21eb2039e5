/// What the verb `state` prints and hooks are given. See runtime.md of the OCI runtime specification.
package struct RuntimeState: Hashable, Sendable, Codable {
    package var ociVersion: String
    package var id: String
    package var status: Status
    /// The first process as the host sees it; absent once it has ended.
    package var pid: Int32?
    /// The bundle's folder, absolute.
    package var bundle: String
    package var annotations: [String: String]?

    package enum Status: String, Hashable, Sendable, Codable {
        case creating, created, running, stopped, paused
    }

    package init(
        ociVersion: String, id: String, status: Status, pid: Int32? = nil, bundle: String,
        annotations: [String: String]? = nil
    ) {
        self.ociVersion = ociVersion
        self.id = id
        self.status = status
        self.pid = pid
        self.bundle = bundle
        self.annotations = annotations
    }
}
