import CLinux
import Cgroups
import Glibc
import Linux
import OCI

/// A process that runs: the container's first, or one of `execute`.
package struct Launched: ~Copyable {
    /// As the caller sees it.
    package let pid: Int32
    /// Clock ticks since boot, field 22 of /proc/PID/stat: with it a process id is never mistaken after reuse.
    package let startTime: UInt64
    /// Readable when the process has ended. See pidfd_open(2); `wait` gives its status.
    package let process: FileDescriptor
    /// The master side of the terminal, where the spec asks for one.
    package var console: FileDescriptor?
}

/// Makes the container that `request` describes and starts its program.
///
/// Call it from a process with one thread: the child goes on in Swift after clone3(2). When this returns, the program
/// has been executed (or, with `hold`, waits to be). When it throws, nothing is left: no process, no mount, no control
/// group that was not there before.
///
/// - Parameter meanwhile: what the caller has to do once there is a process, given its id and start time: it is done
///   while the child is busy with its file systems, before hooks are run.
package func launch(
    _ request: LaunchRequest, meanwhile: (Int32, UInt64) -> Void = { _, _ in }
) throws(LaunchError) -> Launched {
    let plan = try Plan(request)
    var hook: Hooks.Begun?
    if let first = request.earlyHook { hook = try Hooks.Begun(first) }
    let group = try LaunchCgroup(plan)
    // Asked before there is a namespace of control groups: from within one, the groups of others cannot be named.
    plan.cgroup = group?.cgroup ?? plan.inheritedCgroup()
    do throws(LaunchError) {
        try plan.sharedRoot?.attach()
        do throws(LaunchError) { return try launch(plan, group, hook.take(), meanwhile) } catch {
            plan.sharedRoot?.detach()
            throw error
        }
    } catch {
        group?.removeIfMade()
        throw error
    }
}

private func launch(
    _ plan: Plan, _ group: LaunchCgroup?, _ hook: consuming Hooks.Begun?, _ meanwhile: (Int32, UInt64) -> Void
) throws(LaunchError) -> Launched {
    var hook = hook
    let sockets = try during(.process) { () throws(SystemCallError) in try PacketSocketPair() }
    let proc = try openProc()
    var hold: Hold?
    if let path = plan.request.hold { hold = try Hold(path) }
    let folder = try group?.folder()
    let folderNumber = folder.number
    // The child gets no signal before it is the program, and the parent none between clone and notice.
    let mask = SignalMask()
    let home = try plan.namespaces.enterEarly()
    let cloned: Cloned
    do throws(SystemCallError) { cloned = try Cloned.clone(plan.namespaces.cloned, cgroup: folderNumber) } catch {
        try? home.goBack()
        mask.restore()
        throw LaunchError(.process, error)
    }
    switch consume cloned {
    case .child:
        hook.take()?.leave()
        Child(plan, ChildChannel(sockets.intoFar()), proc: proc, hold: hold).become()
    case .parent(let pid, let process):
        try? home.goBack()
        mask.restore()
        let channel = ParentChannel(sockets.intoNear())
        let launching = Launching(plan: plan, pid: pid, process: process, channel: channel, hook: hook)
        return try launching.finish(group, meanwhile)
    }
}

/// The host's /proc, verified to be one. The child writes to no other: its own may have been covered.
func openProc() throws(LaunchError) -> FileDescriptor {
    let proc = try during(.session, on: "/proc") { () throws(SystemCallError) in
        try FileDescriptor.open("/proc", flags: O_RDONLY | O_DIRECTORY)
    }
    guard fileSystem(of: proc) == UInt(PROC_SUPER_MAGIC) else {
        throw LaunchError(.session, on: "/proc", "it is no proc file system")
    }
    return proc
}

/// A child on its way to its program, seen from the launching process.
private struct Launching: ~Copyable {
    let plan: Plan
    var pid: Int32
    var process: FileDescriptor
    let channel: ParentChannel
    /// The first one for the host, where it runs already.
    var hook: Hooks.Begun?

    consuming func finish(
        _ group: LaunchCgroup?, _ meanwhile: (Int32, UInt64) -> Void
    ) throws(LaunchError) -> Launched {
        var console: FileDescriptor?
        var start: UInt64 = 0
        Interruption.watch(process, as: .container)
        defer { Interruption.forget(.container) }
        do throws(LaunchError) {
            if plan.namespaces.startsOver { try follow() }
            try provide(group)
            let status = ProcessStatusFile(of: pid)
            start = status?.read()?.startTime ?? 0
            meanwhile(pid, start)
            console = try attend(status)
        } catch {
            // A child that failed has said why, and that is nearer to the cause than what this process noticed of it.
            // Only a dead child surely says no more: one that waits for what this process could not make would wait for
            // ever.
            try? process.send(signal: SIGKILL)
            _ = try? process.wait()
            hook.take()?.abandon()
            throw channel.lastWords() ?? error
        }
        return Launched(pid: pid, startTime: start, process: process, console: console)
    }

