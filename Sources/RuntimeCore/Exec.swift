import CLinux
import Cgroups
import Glibc
import Linux
import OCI

/// A process to be run in a container that runs.
package struct ExecRequest: Sendable {
    /// The container's first process, and when it started: it may have ended, and its id be another's.
    package var pid: Int32
    package var startTime: UInt64
    /// How the container was launched: its namespaces, seccomp profile.
    package var spec: OCI.RuntimeSpec
    /// What to run: arguments, environment, user, capabilities, terminal.
    package var process: OCI.RuntimeSpec.Process
    /// The container's control group, which the process joins; `nil` leaves it in the caller's.
    package var cgroup: String?
    /// Where below that group the process goes, the later before the earlier.
    package var subgroups: [Subgroup] = []
    /// As for `LaunchRequest`.
    package var hierarchy: Hierarchy?
    /// As for `LaunchRequest`.
    package var input: Int32?
    package var output: Int32?
    package var error: Int32?
    package var preservedDescriptors: Int32 = 0
    package var filterCache: String?
    package var ownKeyring = true
    /// Seconds that the way into the container may take; `nil`: as long as it takes.
    package var patience: Double?
    /// Goes into a group that is frozen too, and stands still there until it is thawed.
    package var waitsForThaw = false
    /// The container's, for whoever answers for its system calls.
    package var id = ""
    package var bundle = ""

    package init(
        pid: Int32, startTime: UInt64, spec: OCI.RuntimeSpec, process: OCI.RuntimeSpec.Process,
        cgroup: String? = nil, input: Int32? = nil, output: Int32? = nil, error: Int32? = nil
    ) {
        self.pid = pid
        self.startTime = startTime
        self.spec = spec
        self.process = process
        self.cgroup = cgroup
        self.input = input
        self.output = output
        self.error = error
    }
}

/// Runs a process in a container that runs: in its namespaces, its control group, under its seccomp profile.
///
/// Call it from a process with one thread. When this returns, the program has been executed; when it throws, no
/// process is left, but for one that a freeze has caught on its way: that one dies once it is thawed.
package func execute(_ request: ExecRequest) throws(LaunchError) -> Launched {
    let plan = try ExecPlan(request)
    if plan.isFrozen { throw LaunchError(.container, "it is paused") }
    do throws(LaunchError) { return try launch(plan) } catch {
        // What breaks with the container, a channel, a group, a namespace, is no reason of its own.
        if error.isOfContainer, request.seesEnd(within: 0.2) { throw LaunchError(.container, "it has ended") }
        throw error
    }
}

extension LaunchError {
    /// Whether the end of the container that is joined may be behind it.
    fileprivate var isOfContainer: Bool {
        switch step {
        case .container, .process, .cgroup, .oomScore: true
        default: false
        }
    }
}

extension ExecRequest {
    /// Whether the container's first process ends within so many seconds, or has. The kernel ends the others before it.
    fileprivate func seesEnd(within seconds: Double) -> Bool {
        guard ProcessStatus(of: pid)?.startTime == startTime, let process = try? FileDescriptor.process(pid) else {
            return true
        }
        return process.isReadable(within: seconds)
    }
}

private func launch(_ plan: ExecPlan) throws(LaunchError) -> Launched {
    let request = plan.request
    let container = try during(.container) { () throws(SystemCallError) in try FileDescriptor.process(request.pid) }
    // After the descriptor is open the id can no longer become another's unseen.
    let status = ProcessStatus(of: request.pid)
    if status?.startTime != request.startTime || status?.hasEnded == true {
        throw LaunchError(.container, "it has ended")
    }
    let sockets = try during(.process) { () throws(SystemCallError) in try PacketSocketPair() }
    let proc = try openProc()
    let folder = try plan.group.flatMap { group throws(LaunchError) in
        try inCgroup(group.path) { () throws(CgroupError) in try group.descriptor(below: plan.below) }
    }
    let folderNumber = folder.number
    let root = try plan.root()
    let home = try during(.container) { () throws(SystemCallError) in try FileDescriptor.open("/proc/self/ns/pid") }
    let mask = SignalMask()
    let joined = plan.joinsProcessesFirst ? plan.namespaces.intersection(.pid) : []
    let cloned: Cloned
    do throws(SystemCallError) {
        // A process never changes its own pid namespace: its children begin in the one it last joined.
        try joined.join(container)
        cloned = try clone(plan, into: folderNumber)
    } catch {
        try? joined.join(home)
        mask.restore()
        throw LaunchError(.container, error)
    }
    switch consume cloned {
    case .child:
        Guest(
            plan: plan, channel: ChildChannel(sockets.intoFar()), container: container, proc: proc, root: root
        ).become()
    case .parent(let pid, let process):
        try? joined.join(home)
        mask.restore()
        let channel = ParentChannel(sockets.intoNear())
        return try attend(plan, pid, process, channel)
    }
}

/// Into the container's group. One whose program has moved everybody into groups below and handed controllers down, as
/// systemd does, takes no process itself: then into the group of the container's first.
private func clone(_ plan: ExecPlan, into group: Int32?) throws(SystemCallError) -> Cloned {
    do throws(SystemCallError) { return try Cloned.clone(cgroup: group) } catch {
        guard error.errno == .busy, plan.below == nil,
            let inner = plan.group?.descriptor(around: plan.request.pid)
        else { throw error }
        return try Cloned.clone(cgroup: inner.number)
    }
}

