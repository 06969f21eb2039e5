import Glibc
import Linux
import OCI
import RuntimeCore

/// `list`: all containers below the root.
enum List {
    static func run(_ words: [String], _ context: Context) throws(Failure) -> Int32 {
        let states = context.states
        let options = try Options(
            words, valued: ["format"], switches: ["quiet"], short: ["q": "quiet", "f": "format"])
        if let word = options.arguments.first { throw Failure("list takes no arguments, and \(word) is one") }
        let format = options.value("format") ?? "table"
        guard ["table", "json"].contains(format) else { throw Failure("--format \(format) is not table or json") }
        let entries = states.all()
        if options.has("quiet") {
            for entry in entries { try Output.line(entry.id) }
            return 0
        }
        let lines = entries.map { StateLine($0, in: states) }
        if format == "json" {
            try Output.record(lines)
        } else {
            let rows = lines.map { [$0.id, "\($0.pid)", $0.status.rawValue, $0.bundle, "\($0.created)", $0.owner] }
            try Output.table([["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"]] + rows)
        }
        return 0
    }
}
