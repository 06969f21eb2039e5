import Containers
import Glibc
import Linux
import Records

/// What a verb works with: where everything lies and who asks.
struct Context {
    let environment: [String: String]
    let layout: Layout

    static func current() -> Context {
        var environment: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let variable = String(cString: text)
            if let split = variable.firstIndex(of: "=") {
                environment[String(variable[..<split])] = String(variable[variable.index(after: split)...])
            }
            entry += 1
        }
        return Context(environment: environment, layout: Layout(environment: environment, user: geteuid()))
    }

    func containers() throws(ContainerError) -> Containers {
        try Containers(layout: layout, environment: environment)
    }

    /// Does `action` to each of `references`, all of them whatever happens to the others: each that fails is a line on
    /// standard error and makes the exit code 1, each that doesn't is printed as it was written.
    func each(
        _ references: [String], _ action: (Containers, String) throws -> Void
    ) throws -> Int32 {
        let containers = try containers()
        var code: Int32 = 0
        for reference in references {
            do {
                try action(containers, reference)
                Stream.output.say(reference)
            } catch let error as any SentenceError {
                Stream.error.say("boxtop: \(error.sentence)")
                code = 1
            }
        }
        return code
    }
}
