import Cgroups
import Glibc
import Linux
import OCI
import RuntimeCore

/// `start ID`: lets the program of a created container begin.
enum Start {
    static func run(_ words: [String], _ context: Context) throws(Failure) -> Int32 {
        let states = context.states
        let id = try Options(words, valued: []).id()
        let entry = try failing { () throws(StateDirectory.Refusal) in try states.loadMade(id) }
        let status = entry.state(in: states).status
        if status != .created { throw Failure("container \(id) is \(status.rawValue), not created") }
        // It would not move, and this would wait for it.
        if try entry.group()?.isFrozen == true { throw Failure("container \(id) is paused: resume it first") }
        let spec = try failing { () throws(StateDirectory.Refusal) in try states.configuration(id) }
        let notifySocket = try NotifySocket(states.notifyFolder(id), context.log)
        let hasBegun: Bool
        do throws(LaunchError) { hasBegun = try Hold.release(states.startFIFO(id)) } catch {
            if error.step == .hook { try Delete.end(entry, context, spec) }
            throw Failure(error)
        }
        if !hasBegun { throw Self.overtaken(id, states) }
        try runPoststart(entry, spec, context)
        if let notifySocket, let process = try? FileDescriptor.process(entry.pid), entry.isAlive {
            try notifySocket.attend(process, entry.pid)
        }
        return 0
    }

    /// Why a container that was created a moment ago does not wait for its start.
    private static func overtaken(_ id: String, _ states: StateDirectory) -> Failure {
        guard let entry = try? states.load(id) else { return Failure(StateDirectory.Refusal.deleted(id)) }
        return entry.isAlive ? Failure("container \(id) is running, not created") : .notRunning(id)
    }

    /// A hook that fails ends the container: the specification has it destroyed as `delete` does. To a bundle that was
    /// written for a version before 1.3 something else was promised: a warning, and everything goes on.
    static func runPoststart(
        _ entry: StateDirectory.Entry, _ spec: OCI.RuntimeSpec, _ context: Context
    ) throws(Failure) {
        guard let hooks = spec.hooks?.poststart, !hooks.isEmpty else { return }
        // Of the moment that they stand for: a short program has ended by now.
        var state = entry.state(in: context.states)
        if state.status == .stopped { (state.status, state.pid) = (.running, entry.pid) }
        for hook in hooks {
            do throws(LaunchError) { try Hooks.run([hook], state) } catch {
                if Bundle.isOld(spec.ociVersion) {
                    context.log.write("\(error)", .warning)
                    continue
                }
                try Delete.end(entry, context, spec)
                throw Failure(error)
            }
        }
    }
}
