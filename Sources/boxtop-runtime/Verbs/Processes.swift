import Cgroups
import Glibc
import Linux
import OCI
import RuntimeCore

/// `ps ID [OPTION]…`: its processes, as a table, or their ids as JSON.
enum Processes {
    static func run(_ words: [String], _ context: Context) throws(Failure) -> Int32 {
        let options = try Options(words, valued: ["format"], short: ["f": "format"], stopAtArgument: true)
        guard let id = options.arguments.first else { throw Failure("a container id is needed") }
        let entry = try failing { () throws(StateDirectory.Refusal) in try context.states.load(id) }
        let group = try entry.group()
        // Where a person may make no group, at least the first process is known.
        let pids = group?.exists == true ? group?.processes() ?? [] : entry.isAlive ? [entry.pid] : []
        switch options.value("format") ?? "table" {
        case "json": try Output.record(pids)
        case "table": try table(pids, Array(options.arguments.dropFirst()))
        case let other: throw Failure("there is no format \(other): table or json")
        }
        return 0
    }

    /// What ps(1) says of them, with the person's options for it; where the host has no ps, the least that is known.
    private static func table(_ pids: [Int32], _ options: [String]) throws(Failure) {
        let places = ["/usr/bin/ps", "/bin/ps"]
        guard let ps = places.first(where: { access($0, X_OK) == 0 }) else {
            return try Output.table([["UID", "PID", "PPID", "CMD"]] + pids.compactMap(row))
        }
        let (text, outcome) = try failing { () throws(SystemCallError) in
            try ChildProgram.output(of: ps, options.isEmpty ? ["-ef"] : options)
        }
        let lines = text.split(separator: "\n")
        func words(_ line: Substring) -> [Substring] { line.split(whereSeparator: \.isWhitespace) }
        guard outcome == .exited(0), let head = lines.first, let column = words(head).firstIndex(of: "PID") else {
            throw Failure("ps \(options.joined(separator: " ")) \(outcome), or has no column PID")
        }
        let wanted = Set(pids.map { "\($0)" })
        let rows = lines.dropFirst().filter { line in
            let words = words(line)
            return column < words.count && wanted.contains(String(words[column]))
        }
        for line in [head] + rows { try Output.line(String(line)) }
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