    /// Turns to the process that goes on in the child's place.
    private mutating func follow() throws(LaunchError) {
        guard let report = try channel.next() else { throw untoldEnd() }
        if case .failed(let error) = report { throw error }
        guard case .replaced(let successor, let descriptor) = report else { throw Self.disorder }
        _ = try? process.wait()
        pid = successor
        process = FileDescriptor(owning: descriptor)
        Interruption.watch(process, as: .container)
    }

    /// Gives the child what it cannot get itself, in the order in which it waits for it.
    private mutating func provide(_ group: LaunchCgroup?) throws(LaunchError) {
        if plan.namespaces.users {
            try IdentifierMaps.write(plan.linux, for: pid)
            channel.tell(.idsMapped)
        }
        if plan.preparesMounts {
            let users = try during(.identifiers) { () throws(SystemCallError) in
                // The child may not have joined it yet.
                let joined = plan.namespaces.joined.first { $0.kind == .user }?.path
                return try FileDescriptor.open(joined ?? "/proc/\(pid)/ns/user")
            }
            let mounts = try MountSources.prepare(plan, users: users.number)
            channel.tell(.mountsMade, descriptors: mounts)
            for descriptor in mounts { close(descriptor) }
        }
        try tellEarlyHook()
        try OOMScore.set(plan.process.oomScoreAdj, of: pid)
        channel.tell(entrances: try group?.prepare(pid) ?? [])
    }

    /// Once the namespaces are there, the first hook works while the child is busy with its file systems.
    private mutating func tellEarlyHook() throws(LaunchError) {
        if plan.request.earlyHook == nil { return }
        switch try channel.next() {
        case .namespaced?: hook?.tell(plan.request.state(.creating, pid: pid))
        case .failed(let error)?: throw error
        case nil: throw untoldEnd()
        default: throw Self.disorder
        }
    }

    /// Hears the child out until it has become the program.
    private mutating func attend(_ status: borrowing ProcessStatusFile?) throws(LaunchError) -> FileDescriptor? {
        var console: FileDescriptor?
        while let report = try channel.next() {
            switch report {
            case .prepared:
                try plan.linux.moveNetworkDevices(to: pid)
                if let hooks = plan.request.spec.hooks {
                    // The specification's own validation program wants those of the old kind told "created".
                    try Hooks.run(hooks.prestart, plan.request, status: .created, pid: pid)
                    try Hooks.run(
                        hooks.createRuntime, plan.request, status: .creating, pid: pid, begun: hook.take())
                }
                channel.tell(.proceed)
            case .console(let master): console = FileDescriptor(owning: master)
            case .namespaced: continue
            case .held: return console
            case .replaced(_, let process): close(process)
            case .listening(let number):
                guard let seccomp = plan.linux.seccomp else { continue }
                try SeccompListener.pass(number, of: process, seccomp, plan.request.state(.creating, pid: pid))
                channel.tell(.proceed)
            case .failed(let error): throw error
            }
        }
        // An end of words is that of a process that was killed, too. A reaper never executes anything.
        let isThere = plan.request.useInit || status?.read()?.hasExecuted ?? true
        if plan.request.hold != nil || !isThere { throw untoldEnd() }
        return console
    }

    private static let disorder = LaunchError(.process, "its reports are out of order")

    /// How a child has ended that has not said why.
    private func untoldEnd() -> LaunchError {
        let outcome = (try? process.wait()).map(ChildProgram.Outcome.exited)
        let isTight = outcome == .exited(128 + SIGKILL) && plan.request.limits.memory != nil
        return LaunchError(
            .process,
            "it \(outcome.map { "\($0)" } ?? "has ended") before it was the program"
                + (isTight ? ": its limit of memory may be too low" : ""))
    }
}

/// All signals blocked, until `restore`.
struct SignalMask {
    private var before = sigset_t()

    init() {
        var all = sigset_t()
        sigfillset(&all)
        sigprocmask(SIG_SETMASK, &all, &before)
    }

    func restore() {
        var before = before
        sigprocmask(SIG_SETMASK, &before, nil)
    }
}
