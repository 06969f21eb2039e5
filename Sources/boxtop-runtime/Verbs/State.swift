import JSON
import Linux
import OCI
import RuntimeCore

/// `state ID`: prints what the specification's runtime.md, "State", says.
enum State {
    static func run(_ words: [String], _ states: StateDirectory) throws(Failure) -> Int32 {
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

    static func line(_ text: String) throws(Failure) {
        try failing { () throws(SystemCallError) in try FileDescriptor.write("\(text)\n", to: 1) }
    }
}
