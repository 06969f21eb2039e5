import Cgroups
import Linux
import OCI
import RuntimeCore

/// `ps ID`: its processes, as a table, or their ids as JSON.
enum Processes {
    static func run(_ words: [String], _ context: Context) throws(Failure) -> Int32 {
        let options = try Options(words, valued: ["format"], short: ["f": "format"], stopAtArgument: true)
        // What follows the id are options of ps(1) elsewhere: the table here is always the same.
        guard let id = options.arguments.first else { throw Failure("a container id is needed") }
        let entry = try failing { () throws(StateDirectory.Refusal) in try context.states.load(id) }
        let pids = try entry.group()?.processes() ?? (entry.isAlive ? [entry.pid] : [])
        switch options.value("format") ?? "table" {
        case "json": try Output.record(pids)
        case "table": try Output.table([["UID", "PID", "PPID", "CMD"]] + pids.compactMap(row))
        case let other: throw Failure("there is no format \(other): table or json")
        }
        return 0
    }

    /// `nil` for a process that has ended meanwhile.
    private static func row(_ pid: Int32) -> [String]? {
        guard let status = Files.text("/proc/\(pid)/status") else { return nil }
        func field(_ name: String) -> String? {
            status.split(separator: "\n").first { $0.hasPrefix("\(name):") }?
                .split(whereSeparator: \.isWhitespace).dropFirst().first.map(String.init)
        }
        let words = (Files.text("/proc/\(pid)/cmdline") ?? "").split(separator: "\0").joined(separator: " ")
        guard let user = field("Uid"), let parent = field("PPid"), let name = field("Name") else { return nil }
        return [user, "\(pid)", parent, words.isEmpty ? "[\(name)]" : words]
    }
}
