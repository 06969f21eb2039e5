import CLinux
import Glibc
import Linux
import OCI

/// The container's first process, from clone3(2) to exec(2): `run` is the order of its steps. Each step is a function
/// in a file of this folder.
///
/// It sees the host's file systems until `pivot`, in a mount namespace of its own, and trusts nothing of the
/// container's root: every path in there is resolved below `root`, and used through the descriptor.
struct Child: ~Copyable {
    let plan: Plan
    let channel: ChildChannel
    /// The host's /proc, opened before anything could be mounted over it: the only one that is written to.
    let proc: FileDescriptor
    /// Where to wait for the start; `nil`: at once.
    let hold: Hold?
    private var joinedCgroup = false
    /// Whether the root lies over the host's: see `attachRoot`.
    var coversHost = false
    /// The read-only ones of the mounts that begin empty, with their descriptors: until the end, what else is mounted
    /// below finds its place made there.
    var protectedLater: [(target: String, mount: Int32)] = []
    /// The caller's, which is that of hooks too.
    private var callersMask: mode_t = 0o022

    init(
        _ plan: Plan, _ channel: consuming ChildChannel, proc: consuming FileDescriptor,
        hold: consuming Hold?
    ) {
        self.plan = plan
        self.channel = channel
        self.proc = proc
        self.hold = hold
    }

    /// Becomes the container's program. A failure is reported, and ends the process.
    consuming func become() -> Never {
        let cause: LaunchError
        do throws(LaunchError) { try run() } catch { cause = error }
        // First: where nobody is left at the channel it is said on standard error, and a reader that has gone kills.
        hold?.tell(cause)
        channel.report(.failed(cause))
        _exit(cause.exitCode)
    }

    private mutating func run() throws(LaunchError) -> Never {
        callersMask = umask(0)
        try beginSession()
        try enterNamespaces()
        if plan.request.earlyHook != nil { channel.report(.namespaced) }
        var given = try receiveMounts()
        try isolateMounts()
        let root = try attachRoot(given.root)
        try mountAll(below: root, given: &given.binds)
        try makeDevices(below: root, given: &given.binds)
        let terminal = try makeTerminal(below: root)
        try runContainerHooks(root)
        try hidePaths(below: root)
        try protectPaths(below: root)
        try setSysctls()
        try makeWorkingDirectory(below: root)
        try protectRoot(root)
        try pivot(into: root)
        try nameHost()
        try raiseLoopback()
        try plan.linux.memoryPolicy?.apply()
        try SecurityLabel.set(plan.process, proc)
        try connect(terminal)
        try plan.process.setPriorities(plan.linux.personality)
        try waitForCgroup()
        let home = plan.process.home()
        // After the ways into the group have come: descriptors above the limit would not.
        for limit in plan.limits { try limit.apply() }
        try execute(becomeUser(home: home))
    }

    /// Waits until the process is in its control group: before a group namespace or a group's folder is looked at, and
    /// at the latest before the program.
    mutating func waitForCgroup() throws(LaunchError) {
        if joinedCgroup { return }
        try channel.joinCgroup()
        joinedCgroup = true
        if plan.namespaces.isNew(.cgroup) {
            try during(.namespaces) { () throws(SystemCallError) in try Namespaces.cgroup.unshare() }
        }
    }

    /// A session of its own: no terminal of the caller, and none of its keys.
    private func beginSession() throws(LaunchError) {
        if setsid() < 0 && Errno.current != .notPermitted { throw LaunchError(.session, "\(Errno.current)") }
        // Not every kernel has keyrings, and a person's quota of them may be used up; neither opens another's keys.
        if plan.request.ownKeyring { clinux_join_new_session_keyring() }
        // Nobody who shares a pid namespace may look into this process before it is the container's program. A person
        // who is not root could then not write its id maps either, nor its score from outside.
        if plan.privileged {
            clinux_prctl(PR_SET_DUMPABLE, 0, 0)
        } else if plan.namespaces.startsAmongOthers {
            if let score = plan.process.oomScoreAdj { try? OOMScore.setOwn(score) }
            clinux_prctl(PR_SET_DUMPABLE, 0, 0)
        }
    }

    /// Joins the existing namespaces and makes the new ones, all but the control group's.
    private func enterNamespaces() throws(LaunchError) {
        try joinNamespaces()
        if plan.namespaces.startsOver { try startOver() }
        try during(.namespaces) { () throws(SystemCallError) in try plan.namespaces.unshared.unshare() }
        if plan.namespaces.users { try channel.wait(for: .idsMapped) }
        // While it is still whose /proc says it is.
        let offsets = try openTimeOffsets()
        if plan.namespaces.isNew(.user) || plan.namespaces.isJoined(.user) {
            // Root of the new namespace, where it has one: files are made as its owner. Else ids stay unmapped.
            clinux_setresgid(0)
            clinux_setresuid(0)
        }
        try enterTimeNamespace(offsets)
    }

    /// All are opened before any is joined: from inside a mount namespace or a user namespace, a path may lead nowhere,
    /// or elsewhere.
    private func joinNamespaces() throws(LaunchError) {
        let joined = plan.namespaces.joined.filter { !plan.namespaces.entersEarly($0.kind) }
        var open: [Int32] = []
        defer { for number in open { close(number) } }
        for join in joined {
            open.append(
                try during(.joinNamespace, on: join.path) { () throws(SystemCallError) in
                    try FileDescriptor.open(join.path).release()
                })
        }
        for (join, number) in zip(joined, open) {
            try during(.joinNamespace, on: join.path) { () throws(SystemCallError) in
                try join.kind.join(number)
            }
        }
    }

    /// Goes on as a process of the pid namespace just joined, or the first of a new one, which then belongs to the user
    /// namespace just joined: only so may /proc be mounted.
    private func startOver() throws(LaunchError) {
        let cloned: Cloned
        do throws(SystemCallError) {
            if plan.namespaces.isNew(.pid) { try Namespaces.pid.unshare() }
            cloned = try Cloned.clone(sibling: true)
        } catch { throw LaunchError(.namespaces, error) }
        switch consume cloned {
        case .child: setsid()
        case .parent(let pid, let process):
            channel.report(.replaced(pid: pid, process.number))
            _exit(0)
        }
    }

    /// Runs `createContainer` hooks: in the container's namespaces, with the host's file systems still in sight.
    private mutating func runContainerHooks(_ root: borrowing FileDescriptor) throws(LaunchError) {
        let hooks = plan.request.spec.hooks ?? OCI.RuntimeSpec.Hooks()
        if !hooks.prestart.isEmpty || !hooks.createRuntime.isEmpty || !plan.linux.netDevices.isEmpty {
            // What hooks are told of must be whole; and the launching process says so before it asks them.
            try waitForCgroup()
            channel.report(.prepared)
            try channel.wait(for: .proceed)
        }
        // Those in the container begin in its root, as with runc.
        if hooks.createContainer.isEmpty { return }
        fchdir(root.number)
        umask(callersMask)
        defer { umask(0) }
        try Hooks.run(hooks.createContainer, plan.request, status: .creating, pid: Int32(getpid()))
    }
}

/// The type of the file system that an open file is on, as of statfs(2).
func fileSystem(of file: borrowing FileDescriptor) -> UInt {
    var status = statfs()
    return fstatfs(file.number, &status) == 0 ? UInt(bitPattern: Int(status.f_type)) : 0
}
