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
        } else if format == "json" {
            try Output.record(entries.map { StateLine($0, in: states) })
        } else {
            let rows =
                [["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"]]
                + entries.map { entry in
                    let state = entry.state(in: states)
                    return [
                        entry.id, "\(state.pid ?? 0)", state.status.rawValue, entry.bundle, "\(entry.created)",
                        StateLine.owner(of: states.folder(entry.id)),
                    ]
                }
            try Output.table(rows)
        }
        return 0
    }
}
