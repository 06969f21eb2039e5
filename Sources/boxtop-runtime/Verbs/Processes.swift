import Cgroups
import RuntimeCore

/// `ps ID`: the ids of its processes, as a JSON list.
enum Processes {
    static func run(_ words: [String], _ states: StateDirectory) throws(Failure) -> Int32 {
        let options = try Options(words, valued: ["format"], short: ["f": "format"])
        let id = try options.id()
        let entry = try failing { () throws(StateDirectory.Refusal) in try states.load(id) }
        let pids = try entry.group()?.processes() ?? (entry.isAlive ? [entry.pid] : [])
        if options.value("format") == "table" {
            try Output.line((["PID"] + pids.map(String.init)).joined(separator: "\n"))
        } else {
            try Output.json(pids)
        }
        return 0
    }
}
