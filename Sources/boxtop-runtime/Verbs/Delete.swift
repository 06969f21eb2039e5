import Cgroups
import Glibc
import Linux
import OCI
import RuntimeCore

/// `delete ID`: removes what is left of a container that has ended; with `--force`, ends it first.
enum Delete {
    static func run(_ words: [String], _ context: Context) throws(Failure) -> Int32 {
        let states = context.states
        let options = try Options(words, valued: [], switches: ["force", "regex"], short: ["f": "force"])
        let id = try options.id()
        if options.has("regex") {
            let rest = options.has("force") ? ["--force", "--"] : ["--"]
            guard let pattern = RegularExpression(id) else { throw Failure("\"\(id)\" is no regular expression") }
            for entry in states.all() where pattern.matches(entry.id) { _ = try run(rest + [entry.id], context) }
            return 0
        }
        let entry: StateDirectory.Entry
        do throws(StateDirectory.Refusal) { entry = try states.load(id) } catch {
            if options.has("force") { return try clear(id, context) }
            throw Failure(error)
        }
        let status = entry.state(in: states).status
        let spec = try? states.configuration(id)
        if status == .stopped {
            try remove(entry, context, spec)
        } else if options.has("force") {
            try end(entry, context, spec)
        } else {
            throw Failure("container \(id) is \(status.rawValue), not stopped")
        }
        return 0
    }

    /// Takes away what is left of a container that was killed in the making: it has no state yet.
    private static func clear(_ id: String, _ context: Context) throws(Failure) -> Int32 {
        try failing { () throws(StateDirectory.Refusal) in try StateDirectory.check(id) }
        context.states.revoke(id)
        if let spec = try? context.states.configuration(id) {
            let hierarchy = Hierarchy.discover()
            let path = hierarchy.absolute(Bundle.cgroup(spec, id, usesSystemd: context.usesSystemd))
            let group = try failing { () throws(CgroupError) in try Cgroup(path, in: hierarchy) }
            try remove(group, killing: holdsOnly(id, group, context), context.log)
        }
        try failing { () throws(StateDirectory.Refusal) in try context.states.remove(id) }
        return 0
    }

    /// Kills the container, and takes away what is left.
    static func end(
        _ entry: StateDirectory.Entry, _ context: Context, _ spec: OCI.RuntimeSpec?
    ) throws(Failure) {
        if entry.isBeingMade { context.states.revoke(entry.id) }
        try kill(entry)
        try remove(entry, context, spec)
    }

    /// Takes away the control group and the record, then runs the hooks of the end.
    static func remove(
        _ entry: StateDirectory.Entry, _ context: Context, _ spec: OCI.RuntimeSpec?, _ hierarchy: Hierarchy? = nil
    ) throws(Failure) {
        if let group = try entry.group(in: hierarchy) {
            try remove(group, killing: mayKill(group, of: entry, context, spec), context.log)
        }
        // It would see by itself that its scope is empty, but not where that is gone before it has looked.
        if let spec, let group = entry.cgroup { Bundle.scope(spec, entry.id, at: group)?.stop() }
        entry.detachRoot(spec)
        let hasHooks = spec?.hooks?.poststop.isEmpty == false
        let state = hasHooks ? entry.state(in: context.states) : nil
        try failing { () throws(StateDirectory.Refusal) in try context.states.remove(entry.id) }
        if let spec, let state { try runPoststop(spec, state, context.log) }
    }

    /// Processes in a pid namespace of their own are gone with the first of them. Without one, those of the container
    /// are told by its group alone: they are killed where nobody else is in there.
    private static func mayKill(
        _ group: Cgroup, of entry: StateDirectory.Entry, _ context: Context, _ spec: OCI.RuntimeSpec?
    ) -> Bool {
        let areGone = entry.pid != 0 && spec?.linux?.namespaces.contains { $0.type == .pid && $0.isNew } == true
        return !areGone && !entry.sharesGroup && holdsOnly(entry.id, group, context)
    }

    /// - Parameter kills: what is still in it is killed; without that, a group with others in it stays.
    private static func remove(_ group: Cgroup, killing kills: Bool, _ log: Log) throws(Failure) {
        do throws(CgroupError) { try group.remove(killing: kills, timeout: kills ? 5 : 1) } catch {
            guard case .occupied = error, !kills else { throw Failure(error) }
            log.write("the control group \(group.path) stays: others are in it", .warning)
        }
    }

    /// Whether neither this process nor another container is in `group`, or in one below it.
    private static func holdsOnly(_ id: String, _ group: Cgroup, _ context: Context) -> Bool {
        if group.processes().contains(getpid()) { return false }
        let below = "\(group.path)/"
        return !context.states.all().contains { other in
            guard other.id != id, let path = other.cgroup, other.isAlive else { return false }
            return path == group.path || path.utf8.starts(with: below.utf8)
        }
    }

    /// A hook that fails now can stop nothing: the specification has it told, and the rest go on.
    static func runPoststop(_ spec: OCI.RuntimeSpec, _ state: OCI.RuntimeState, _ log: Log) throws(Failure) {
        guard let hooks = spec.hooks?.poststop, !hooks.isEmpty else { return }
        var state = state
        (state.status, state.pid) = (.stopped, nil)
        for hook in hooks {
            do throws(LaunchError) { try Hooks.run([hook], state) } catch { log.write("\(error)", .warning) }
        }
    }

    private static func kill(_ entry: StateDirectory.Entry) throws(Failure) {
        guard let process = try? Kill.process(entry) else { return }
        do throws(SystemCallError) { try process.send(signal: SIGKILL) } catch {
            if error.errno == .noSuchProcess { return }
            throw Failure(error)
        }
        // The frozen die only once they are thawed.
        if let group = try? entry.group(), group.isFrozen == true { try? group.thaw() }
        var waiter = pollfd(fd: process.number, events: Int16(POLLIN), revents: 0)
        if poll(&waiter, 1, 500) > 0 { return }
        // Somebody may have moved it to a frozen group of their own, where nothing dies: outside of all, it does.
        let freezer = Hierarchy.discover().trees.first { $0.version == .v1 && $0.controllers.contains(.freezer) }
        if let freezer { try? Files.write(Array("\(entry.pid)".utf8), to: "\(freezer.mountPoint)/cgroup.procs") }
        if poll(&waiter, 1, 10_000) == 0 { throw Failure("container \(entry.id) does not end") }
    }
}
