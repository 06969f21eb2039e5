import Cgroups
import Glibc
import Linux
import OCI
import RuntimeCore

/// `delete ID`: removes what is left of a container that has ended; with `--force`, ends it first.
enum Delete {
    static func run(_ words: [String], _ states: StateDirectory) throws(Failure) -> Int32 {
        let options = try Options(words, valued: [], switches: ["force"], short: ["f": "force"])
        let id = try options.id()
        let entry: StateDirectory.Entry
        do throws(StateDirectory.Refusal) { entry = try states.load(id) } catch {
            // A folder without a state is what a crash between the two has left.
            if options.has("force") {
                try failing { () throws(StateDirectory.Refusal) in
                    try StateDirectory.check(id)
                    try states.remove(id)
                }
                return 0
            }
            throw Failure(error)
        }
        let status = entry.state(in: states).status
        if status != .stopped {
            guard options.has("force") || status == .created else {
                throw Failure("container \(id) is \(status.rawValue), not stopped")
            }
            try end(entry)
        }
        try remove(entry, states, try? states.configuration(id))
        return 0
    }

    /// Takes away the control group and the record, then runs the hooks of the end.
    static func remove(
        _ entry: StateDirectory.Entry, _ states: StateDirectory, _ spec: OCI.RuntimeSpec?, _ hierarchy: Hierarchy? = nil
    ) throws(Failure) {
        if let group = try entry.group(in: hierarchy) {
            try failing { () throws(CgroupError) in try group.remove(killing: true) }
        }
        let hooks = spec?.hooks?.poststop ?? []
        let state = hooks.isEmpty ? nil : entry.state(in: states)
        try failing { () throws(StateDirectory.Refusal) in try states.remove(entry.id) }
        guard let state else { return }
        // A hook that fails now can stop nothing: the specification has it told, and the rest go on.
        for hook in hooks {
            do throws(LaunchError) { try Hooks.run([hook], state) } catch { Log().write("\(error)") }
        }
    }

    private static func end(_ entry: StateDirectory.Entry) throws(Failure) {
        guard let process = try? Kill.process(entry) else { return }
        try failing { () throws(SystemCallError) in try process.send(signal: SIGKILL) }
        var waiter = pollfd(fd: process.number, events: Int16(POLLIN), revents: 0)
        if poll(&waiter, 1, 10_000) == 0 { throw Failure("container \(entry.id) does not end") }
    }
}
