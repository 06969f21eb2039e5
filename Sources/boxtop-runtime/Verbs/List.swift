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
            try Output.record(entries.map { Line($0, $0.state(in: states), owner: owner(of: states.folder($0.id))) })
        } else {
            let rows =
                [["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"]]
                + entries.map { entry in
                    let state = entry.state(in: states)
                    return [
                        entry.id, "\(state.pid ?? 0)", state.status.rawValue, entry.bundle, "\(entry.created)",
                        owner(of: states.folder(entry.id)),
                    ]
                }
            try Output.table(rows)
        }
        return 0
    }

    /// Who made the container: the name, or the number where the host has none, of whom the `folder` of its state is.
    private static func owner(of folder: String) -> String {
        var status = stat()
        guard stat(folder, &status) == 0 else { return "" }
        return UserName.of(status.st_uid) ?? "\(status.st_uid)"
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

        init(_ entry: StateDirectory.Entry, _ state: OCI.RuntimeState, owner: String) {
            (ociVersion, id, status, bundle) = (state.ociVersion, state.id, state.status, state.bundle)
            (rootfs, created, annotations) = (entry.rootfs, entry.created, state.annotations)
            self.owner = owner
            pid = state.pid ?? 0
        }
    }
}
