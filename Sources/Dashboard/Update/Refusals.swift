import Monitoring
import Records
import TerminalKit

extension Action {
    /// Whether what is in `status` can have it done.
    func suits(_ status: Status) -> Bool {
        switch self {
        case .start: !status.isRunning && !status.isPaused
        case .stop: status.isActive
        case .pause, .shell: status.isRunning
        case .unpause: status.isPaused
        case .pauseResume, .signal: status.isRunning || status.isPaused
        default: true
        }
    }
}

extension Model {
    /// What is done to whole containers, to all that are marked.
    static let verbs: Set<Action> = [.startStop, .restart, .pauseResume, .start, .stop, .pause, .unpause]

    /// Why an action is not offered now, as a sentence with what would help; `nil` where it is.
    func refusal(of action: Action) -> String? {
        if let reason = resourceRefusal(of: action) ?? processRefusal(of: action) { return reason }
        let needsOne: Set<Action> = [
            .limits, .shell, .logs, .details, .inspect, .signal, .remove, .mark, .less, .more, .unlimited, .undo,
            .preset, .apply, .saveLog,
        ]
        guard needsOne.contains(action) || Self.verbs.contains(action) else { return nil }
        if let gone, gone.id == selected, action != .logs, action != .details, action != .inspect {
            return "\(gone.name) was removed; Esc goes back"
        }
        let targets = targets(of: action)
        if let reason = hiddenRefusal(of: action) { return reason }
        guard let first = targets.first else {
            return snapshot == nil ? "still reading" : "no container is selected; n makes one"
        }
        if Self.verbs.contains(action), let work = targets.compactMap({ busy[$0.id] }).first {
            return "still \(work.word) \(names(targets.filter { busy[$0.id] != nil })); F9 sends a signal, d removes"
        }
        guard targets.contains(where: { action.suits($0.status) }) else {
            return targets.count == 1 ? Self.unsuitable(first, for: action) : Self.noneSuits(action)
        }
        return nil
    }

    /// Why `action` cannot be done to `container`, which does not suit it.
    private static func unsuitable(_ container: ContainerReading, for action: Action) -> String {
        switch action {
        case .start where container.status.isPaused, .shell where container.status.isPaused:
            "\(container.name) is paused; p lets it go on"
        case .start: "\(container.name) runs already"
        case .pause where container.status.isPaused: "\(container.name) is paused already"
        case .unpause: "\(container.name) is not paused"
        default: notRunning(container)
        }
    }

    private static func noneSuits(_ action: Action) -> String {
        switch action {
        case .start: "none of the marked ones waits to be started"
        case .pause: "none of the marked ones can be paused"
        case .unpause: "none of the marked ones is paused"
        default: "none of the marked ones runs"
        }
    }

    private static func notRunning(_ container: ContainerReading) -> String {
        if case .restarting = container.status {
            return "\(container.name) waits for its next start; r starts it now, s stops it"
        }
        return "\(container.name) does not run; s starts it"
    }

    /// What is not seen is not acted on; removing names all of them first.
    private func hiddenRefusal(of action: Action) -> String? {
        let acts = Self.verbs.union([.limits, .signal])
        let hidden = hiddenMarks
        guard acts.contains(action), case .list = page, hidden > 0 else { return nil }
        let share = "\(Format.count(hidden)) of the \(Format.count(marked.count)) marked \(hidden == 1 ? "is" : "are")"
        return filter.isEmpty
            ? "\(share) not listed; a shows all" : "\(share) hidden by the filter; / and Esc show all"
    }
}
