import Linux
import OCI
import RuntimeCore

/// `list`: all containers below the root.
enum List {
    static func run(_ words: [String], _ context: Context) throws(Failure) -> Int32 {
        let states = context.states
        let options = try Options(
            words, valued: ["format"], switches: ["quiet"], short: ["q": "quiet", "f": "format"])
        let entries = states.all()
        if options.has("quiet") {
            for entry in entries { try Output.line(entry.id) }
        } else if options.value("format") == "json" {
            try Output.record(entries.map { Line($0, $0.state(in: states)) })
        } else {
            let rows =
                [["ID", "PID", "STATUS", "BUNDLE", "CREATED"]]
                + entries.map { entry in
                    let state = entry.state(in: states)
                    return [
                        entry.id, "\(state.pid ?? 0)", state.status.rawValue, entry.bundle, "\(entry.created)",
                    ]
                }
            try Output.table(rows)
        }
        return 0
    }

    /// What engines read.
    private struct Line: Encodable {
        let ociVersion: String
        let id: String
        let pid: Int32
        let status: OCI.RuntimeState.Status
        let bundle: String
        let rootfs: String
        let created: Timestamp
        let owner: String
        let annotations: [String: String]?

        init(_ entry: StateDirectory.Entry, _ state: OCI.RuntimeState) {
            (ociVersion, id, status, bundle) = (state.ociVersion, state.id, state.status, state.bundle)
            (rootfs, created, owner, annotations) = (entry.rootfs, entry.created, "root", state.annotations)
            pid = state.pid ?? 0
        }
    }
}
