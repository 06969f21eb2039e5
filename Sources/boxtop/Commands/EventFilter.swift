import Flags
import Records
import Rendering

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
            if Self.kind(word) != nil || Event.Kind.dockerOnly.contains(word) { continue }
            throw FlagValue("--filter", text).refused(
                "is no event: it is one of \(Event.Kind.dockerWords.keys.sorted().joined(separator: ", "))")
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
            case "event" where wish.value.contains(":"): event.dockerAction == wish.value
            case "event": event.kind == Self.kind(wish.value)
            case "type": wish.value == "container"
            case "image": record.map(ImageWish(wish.value).isMet) ?? false
            default: record.map { wish.isMet(by: $0.labels) } ?? false
            }
        }
    }

    /// What `word` means, docker's or ours.
    private static func kind(_ word: String) -> Event.Kind? {
        Event.Kind.dockerWords[String(word.prefix { $0 != ":" })] ?? Event.Kind(rawValue: word)
    }
}
