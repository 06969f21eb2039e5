import Flags
import Records

/// Which events are shown, as docker has it.
struct EventFilter {
    private let filter: ListFilter
    private let files: StateFiles
    /// Whether it asks for what a container's record says.
    private let readsRecords: Bool
    /// Of those containers that were still there at one of their events.
    private var records: [String: ContainerRecord] = [:]

    init(_ texts: [String], _ layout: Layout) throws(FlagError) {
        filter = try ListFilter(texts, keys: ["container", "event", "type", "label", "image"])
        for text in texts where text.hasPrefix("event=") {
            let word = String(text.dropFirst(6))
            guard Event.Kind(rawValue: Self.docker[word] ?? word) == nil else { continue }
            throw FlagValue("--filter", text).refused(
                "is no event: it is one of \(Self.docker.keys.sorted().joined(separator: ", "))")
        }
        files = StateFiles(layout)
        readsRecords = texts.contains { $0.hasPrefix("label=") || $0.hasPrefix("image=") }
    }

    mutating func matches(_ event: Event) -> Bool {
        if readsRecords, records[event.container] == nil {
            records[event.container] = try? files.record(of: event.container)
        }
        let record = records[event.container]
        return filter.matches { wish in
            switch wish.key {
            case "container": event.name == wish.value || event.container.hasPrefix(wish.value)
            case "event": event.kind.rawValue == Self.docker[wish.value] ?? wish.value
            case "type": wish.value == "container"
            case "image": record.map(ImageWish(wish.value).isMet) ?? false
            default: record.map { wish.isMet(by: $0.labels) } ?? false
            }
        }
    }

    /// Docker's words for what has these names here.
    private static let docker = [
        "create": "created", "start": "started", "die": "exited", "pause": "paused", "unpause": "unpaused",
        "kill": "killed", "stop": "stopped", "destroy": "removed", "rename": "renamed", "update": "limited",
        "oom": "outOfMemory", "health_status": "health", "exec_start": "exec",
    ]
}
