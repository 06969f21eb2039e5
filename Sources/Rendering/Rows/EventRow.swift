import JSON
import Linux
import Records

/// One line of `events`.
package struct EventRow: Listable {
    private let event: Event

    package init(_ event: Event) { self.event = event }

    package static let columns = [
        Column("time", "TIME"), Column("id", "CONTAINER ID"), Column("name", "NAME"), Column("event", "EVENT"),
        Column("detail", "DETAIL"),
    ]

    package var cells: [Cell] {
        [
            cell(event.time), Cell(quiet, .string(event.container)), Cell(event.name),
            Cell(event.kind.rawValue), Cell(event.detail ?? "", .string(event.detail)),
        ]
    }

    package var docker: JSONValue {
        let action = JSONValue.string(event.dockerAction)
        let attributes: [(String, String?)] = [("name", event.name), ("exitCode", event.exitCode)]
        return .of([
            ("Type", .string("container")), ("Action", action), ("Status", action), ("Scope", .string("local")),
            (
                "Actor",
                .of([
                    ("ID", .string(event.container)),
                    (
                        "Attributes",
                        .map(attributes.compactMap { key, value in value.map { .init(key: key, value: .string($0)) } })
                    ),
                ])
            ), ("TimeNano", .integer(event.time.nanoseconds)),
        ])
    }

    package var quiet: String { String(event.container.prefix(12)) }

    /// The event as a line of its own, for a stream that has no table.
    package var line: String {
        "\(event.time) \(event.name) (\(quiet)) \(event.kind.rawValue)\(event.detail.map { ": \($0)" } ?? "")"
    }
}

extension Event.Kind {
    /// Docker's words for what has other names here.
    package static let dockerWords: [String: Event.Kind] = [
        "create": .created, "start": .started, "die": .exited, "pause": .paused, "unpause": .unpaused, "kill": .killed,
        "stop": .stopped, "destroy": .removed, "rename": .renamed, "update": .limited, "oom": .outOfMemory,
        "health_status": .health, "exec_start": .exec,
    ]

    /// Docker's words for what a container, an image, a network or a volume goes through, and nothing here writes down.
    package static let dockerOnly: Set<String> = [
        "attach", "commit", "connect", "copy", "delete", "detach", "disconnect", "exec_create", "exec_detach",
        "exec_die", "export", "import", "load", "mount", "prune", "pull", "push", "reload", "resize", "restart",
        "save", "tag", "top", "unmount", "untag",
    ]

    /// As docker calls it; what docker does not know has its name here.
    package var dockerWord: String { Self.dockerWords.first { $0.value == self }?.key ?? rawValue }
}

extension Event {
    /// As docker calls it, with what a health check has come to.
    package var dockerAction: String {
        guard kind == .health, let health = detail?.prefix(while: { $0 != "," }) else { return kind.dockerWord }
        return "\(kind.dockerWord): \(health)"
    }

    /// The status that the container has ended with.
    fileprivate var exitCode: String? {
        guard kind == .exited, let detail, detail.hasPrefix("exited ") else { return nil }
        let digits = detail.dropFirst(7).prefix(while: \.isNumber)
        return digits.isEmpty ? nil : String(digits)
    }
}
