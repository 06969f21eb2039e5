import Monitoring
import Records
import TerminalKit

extension Model {
    /// Why an action is not offered now, as a sentence with what would help; `nil` where it is.
    func refusal(of action: Action) -> String? {
        if let reason = imageRefusal(of: action) { return reason }
        let needsOne: Set<Action> = [
            .startStop, .restart, .pause, .limits, .shell, .logs, .details, .inspect, .signal, .remove, .mark, .less,
            .more, .unlimited, .undo, .preset, .apply, .saveLog,
        ]
        guard needsOne.contains(action) else { return nil }
        if let gone, gone.id == selected, action != .logs, action != .details, action != .inspect {
            return "\(gone.name) was removed; Esc goes back"
        }
        let targets = targets
        guard let first = targets.first else {
            return snapshot == nil ? "still reading" : "no container is selected; n makes one"
        }
        if [.startStop, .restart, .pause].contains(action), let doing = targets.compactMap({ busy[$0.id] }).first {
            return "still \(doing) \(names(targets.filter { busy[$0.id] != nil })); F9 sends a signal, d removes"
        }
        guard targets.count == 1 else {
            return action == .pause && !targets.contains { $0.status.isRunning || $0.status.isPaused }
                ? "none of the marked ones runs" : nil
        }
        switch action {
        case .pause where !first.status.isRunning && !first.status.isPaused,
            .signal where !first.status.isRunning && !first.status.isPaused:
            return "\(first.name) does not run; s starts it"
        case .shell where first.status.isPaused: return "\(first.name) is paused; p lets it go on"
        case .shell where !first.status.isRunning: return "\(first.name) does not run; s starts it"
        default: return nil
        }
    }

    /// The word of the action for what is selected now: `stop` or `start`; `nil` where it is not offered.
    func word(_ binding: Binding) -> String? {
        guard let footer = binding.footer, refusal(of: binding.action) == nil else { return nil }
        switch binding.action {
        case .startStop: return targets.contains { $0.status.isAlive } ? footer : "start"
        case .pause: return targets.contains { $0.status.isRunning } ? footer : "resume"
        case .less, .more: return footer
        case .follow:
            if case .log(let log) = page, log.follows { return nil }
            return footer
        case .nextMatch:
            if case .log(let log) = page, log.search.isEmpty || log.fruitless { return nil }
            return footer
        case .back:
            let isAtRest = page == .list && panel == nil && back == 0 && marked.isEmpty && filter.isEmpty
            return isAtRest ? nil : footer
        case .apply: return panel?.pending == nil ? nil : footer
        case .undo: return panel?.before.isEmpty == true ? nil : footer
        default: return footer
        }
    }

    mutating func act(_ action: Action) -> [Effect] {
        let targets = targets
        switch action {
        case .startStop:
            let alive = targets.filter { $0.status.isAlive }
            return alive.isEmpty ? run("start", targets, "starting") : run("stop", alive, "stopping")
        case .restart: return run("restart", targets, "restarting")
        case .pause:
            let running = targets.filter { $0.status.isRunning }
            return running.isEmpty
                ? run("unpause", targets.filter { $0.status.isPaused }, "resuming") : run("pause", running, "pausing")
        case .shell: return targets.first.map { [Self.shell(in: $0.name)] } ?? []
        case .remove:
            dialog = .confirm(removal(of: targets))
            return []
        case .signal:
            let items = Signals.offered.map { Menu.Item(title: $0.name, explanation: $0.explanation, ticked: nil) }
            dialog = .menu(
                Menu(
                    purpose: .signal, title: "Signal to \(names(targets))", items: items, selected: 0,
                    ids: Set(targets.map(\.id))))
            return []
        default: return []
        }
    }

    private static func shell(in name: String) -> Effect {
        // The one that edits lines and remembers them, where the image has it.
        let best = "command -v bash >/dev/null 2>&1 && exec bash; exec sh"
        return .suspend(
            arguments: ["exec", "-it", name, "sh", "-c", best], greeting: "shell in \(name): exit comes back")
    }

    mutating func run(_ verb: String, _ targets: [ContainerReading], flags: [String] = [], _ doing: String) -> [Effect]
    {
        guard !targets.isEmpty else { return [] }
        for target in targets { busy[target.id] = doing }
        say("\(doing) \(names(targets)) …", .busy)
        return [.run(arguments: [verb] + flags + targets.map(\.name))]
    }

    /// What is being done to what a person has had removed.
    static let removing = "removing"

    func removal(of targets: [ContainerReading]) -> Confirmation {
        let alive = targets.filter { $0.status.isAlive }
        var lines = ["Its writable files and its log go with it; volumes and the image stay."]
        if targets.count > 1 { lines[0] = "Their writable files and logs go with them; volumes and images stay." }
        if !alive.isEmpty {
            let all = alive.count == targets.count ? "All of them" : "\(Format.count(alive.count)) of them"
            let who = targets.count > 2 && alive.count > 1 ? all : names(alive)
            lines.insert("\(who) \(alive.count == 1 ? "runs" : "run"): killed first.", at: 0)
        }
        let isMany = targets.count > 2
        return Confirmation(
            title: "Remove \(isMany ? "\(Format.count(targets.count)) containers" : names(targets))?",
            names: isMany ? targets.map(\.name) : [], lines: lines, verb: "Remove",
            arguments: ["rm"] + (alive.isEmpty ? [] : ["-f"]) + targets.map(\.name), ids: Set(targets.map(\.id)))
    }

    /// `web`, `web and api`, or `web, api and 3 more`.
    func names(_ targets: [ContainerReading]) -> String {
        switch targets.count {
        case 0: "nothing"
        case 1: targets[0].name
        case 2: "\(targets[0].name) and \(targets[1].name)"
        default: "\(targets[0].name), \(targets[1].name) and \(Format.count(targets.count - 2)) more"
        }
    }

    mutating func ended(_ arguments: [String], _ status: Int32, _ message: String) -> [Effect] {
        if let effects = endedOnImages(arguments, status, message) { return effects }
        let named = Set(arguments.dropFirst())
        let subjects = snapshot?.containers.filter { named.contains($0.name) } ?? []
        let verb = arguments.first ?? ""
        // Until the next sweep misses it, which then knows that a person has wanted that.
        for subject in subjects { busy[subject.id] = verb == "rm" && status == 0 ? Self.removing : nil }
        defer { if submitted?.arguments == arguments { submitted = nil } }
        if status != 0 {
            if awaited != nil, verb == "run" { awaited = nil }
            let reason = message.isEmpty ? "\(verb) failed with status \(status)" : message
            say(reason, .failed)
            if let submitted, submitted.arguments == arguments { reopen(submitted, reason) }
        } else if !message.isEmpty {
            say(message)
        } else {
            say("\(Self.done[verb] ?? "\(verb): done") \(subject(arguments))".trimmingBlanks)
        }
        if verb == "run" || verb == "rm" || status == 0 { marked.subtract(subjects.map(\.id)) }
        return [.sweep]
    }

    private func subject(_ arguments: [String]) -> String {
        if arguments.first == "run", let flag = arguments.firstIndex(of: "--name"), flag + 1 < arguments.count {
            return arguments[flag + 1]
        }
        let names = arguments.dropFirst().filter { !$0.hasPrefix("-") }
        return names.count > 3 ? "\(Format.count(names.count)) containers" : names.joined(separator: ", ")
    }

    private static let done = [
        "start": "started", "stop": "stopped", "restart": "restarted", "pause": "paused", "unpause": "resumed",
        "kill": "signalled", "rm": "removed", "run": "started",
    ]
}
