import Cgroups
import Glibc
import Linux
import OCI
import RuntimeCore

/// A container on its way, from the moment that its id is taken to the one that it is on record: what is there of it, so
/// that it can be taken away where nothing comes of it.
struct Creation {
    private(set) var entry: StateDirectory.Entry
    private let spec: OCI.RuntimeSpec
    private let states: StateDirectory
    private let log: Log
    private var isSaved = false
    /// Whether something was begun that the hooks of the end clear away.
    private var needsPoststop = false

    /// Takes the id.
    init(_ bundle: Bundle, _ request: LaunchRequest, _ context: Context) throws(Failure) {
        entry = StateDirectory.Entry(bundle, request)
        entry.sharesGroup = bundle.sharesGroup(request)
        entry.isBeingMade = true
        (spec, states, log) = (bundle.spec, context.states, context.log)
        try failing { () throws(StateDirectory.Refusal) in
            try context.states.make(request.id, configuration: bundle.bytes)
        }
    }

    /// Launches it. It is on record once there is a process, and before where hooks may ask for it.
    mutating func launch(_ request: LaunchRequest) throws(Failure) -> Launched {
        if spec.hooks != nil { try failing { () throws(StateDirectory.Refusal) in try states.save(entry) } }
        do throws(LaunchError) {
            let launched = try RuntimeCore.launch(request) { pid, startTime in
                (entry.pid, entry.startTime) = (pid, startTime)
                isSaved = (try? states.save(entry)) != nil
            }
            needsPoststop = true
            return launched
        } catch {
            needsPoststop = entry.pid != 0 || error.step == .hook || Interruption.signal != nil
            throw Failure(error)
        }
    }

    /// It is whole, and everybody's from now on.
    mutating func settle() throws(Failure) {
        try failing { () throws(StateDirectory.Refusal) in
            if !isSaved { try states.save(entry) }
            try states.settle(entry.id)
        }
        entry.isBeingMade = false
    }

    /// Ends the process, of which nobody else knows what to do with it.
    func end(_ launched: borrowing Launched, in hierarchy: Hierarchy) {
        try? launched.process.send(signal: SIGKILL)
        _ = try? launched.process.wait()
        try? entry.group(in: hierarchy)?.remove()
        entry.detachRoot(spec)
    }

    /// Takes away what there is besides a process.
    ///
    /// - Returns: why nothing has come of it: `error`, or what is behind that.
    func undo(_ error: Failure) -> Failure {
        Interruption.end()
        // Whoever deleted it takes away the rest, and runs the hooks of the end.
        if entry.isBeingMade, states.isRevoked(entry.id) {
            return Foreground.interruption ?? Failure(StateDirectory.Refusal.deleted(entry.id))
        }
        if needsPoststop { try? Delete.runPoststop(spec, entry.state(in: states), log) }
        try? states.remove(entry.id)
        return Foreground.interruption ?? error
    }
}
