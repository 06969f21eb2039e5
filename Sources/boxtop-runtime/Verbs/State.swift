import Glibc
import JSON
import Linux
import OCI
import RuntimeCore

/// `state ID`: prints what the specification's runtime.md, "State", says, and what engines read beside.
enum State {
    static func run(_ words: [String], _ context: Context) throws(Failure) -> Int32 {
        let states = context.states
        let id = try Options(words, valued: []).id()
        let entry = try failing { () throws(StateDirectory.Refusal) in try states.load(id) }
        try Output.json(StateLine(entry, in: states))
        return 0
    }
}

/// A container as `state` and `list` print it: with what runc adds to the specification's state, which hooks are given
/// bare.
struct StateLine: Encodable {
    let ociVersion: String
    let id: String
    /// 0 where there is no process.
    let pid: Int32
    let status: OCI.RuntimeState.Status
    let bundle: String
    let rootfs: String
    let created: Timestamp
    let owner: String
    let annotations: [String: String]?

    init(_ entry: StateDirectory.Entry, in states: StateDirectory) {
        let state = entry.state(in: states)
        (ociVersion, id, status, bundle) = (state.ociVersion, state.id, state.status, state.bundle)
        (rootfs, created, annotations) = (entry.rootfs, entry.created, state.annotations)
        owner = Self.owner(of: states.folder(entry.id))
        pid = state.pid ?? 0
    }

    /// Who made the container: the name, or the number where the host has none, of whom the `folder` of its state is.
    private static func owner(of folder: String) -> String {
        var status = stat()
        guard stat(folder, &status) == 0 else { return "" }
        return UserName.of(status.st_uid) ?? "\(status.st_uid)"
    }
}

enum Output {
    static func json(_ value: some Encodable) throws(Failure) {
        let bytes = try failing { () throws(JSONError) in try JSON.encode(value, pretty: true) }
        try line(String(decoding: bytes, as: UTF8.self))
    }

    /// One line, for a reader of many.
    static func record(_ value: some Encodable) throws(Failure) {
        let bytes = try failing { () throws(JSONError) in try JSON.encode(value) }
        try line(String(decoding: bytes, as: UTF8.self))
    }

    /// Columns as wide as the widest cell; the last is not padded.
    static func table(_ rows: [[String]]) throws(Failure) {
        let columns = rows.first?.count ?? 0
        let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
        for row in rows {
            let cells = zip(row, widths).dropLast().map { $0 + String(repeating: " ", count: $1 - $0.count) }
            try line((cells + row.suffix(1)).joined(separator: "  "))
        }
    }

    static func line(_ text: String) throws(Failure) {
        do throws(SystemCallError) { try FileDescriptor.write("\(text)\n", to: 1) } catch {
            // What only tells ends without a word when nobody listens, as other programs do.
            if error.errno == .brokenPipe {
                signal(SIGPIPE, SIG_DFL)
                raise(SIGPIPE)
            }
            throw Failure(error)
        }
    }
}
