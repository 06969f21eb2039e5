import Containers
import Flags
import Glibc
import Images
import Linux
import Records

/// What a verb works with: where everything lies and who asks.
struct Context {
    let environment: [String: String]
    let layout: Layout

    /// Throws where another user could have laid out what lies in its places.
    static func current() throws(ForeignFolder) -> Context {
        var environment: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            // One that is no text is handed on to no one: with other bytes it would say something else.
            if let variable = String(validatingCString: text), let split = variable.firstIndex(of: "=") {
                environment[String(variable[..<split])] = String(variable[variable.index(after: split)...])
            }
            entry += 1
        }
        // One that is set to nothing names no place: so the XDG base directory specification has it.
        for (name, value) in environment where value.isEmpty {
            if name == "HOME" || name.hasPrefix("XDG_") || name.hasPrefix("BOXTOP_") { environment[name] = nil }
        }
        // What cron, a service or su -m starts may have none: never /tmp in its place, which is everybody's.
        if environment["HOME"] == nil, let account = getpwuid(geteuid()), let home = account.pointee.pw_dir {
            environment["HOME"] = String(cString: home)
        }
        let layout = Layout(environment: environment, user: geteuid())
        try layout.checkOwner(user: geteuid())
        return Context(environment: environment, layout: layout)
    }

    func containers() throws(ContainerError) -> Containers {
        var containers = try Containers(layout: layout, environment: environment)
        let said = Said()
        containers.warn = { if said.isNew($0) { Stream.error.say("boxtop: \(printable($0))") } }
        return containers
    }

    /// Does something in two steps to each of `references`: begins it of many, then waits for each. Says what came of it
    /// as `each` does.
    func each<Begun>(
        _ references: [String], force: Bool = false, begin: (Containers, String) throws -> Begun,
        end: (Containers, Begun) throws -> Void
    ) throws -> Int32 {
        // Each that is begun may hold a descriptor; some are for all else.
        let atOnce = max(1, min(200, (ResourceLimit.openFiles ?? 1_024) - 32))
        var code: Int32 = 0
        for start in stride(from: 0, to: references.count, by: atOnce) {
            let some = Array(references[start..<min(start + atOnce, references.count)])
            let containers = try containers()
            let begun = some.map { reference in Result { try begin(containers, reference) } }
            var rest = begun[...]
            let ended = try each(some, force: force) { _, _ in
                guard let next = rest.popFirst() else { return }
                try end(containers, try next.get())
            }
            code = max(code, ended)
        }
        return code
    }

    /// Does `action` to each of `references`, all of them whatever happens to the others: each that fails is a line on
    /// standard error and makes the exit code 1, each that doesn't is printed as it was written. What is wrong with the
    /// flags is wrong for all of them.
    ///
    /// - Parameter force: one that is not there is said, and is no failure.
    func each(
        _ references: [String], force: Bool = false, _ action: (Containers, String) throws -> Void
    ) throws -> Int32 {
        let containers = try containers()
        var code: Int32 = 0
        for reference in references {
            do {
                try action(containers, reference)
                Stream.output.say(reference)
            } catch let error as FlagError {
                throw error
            } catch let error as any SentenceError {
                Stream.error.say("boxtop: \(error.sentence)")
                if !(force && error.isMissing) { code = 1 }
            }
        }
        return code
    }
}

/// What a verb has said already: a build would say it with each RUN. Verbs have one thread.
private final class Said: @unchecked Sendable {
    private var sentences: Set<String> = []

    func isNew(_ sentence: String) -> Bool { sentences.insert(sentence).inserted }
}
