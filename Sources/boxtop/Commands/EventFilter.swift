import Flags
import Records

/// Which events are shown, as docker has it.
struct EventFilter {
    private let filter: ListFilter
    /// Of those containers that are still there.
    private let labels: [String: [String: String]]

    init(_ texts: [String], in context: Context) throws(FlagError) {
        filter = try ListFilter(texts, keys: ["container", "event", "type", "label"])
        let wantsLabels = texts.contains { $0.hasPrefix("label=") }
        labels = wantsLabels ? Dictionary(context.list().map { ($0.record.id, $0.record.labels) }) { $1 } : [:]
    }

    func matches(_ event: Event) -> Bool {
        filter.matches { wish in
            switch wish.key {
            case "container": event.name == wish.value || event.container.hasPrefix(wish.value)
            case "event": event.kind.rawValue == Self.docker[wish.value] ?? wish.value
            case "type": wish.value == "container"
            default: labels[event.container].map { wish.isMet(by: $0) } ?? false
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