private func attend(
    _ plan: ExecPlan, _ pid: Int32, _ process: consuming FileDescriptor, _ channel: consuming ParentChannel
) throws(LaunchError) -> Launched {
    var pid = pid
    var process = process
    var console: FileDescriptor?
    var start: UInt64 = 0
    let began = MonotonicTime.now
    Interruption.watch(process, as: .container)
    defer { Interruption.forget(.container) }
    do throws(LaunchError) {
        if !plan.joinsProcessesFirst {
            let report = try channel.next(unless: { plan.hindrance(since: began) })
            if case .failed(let error)? = report { throw error }
            guard case .replaced(let successor, let descriptor)? = report else {
                throw LaunchError(.container, "it has ended")
            }
            _ = try? process.wait()
            pid = successor
            process = FileDescriptor(owning: descriptor)
            Interruption.watch(process, as: .container)
        }
        try OOMScore.set(plan.request.process.oomScoreAdj, of: pid)
        channel.tell(entrances: try plan.entrances(pid))
        while let report = try channel.next(unless: { plan.hindrance(since: began) }) {
            if case .failed(let error) = report { throw error }
            if case .console(let master) = report { console = FileDescriptor(owning: master) }
            if case .listening(let number) = report, let seccomp = plan.request.spec.linux?.seccomp {
                let state = OCI.RuntimeState(
                    ociVersion: plan.request.spec.ociVersion, id: plan.request.id, status: .running, pid: pid,
                    bundle: plan.request.bundle, annotations: plan.request.spec.annotations)
                try SeccompListener.pass(number, of: process, seccomp, state)
                channel.tell(.proceed)
            }
        }
        let status = ProcessStatus(of: pid)
        // An end of words is that of a process that was killed, too.
        if status?.hasExecuted == false {
            throw LaunchError(.container, "the process has ended before it was the program")
        }
        start = status?.startTime ?? 0
    } catch {
        try? process.send(signal: SIGKILL)
        // On v1 the frozen die only once they are thawed, which may be never.
        if plan.isFrozen && !process.isReadable(within: 0.1) { throw error }
        _ = try? process.wait()
        throw channel.lastWords() ?? error
    }
    return Launched(pid: pid, startTime: start, process: process, console: console)
}

/// The new process, on its way into the container.
private struct Guest: ~Copyable {
    let plan: ExecPlan
    let channel: ChildChannel
    let container: FileDescriptor
    let proc: FileDescriptor
    let root: FileDescriptor?

    consuming func become() -> Never {
        let cause: LaunchError
        do throws(LaunchError) { try run() } catch { cause = error }
        channel.report(.failed(cause))
        _exit(cause.exitCode)
    }

    private func run() throws(LaunchError) -> Never {
        let request = plan.request
        setsid()
        try CoreList.apply(request.process.execCPUAffinity?.initial)
        if request.ownKeyring { clinux_join_new_session_keyring() }
        // From the moment it is inside, nobody there may open this process's executable, which is the host's, or
        // stop it on the way. See CVE-2019-5736.
        clinux_prctl(PR_SET_DUMPABLE, 0, 0)
        try joinNamespaces()
        try enterRoot()
        if plan.namespaces.contains(.user) {
            clinux_setresgid(0)
            clinux_setresuid(0)
        }
        try SecurityLabel.set(request.process, proc)
        if request.process.terminal {
            let root = try during(.console) { () throws(SystemCallError) in
                try FileDescriptor.open("/", flags: O_PATH | O_DIRECTORY)
            }
            let terminal = try Terminal.make(
                below: root, size: request.process.consoleSize, owner: request.process.user.uid, channel: channel)
            try Terminal.connect(terminal)
        } else {
            try StandardDescriptors(input: request.input, output: request.output, error: request.error)
                .connect(owner: request.process.user.uid)
        }
        try request.process.setPriorities(request.spec.linux?.personality)
        try channel.joinCgroup()
        try CoreList.apply(request.process.execCPUAffinity?.final)
        let home = request.process.home()
        for limit in plan.limits { try limit.apply() }
        let readied = try plan.credentials.becomeUser(
            of: request.process, home: home, filter: plan.filter, channel, keeping: request.preservedDescriptors)
        try readied.filter?.load()
        try readied.program.execute()
    }

    private func enterRoot() throws(LaunchError) {
        guard let number = root.number else { return }
        try during(.container) { () throws(SystemCallError) in
            try systemCall("enter the root") { fchdir(number) }
            try systemCall("change the root") { chroot(".") }
        }
    }

    private func joinNamespaces() throws(LaunchError) {
        do throws(SystemCallError) {
            if plan.joinsProcessesFirst {
                try plan.namespaces.subtracting(.pid).join(container)
                return
            }
            try plan.namespaces.join(container)
            switch try Cloned.clone(sibling: true) {
            case .child:
                setsid()
                return
            case .parent(let pid, let process):
                channel.report(.replaced(pid: pid, process.number))
                _exit(0)
            }
        } catch {
            throw LaunchError(.container, error)
        }
    }
}
