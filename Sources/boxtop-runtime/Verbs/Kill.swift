import Cgroups
import Glibc
import Linux
import OCI
import RuntimeCore

/// `kill ID [SIGNAL]`: sends a signal to the first process; with `--all`, to each.
enum Kill {
    static func run(_ words: [String], _ context: Context) throws(Failure) -> Int32 {
        let states = context.states
        let options = try Options(words, valued: [], switches: ["all"], short: ["a": "all"])
        guard let id = options.arguments.first, options.arguments.count <= 2 else {
            throw Failure("a container id, and a signal, are needed")
        }
        let given = options.arguments.dropFirst().first ?? ""
        let word = given.isEmpty ? "TERM" : given
        guard let signal = SignalName.number(word) else { throw Failure("there is no signal \(word)") }
        let entry = try failing { () throws(StateDirectory.Refusal) in try states.loadMade(id) }
        if options.has("all"), let group = try entry.group(), group.exists {
            try failing { () throws(CgroupError) in
                if signal == SIGKILL {
                    try group.kill()
                } else {
                    for pid in group.processes() { Glibc.kill(pid, signal) }
                }
            }
            return 0
        }
        let process = try Self.process(entry)
        if options.has("all") {
            // Those of a pid namespace are the first one's: it forwards the signal, or takes them with it.
            let spec = try failing { () throws(StateDirectory.Refusal) in try states.configuration(id) }
            if spec.linux?.namespaces.contains(where: { $0.type == .pid && $0.isNew }) != true {
                throw Failure(
                    "container \(id) has neither a control group nor a pid namespace of its own:"
                        + " nothing tells which processes are its own")
            }
        }
        try failing { () throws(SystemCallError) in try process.send(signal: signal) }
        return 0
    }

    /// The container's first process, by a descriptor that stays with it.
    static func process(_ entry: StateDirectory.Entry) throws(Failure) -> FileDescriptor {
        guard entry.pid > 0, let process = try? FileDescriptor.process(entry.pid), entry.isAlive else {
            throw Failure.notRunning(entry.id)
        }
        return process
    }
}

enum SignalName {
    private static let names = [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
        "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
        "WINCH", "IO", "PWR", "SYS",
    ]

    /// `TERM`, `SIGTERM`, `term` or `15`; `RTMIN+3`; 0, which asks whether one could be sent.
    static func number(_ word: String) -> Int32? {
        if let number = Int32(word) { return (0...64).contains(number) ? number : nil }
        let upper = word.uppercased()
        let bare = upper.begins(with: "SIG") ? upper.dropFirst(3) : upper[...]
        if let index = names.firstIndex(where: { $0 == bare }) { return Int32(index) + 1 }
        if bare == "RTMIN" { return 34 }
        if bare == "RTMAX" { return 64 }
        guard bare.begins(with: "RTMIN+"), let offset = Int32(bare.dropFirst(6)), (0...30).contains(offset) else {
            return nil
        }
        return 34 + offset
    }
}
