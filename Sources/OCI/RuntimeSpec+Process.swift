extension RuntimeSpec {
    /// The program to run, and as what.
    package struct Process: Hashable, Sendable, Codable {
        /// Standard input, output and error are a terminal made inside the container.
        package var terminal: Bool
        package var consoleSize: ConsoleSize?
        package var user: User
        package var args: [String]
        /// `NAME=value` each.
        package var env: [String]
        /// Absolute; made where it is absent.
        package var cwd: String
        package var capabilities: Capabilities?
        package var rlimits: [ResourceLimit]
        package var noNewPrivileges: Bool
        package var oomScoreAdj: Int?
        package var apparmorProfile: String?
        package var selinuxLabel: String?
        package var ioPriority: IOPriority?
        package var scheduler: Scheduler?
        /// For processes that `exec` runs.
        package var execCPUAffinity: CPUAffinity?

        package init(
            terminal: Bool = false, consoleSize: ConsoleSize? = nil, user: User = User(), args: [String],
            env: [String] = [], cwd: String = "/", capabilities: Capabilities? = nil,
            rlimits: [ResourceLimit] = [], noNewPrivileges: Bool = false, oomScoreAdj: Int? = nil,
            apparmorProfile: String? = nil, selinuxLabel: String? = nil, ioPriority: IOPriority? = nil,
            scheduler: Scheduler? = nil
        ) {
            self.terminal = terminal
            self.consoleSize = consoleSize
            self.user = user
            self.args = args
            self.env = env
            self.cwd = cwd
            self.capabilities = capabilities
            self.rlimits = rlimits
            self.noNewPrivileges = noNewPrivileges
            self.oomScoreAdj = oomScoreAdj
            self.apparmorProfile = apparmorProfile
            self.selinuxLabel = selinuxLabel
            self.ioPriority = ioPriority
            self.scheduler = scheduler
        }
    }

    /// A terminal's size, in cells.
    package struct ConsoleSize: Hashable, Sendable, Codable {
        package var height: UInt16
        package var width: UInt16

        package init(height: UInt16, width: UInt16) {
            self.height = height
            self.width = width
        }
    }

    package struct User: Hashable, Sendable, Codable {
        package var uid: UInt32
        package var gid: UInt32
        package var umask: UInt32?
        package var additionalGids: [UInt32]

        package init(uid: UInt32 = 0, gid: UInt32 = 0, umask: UInt32? = nil, additionalGids: [UInt32] = []) {
            self.uid = uid
            self.gid = gid
            self.umask = umask
            self.additionalGids = additionalGids
        }
    }

    /// The five sets of capabilities(7), by names such as `CAP_KILL`. An absent set is empty.
    package struct Capabilities: Hashable, Sendable, Codable {
        package var bounding: [String]
        package var effective: [String]
        package var inheritable: [String]
        package var permitted: [String]
        package var ambient: [String]

        package init(
            bounding: [String] = [], effective: [String] = [], inheritable: [String] = [],
            permitted: [String] = [], ambient: [String] = []
        ) {
            self.bounding = bounding
            self.effective = effective
            self.inheritable = inheritable
            self.permitted = permitted
            self.ambient = ambient
        }

        /// `names` as bounding, effective and permitted set: what a container's root gets, and no more by exec.
        package init(_ names: [String]) {
            self.init(bounding: names, effective: names, permitted: names)
        }
    }

    /// A limit of setrlimit(2).
    package struct ResourceLimit: Hashable, Sendable, Codable {
        /// `RLIMIT_NOFILE`, …
        package var type: String
        /// `UInt64.max` is unlimited, for both.
        package var hard: UInt64
        package var soft: UInt64

        package init(type: String, hard: UInt64, soft: UInt64) {
            self.type = type
            self.hard = hard
            self.soft = soft
        }
    }

    /// See ioprio_set(2).
    package struct IOPriority: Hashable, Sendable, Codable {
        /// `IOPRIO_CLASS_RT`, `IOPRIO_CLASS_BE` or `IOPRIO_CLASS_IDLE`.
        package var `class`: String
        package var priority: Int?

        package init(class: String, priority: Int? = nil) {
            self.class = `class`
            self.priority = priority
        }
    }

    /// Lists of cores such as `0-3,7`.
    package struct CPUAffinity: Hashable, Sendable, Codable {
        /// Before the process is in the container's control group.
        package var initial: String?
        package var final: String?
    }

    /// See sched_setattr(2).
    package struct Scheduler: Hashable, Sendable, Codable {
        /// `SCHED_OTHER`, `SCHED_BATCH`, …
        package var policy: String
        package var nice: Int32?
        package var priority: Int32?
        package var flags: [String]
        /// Nanoseconds, for SCHED_DEADLINE.
        package var runtime: UInt64?
        package var deadline: UInt64?
        package var period: UInt64?

        package init(policy: String, nice: Int32? = nil, priority: Int32? = nil, flags: [String] = []) {
            self.policy = policy
            self.nice = nice
            self.priority = priority
            self.flags = flags
        }
    }
}
