import Monitoring
import Records
import TerminalKit

/// What is said of verbs when they have ended.
extension Model {
    mutating func ended(_ arguments: [String], _ status: Int32, _ line: LastLine, _ output: String) -> [Effect] {
        if let effects = endedOnImages(arguments, status, line) { return effects }
        let named = Set(arguments.dropFirst())
        let names = names(in: named)
        defer { for id in named { called[id] = called[id]?.without(arguments) } }
        let message = names.reduce(line.text) { $0.replacing($1.key, with: $1.value) }
        if arguments.starts(with: Self.shell) { return leftShell(arguments, names, status, message) }
        let deed = Deed(arguments)
        // What was typed into the palette has names.
        let all = deed.isOfContainers ? snapshot?.containers ?? [] : []
        let subjects = all.filter { named.contains($0.id) || named.contains($0.name) }
        for subject in subjects {
            if deed.verb == "rm", status == 0 {
                // Until the next sweep misses it, which then knows that a person has wanted that.
                busy[subject.id] = Work(word: Work.removing, arguments: arguments, before: subject.status)
            } else if let work = busy[subject.id], work.arguments == arguments {
                busy[subject.id] = nil
                if work.word == Work.removing, !arguments.contains("-f") { unremoved.insert(subject.id) }
            }
        }
        defer { if submitted?.arguments == arguments { submitted = nil } }
        if status != 0 {
            if awaited != nil, deed.verb == "run" { awaited = nil }
            let reason = message.isEmpty ? deed.failure(status) : message
            say(reason, .failed)
            if let submitted, submitted.arguments == arguments { reopen(submitted, reason) }
        } else if deed.makesContainer, output.isContainerID {
            // The form has asked for the cursor by the name that it gave.
            let isForm = submitted?.arguments == arguments && submitted?.text(.name).isEmpty == false
            let made = Made(id: output, word: deed.word, note: line.isOwn ? message : "", isWanted: !isForm)
            tell(made, String(output.prefix(12)))
            self.made = made
            tellMade()
        } else if deed.isTold(by: line) {
            say(message)
        } else {
            say(deed.sentence(names, known: Set(all.map(\.name)), output: output))
        }
        if deed.verb == "run" || deed.verb == "rm" || status == 0 { marked.subtract(subjects.map(\.id)) }
        return [.sweep] + listing()
    }

    /// What is listed may be another since a verb has ended, and a frozen page asks at no sweep.
    private func listing() -> [Effect] {
        guard frozen, let page = resourcePage else { return [] }
        return [.needListing(page.kind)]
    }

    /// The names of those whose ids are among `words`, by id.
    private func names(in words: Set<String>) -> [String: String] {
        let known = called.filter { words.contains($0.key) }.mapValues(\.name)
        return (snapshot?.containers ?? []).reduce(into: known) { names, container in
            if words.contains(container.id) { names[container.id] = container.name }
        }
    }

    private mutating func tell(_ made: Made, _ name: String) {
        say(made.sentence(name), made.note.isEmpty ? .done : .warning)
    }

    /// Tells of what was just made by its name, and puts the cursor on it, as soon as the list has it.
    mutating func tellMade() {
        guard let made, let container = snapshot?.containers.first(where: { $0.id == made.id }) else { return }
        self.made = nil
        if made.isWanted { awaited = container.name }
        // What was said since is newer.
        if status?.text == made.sentence(String(made.id.prefix(12))) { tell(made, container.name) }
    }

    /// What is said once the dashboard has been left while verbs still run.
    package func left(running verbs: [[String]]) -> [String] {
        verbs.map { arguments in
            let names = names(in: Set(arguments))
            let line = arguments.map { names[$0] ?? $0 }.joined(separator: " ")
            return "\(line) goes on; \(Deed(arguments).whereItShows)"
        }
    }

    /// A shell was left; or could not be opened, and the command has said why. The shell's own words were on the terminal,
    /// and its exit code is nobody's but its own.
    private mutating func leftShell(
        _ arguments: [String], _ names: [String: String], _ status: Int32, _ message: String
    ) -> [Effect] {
        if self.status?.kind != .busy { self.status = nil }
        guard let container = names.first else { return [.sweep] }
        let name = container.value
        let advice = "boxtop exec \(name) PROGRAM runs what it has"
        if message.isEmpty {
            visited = (container.key, name)
        } else if status == 127, arguments.last != "bash" {
            // There is no sh that could look for it.
            return [open(["bash"], in: container.key, name)]
        } else if status == 127 {
            say("no shell in \(name), neither sh nor bash: \(advice)", .failed)
        } else if status == 126 {
            say("no shell in \(name): \(message): \(advice)", .failed)
        } else {
            say(message, status == 0 ? .warning : .failed)
        }
        return [.sweep]
    }
}

extension String {
    /// Whether it is what `run -d` and `create` print; a volume that nobody named is called so too.
    var isContainerID: Bool { utf8.count == 64 && allSatisfy(\.isHexDigit) }
}
