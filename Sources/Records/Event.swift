import Linux

/// One line of `events.log`: what happened to a container, as JSON.
package struct Event: Hashable, Sendable, Codable {
    package var time: Timestamp
    /// The container's id and name at that time.
    package var container: String
    package var name: String
    package var kind: Kind
    /// The rest of the sentence: `exited 137, out of memory`, `memory 1 GiB → 512 MiB`.
    package var detail: String?

    package enum Kind: String, Hashable, Sendable, Codable {
        case created, started, exited, restarting, paused, unpaused, killed, stopped, removed, renamed, limited, health
        case outOfMemory, adopted, exec
    }

    package init(time: Timestamp, container: String, name: String, kind: Kind, detail: String? = nil) {
        self.time = time
        self.container = container
        self.name = name
        self.kind = kind
        self.detail = detail
    }
}
