import Monitoring
import Records
import TerminalKit

extension Model {
    /// The word of the action for what is selected now: `stop` or `start`; `nil` where it is not offered.
    func word(_ binding: Binding) -> String? {
        guard let footer = binding.footer, refusal(of: binding.action) == nil else { return nil }
        switch binding.action {
        case .startStop: return targets.contains { $0.status.isAlive } ? footer : "start"
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
        case .apply: return panel?.pending == nil ? nil : footer
        case .undo: return panel?.before.isEmpty == true ? nil : footer
        default: return footer
        }
    }

    mutating func act(_ action: Action) -> [Effect] {
        let targets = targets(of: action)
        let able = targets.filter { action.suits($0.status) }
        switch action {
        case .startStop: return act(targets.contains { $0.status.isAlive } ? .stop : .start)
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
            let items = Signals.offered.map { Menu.Item(title: $0.name, explanation: $0.explanation, ticked: nil) }
            dialog = .menu(
                Menu(
                    purpose: .signal, title: signalTitle(targets), items: items, selected: 0,
                    ids: Set(targets.map(\.id))))
            return []
        default: return []
        }
    }

    func signalTitle(_ targets: [ContainerReading]) -> String { "Signal to \(names(targets))" }

    private mutating func shell(in container: ContainerReading) -> Effect {
        called[container.id] = container.name
        // The one that edits lines and remembers them, where the image has it.
        let best = "command -v bash >/dev/null 2>&1 && exec bash; exec sh"
        return .suspend(
            arguments: Self.shell + [container.id, "sh", "-c", best],
            greeting: "shell in \(container.name): exit comes back")
    }

    /// What a shell is opened by.
    private static let shell = ["exec", "-it"]

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
            called[target.id] = target.name
        }
    }

    func removal(of targets: [ContainerReading]) -> Confirmation {
        let alive = targets.filter { $0.status.isAlive }
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
            targets: Dictionary(targets.map { ($0.id, $0.name) }) { first, _ in first })
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
        let names = names(in: named)
        defer { for id in named { called[id] = nil } }
        let message = names.reduce(message) { $0.replacing($1.key, with: $1.value) }
        if arguments.starts(with: Self.shell) { return leftShell(names, status, message) }
        // What was typed into the palette has names.
        let subjects = snapshot?.containers.filter { named.contains($0.id) || named.contains($0.name) } ?? []
        let verb = arguments.first ?? ""
        for subject in subjects {
            if verb == "rm", status == 0 {
                // Until the next sweep misses it, which then knows that a person has wanted that.
                busy[subject.id] = Work(word: Work.removing, arguments: arguments, before: subject.status)
            } else if busy[subject.id]?.arguments == arguments {
                busy[subject.id] = nil
            }
        }
        defer { if submitted?.arguments == arguments { submitted = nil } }
        if status != 0 {
            if awaited != nil, verb == "run" { awaited = nil }
            let reason = message.isEmpty ? "\(verb) failed with status \(status)" : message
            say(reason, .failed)
            if let submitted, submitted.arguments == arguments { reopen(submitted, reason) }
        } else if !message.isEmpty {
            say(message)
        } else {
            say("\(Self.done[verb] ?? "\(verb): done") \(subject(arguments, names))".trimmingBlanks)
        }
        if verb == "run" || verb == "rm" || status == 0 { marked.subtract(subjects.map(\.id)) }
        return [.sweep]
    }

    /// The names of those whose ids are among `words`, by id.
    private func names(in words: Set<String>) -> [String: String] {
        let known = called.filter { words.contains($0.key) }
        return (snapshot?.containers ?? []).reduce(into: known) { names, container in
            if words.contains(container.id) { names[container.id] = container.name }
        }
    }

    /// A shell was left; or could not be opened, and the command has said why. The shell's own words were on the terminal,
    /// and its exit code is nobody's but its own.
    private mutating func leftShell(_ names: [String: String], _ status: Int32, _ message: String) -> [Effect] {
        if self.status?.kind != .busy { self.status = nil }
        guard let container = names.first else { return [.sweep] }
        let name = container.value
        if message.isEmpty {
            visited = (container.key, name)
        } else if status == 126 || status == 127 {
            say("no shell in \(name) (boxtop exec \(name) PROGRAM runs what it has): \(message)", .failed)
        } else {
            say(message, status == 0 ? .warning : .failed)
        }
        return [.sweep]
    }

    private func subject(_ arguments: [String], _ named: [String: String]) -> String {
        if arguments.first == "run", let flag = arguments.firstIndex(of: "--name"), flag + 1 < arguments.count {
            return arguments[flag + 1]
        }
        // What stands behind a flag may be its value, as in `stop -t 3 web`, unless it names a container.
        let known = Set(named.keys).union((snapshot?.containers ?? []).map(\.name))
        let words = zip(arguments, arguments.dropFirst()).filter { !$1.hasPrefix("-") }
        let sure = words.filter { !$0.hasPrefix("-") || known.contains($1) }
        let names = (sure.isEmpty ? words : sure).map { named[$1] ?? $1 }
        return names.count > 3 ? "\(Format.count(names.count)) containers" : names.joined(separator: ", ")
    }

    private static let done = [
        "start": "started", "stop": "stopped", "restart": "restarted", "pause": "paused", "unpause": "resumed",
        "kill": "signalled", "rm": "removed", "run": "started",
    ]
}
