import Linux
import Records
import TerminalKit

/// Times and events in words.
enum Times {
    /// The time of day where the screen stands; the date too for what is older than a day.
    static func text(_ time: Timestamp, _ model: Model, milliseconds: Bool = false) -> String {
        let seconds = Int(time.nanoseconds / 1_000_000_000) + model.timeZone
        if model.now.seconds(since: time) > 86_400 {
            let date = Timestamp(nanoseconds: UInt64(max(0, seconds)) * 1_000_000_000).description
            return "\(date.dropFirst(5).prefix(5)) \(Format.clock(seconds).prefix(5))"
        }
        guard milliseconds else { return Format.clock(seconds) }
        let fraction = String(time.nanoseconds / 1_000_000 % 1_000)
        return "\(Format.clock(seconds)).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)"
    }

    /// `2026-11-23 23:42:31` where the screen stands.
    static func date(_ time: Timestamp, _ model: Model) -> String {
        let nanoseconds = Int64(clamping: time.nanoseconds) + Int64(model.timeZone) * 1_000_000_000
        let text = Timestamp(nanoseconds: UInt64(clamping: nanoseconds)).description
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(8))"
    }

    static func sentence(_ event: Records.Event) -> String {
        let detail = event.detail ?? ""
        switch event.kind {
        case .exited: return detail.hasPrefix("exited") ? detail : "exited \(detail)"
        case .limited: return detail.isEmpty ? "limits changed" : detail
        case .outOfMemory: return detail.isEmpty ? "out of memory" : detail
        case .health: return detail.isEmpty ? "health changed" : detail
        default: return detail.isEmpty ? event.kind.rawValue : "\(event.kind.rawValue) \(detail)"
        }
    }

    static func role(_ event: Records.Event) -> Role {
        switch event.kind {
        case .started, .unpaused: .good
        case .exited: event.detail.map { $0 == "0" || $0.hasPrefix("exited 0") } == true ? .text : .bad
        case .outOfMemory: .bad
        case .restarting, .killed, .adopted: .warning
        case .limited, .health: .key
        case .created, .paused, .stopped, .removed, .renamed, .exec: .dim
        }
    }
}
