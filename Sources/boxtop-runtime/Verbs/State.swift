import Glibc
import JSON
import Linux
import OCI
import RuntimeCore

/// `state ID`: prints what the specification's runtime.md, "State", says.
enum State {
    static func run(_ words: [String], _ context: Context) throws(Failure) -> Int32 {
        let states = context.states
        let id = try Options(words, valued: []).id()
        let entry = try failing { () throws(StateDirectory.Refusal) in try states.load(id) }
        try Output.json(entry.state(in: states))
        return 0
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
