/// What docker's users write after `top CONTAINER`: options of ps(1), of which only the columns make a difference here, since
/// all of a container's processes are shown anyway.
///
///     try PsWords.columns(["aux"])              // nil: the usual ones
///     try PsWords.columns(["-eo", "pid,comm"])  // ["hostPid", "command"]
package enum PsWords {
    /// The columns that are asked for, by their keys.
    package static func columns(_ words: [String]) throws(FlagError) -> [String]? {
        var columns: [String]?
        var rest = words[...]
        while let word = rest.popFirst() {
            let letters = word.hasPrefix("-") ? word.dropFirst() : word[...]
            let plain = letters.prefix { "Aaefluwx".contains($0) }
            let after = letters[plain.endIndex...]
            if after.isEmpty, !letters.isEmpty { continue }
            guard after.first == "o", let list = after.count > 1 ? String(after.dropFirst()) : rest.popFirst() else {
                throw FlagError("“\(word)” is no option of ps that is known here: aux, -ef or -o pid,comm")
            }
            for name in list.split(separator: ",") { columns = try (columns ?? []) + [key(String(name))] }
        }
        return columns
    }

    /// Ids of processes are the host's, as docker has it.
    private static func key(_ name: String) throws(FlagError) -> String {
        switch name {
        case "pid": "hostPid"
        case "user", "uid", "euid", "euser": "user"
        case "s", "state", "stat": "state"
        case "pcpu", "%cpu", "c": "cpuPercent"
        case "rss", "rsz": "memory"
        case "comm", "cmd", "args", "command", "ucmd": "command"
        default: throw FlagError("-o: “\(name)” is not shown here: pid, user, state, pcpu, rss and comm are")
        }
    }
}
