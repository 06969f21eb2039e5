import OCI
import RuntimeCore

/// `list`: all containers below the root.
enum List {
    static func run(_ words: [String], _ states: StateDirectory) throws(Failure) -> Int32 {
        let options = try Options(
            words, valued: ["format"], switches: ["quiet"], short: ["q": "quiet", "f": "format"])
        let entries = states.all()
        if options.has("quiet") {
            for entry in entries { try Output.line(entry.id) }
        } else if options.value("format") == "json" {
            try Output.json(entries.map { $0.state(in: states) })
        } else {
            let rows =
                [["ID", "PID", "STATUS", "BUNDLE", "CREATED"]]
                + entries.map { entry in
                    let state = entry.state(in: states)
                    return [
                        entry.id, "\(state.pid ?? 0)", state.status.rawValue, entry.bundle, "\(entry.created)",
                    ]
                }
            let widths = (0..<5).map { column in rows.map { $0[column].count }.max() ?? 0 }
            for row in rows {
                let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
                try Output.line(cells.joined(separator: "  "))
            }
        }
        return 0
    }
}
