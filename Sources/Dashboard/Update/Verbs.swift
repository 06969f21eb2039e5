import Monitoring
import Records
import TerminalKit

extension Model {
    /// The word of the action for what is selected now: `stop` or `start`; `nil` where it is not offered.
    func word(_ binding: Binding) -> String? {
        guard let footer = binding.footer, refusal(of: binding.action) == nil else { return nil }
        switch binding.action {
        case .startStop: return targets.contains { $0.status.isActive } ? footer : "start"
        case .pauseResume: return targets.contains { $0.status.isRunning } ? footer : "resume"
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
        case .signal: return currentProcess == nil ? nil : footer
        case .sort:
            if case .details(let page) = page, page.focus != .processes { return nil }
            return footer
        case .apply: return panel?.pending == nil ? nil : footer
        case .undo: return panel?.before.isEmpty == true ? nil : footer
        default: return footer
        }
    }

    mutating func act(_ action: Action) -> [Effect] {
        let targets = targets(of: action)
        let able = targets.filter { action.suits($0.status) }
        switch action {
        case .startStop: return act(targets.contains { $0.status.isActive } ? .stop : .start)
        case .pauseResume: return act(targets.contains { $0.status.isRunning } ? .pause : .unpause)
        case .start: return run("start", able, "starting")
        case .stop: return run("stop", able, "stopping")
        case .pause: return run("pause", able, "pausing")
        case .unpause: return run("unpause", able, "resuming")
        case .restart: return run("restart", targets, "restarting")
        case .shell: return targets.first.map { [shell(in: $0)] } ?? []
        case .remove:
            dialog = .confirm(removal(of: targets))
            return []
        case .signal:
            let items = Signals.offered.map { signal in
                let explanation = currentProcess.flatMap { _ in signal.toOne } ?? signal.explanation
                return Menu.Item(title: signal.name, explanation: explanation, ticked: nil)
            }
            let title = signalTitle(targets, currentProcess)
            dialog = .menu(
                Menu(
                    purpose: .signal, title: title, items: items, selected: 0, ids: Set(targets.map(\.id)),
                    process: currentProcess))
            return []
        default: return []
        }
    }

    func signalTitle(_ targets: [ContainerReading], _ process: ProcessReading?) -> String {
        "Signal to \(process.map { "\($0.title) in " } ?? "")\(names(targets))"
    }

    private mutating func shell(in container: ContainerReading) -> Effect {
        // The one that edits lines and remembers them, where the image has it.
        let best = "command -v bash >/dev/null 2>&1 && exec bash; exec sh"
        return open(["sh", "-c", best], in: container.id, container.name)
    }

    /// Opens a shell in the container of `id`.
    mutating func open(_ shell: [String], in id: String, _ name: String) -> Effect {
        let arguments = Self.shell + [id] + shell
        called[id, default: Called()].add(arguments, name)
        return .suspend(Visit(id: id, name: name, arguments: arguments))
    }

    /// What a shell is opened by.
    static let shell = ["exec", "-it"]

    /// Runs a verb on `targets`, by their ids: a name may have become another's since it was read.
    mutating func run(_ verb: String, _ targets: [ContainerReading], flags: [String] = [], _ doing: String) -> [Effect]
    {
        guard !targets.isEmpty else { return [] }
        let arguments = [verb] + flags + targets.map(\.id)
        begin(arguments, targets, doing)
        say("\(doing) \(names(targets)) …", .busy)
        return [.run(arguments: arguments)]
    }

    /// Notes what is being done to `targets`.
    mutating func begin(_ arguments: [String], _ targets: [ContainerReading], _ doing: String) {
        for target in targets {
            busy[target.id] = Work(word: doing, arguments: arguments, before: target.status)
            called[target.id, default: Called()].add(arguments, target.name)
        }
    }

    func removal(of targets: [ContainerReading]) -> Confirmation {
        let alive = targets.filter { $0.status.isActive }
        var lines = ["Its writable files and its log go with it; volumes and the image stay."]
        if targets.count > 1 { lines[0] = "Their writable files and logs go with them; volumes and images stay." }
        if !alive.isEmpty {
            let all = alive.count == targets.count ? "All of them" : "\(Format.count(alive.count)) of them"
            let who = targets.count > 2 && alive.count > 1 ? all : names(alive)
            lines.insert("\(who) \(alive.count == 1 ? "runs" : "run"): killed first.", at: 0)
        }
        let hidden = page == .list ? hiddenMarks : 0
        if hidden > 0 { lines.append("\(Format.count(hidden)) of them \(hidden == 1 ? "is" : "are") not listed now.") }
        let isMany = targets.count > 2
        return Confirmation(
            title: "Remove \(isMany ? "\(Format.count(targets.count)) containers" : names(targets))?",
            names: isMany ? targets.map(\.name) : [], lines: lines, verb: "Remove",
            arguments: ["rm"] + (alive.isEmpty ? [] : ["-f"]) + targets.map(\.id),
            targets: Dictionary(targets.map { ($0.id, Confirmation.Target($0)) }) { first, _ in first })
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
}
