import Cgroups
import Glibc
import Linux
import TestSupport
import Testing

/// The real kernel, in groups of these tests' own.
private enum Host {
    static let hierarchy = Hierarchy.discover()
    /// This host as it is, and as it would be without the v2 tree beside v1.
    static let views =
        hierarchy.name == "cgroup v1+v2"
        ? [hierarchy, Hierarchy(trees: hierarchy.trees.filter { $0.version == .v1 })] : [hierarchy]
    static let canWrite =
        getuid() == 0 && hierarchy.trees.allSatisfy { access($0.mountPoint, W_OK) == 0 }
        && !hierarchy.trees.isEmpty
    static let reason: Comment = "needs root and control groups that may be written"

    /// A group of one test's own, made with `controllers`, and taken away with everything in it.
    static func withGroup<R>(
        _ controllers: Controllers = .all, in hierarchy: Hierarchy = hierarchy,
        _ body: (Cgroup) throws -> R
    ) throws -> R {
        let name = "\(getpid())-\(UInt32.random(in: 0..<1_000_000))"
        let group = try Cgroup("/boxtop-cgroups-test/\(name)", in: hierarchy)
        try group.make(controllers)
        defer {
            try? group.kill()
            try? group.remove()
            try? Cgroup("/boxtop-cgroups-test", in: hierarchy).remove(timeout: 0)
        }
        return try body(group)
    }

    /// A process of this shell script, which is waited for in the end.
    static func withProcess<R>(_ script: String, _ body: (Int32) throws -> R) throws -> R {
        var pid: pid_t = 0
        let arguments = ["sh", "-c", script]
        var pointers = arguments.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        try #require(posix_spawn(&pid, "/bin/sh", nil, nil, &pointers, environ) == 0)
        defer {
            Glibc.kill(pid, SIGKILL)
            var status: Int32 = 0
            waitpid(pid, &status, 0)
        }
        return try body(pid)
    }

    static func status(of pid: Int32) -> Int32? {
        var status: Int32 = 0
        return waitpid(pid, &status, 0) == pid ? status : nil
    }
}

@Suite(.enabled(if: Host.canWrite, Host.reason), .serialized) struct KernelTests {
    @Test func `a group is made, found and removed in every tree`() throws {
        try Host.withGroup { group in
            #expect(group.exists)
            for controller in Controller.allCases {
                if let folder = group.folder(of: controller) { #expect(Files.exists(folder), "\(folder)") }
            }
            try group.make(.all)
            try group.remove()
            #expect(!group.exists)
            try group.remove()
        }
    }

    @Test func `only the trees asked for are joined`() throws {
        try Host.withGroup([.pids]) { group in
            let pids = try #require(group.folder(of: .pids))
            #expect(Files.exists(pids))
            if let memory = group.folder(of: .memory), memory != pids { #expect(!Files.exists(memory)) }
        }
    }

    @Test func `limits are taken by the kernel, read back, changed and lifted`() throws {
        try Host.withGroup { group in
            var limits = Limits()
            (limits.cpus, limits.cpuWeight, limits.cores) = (1.5, 250, "0")
            (limits.memory, limits.swap, limits.processes) = (64 << 20, 16 << 20, 50)
            try group.apply(limits, replacing: Limits())
            #expect(group.limits() == limits)
            // Up past the old sum of memory and swap, then down below the old memory: the order matters both ways.
            (limits.memory, limits.swap, limits.cpus) = (256 << 20, 0, 0.01)
            try group.apply(limits)
            #expect(group.limits() == limits)
            (limits.memory, limits.swap) = (8 << 20, 1 << 20)
            try group.apply(limits)
            #expect(group.limits() == limits)
            try group.apply(Limits())
            #expect(group.limits() == Limits())
        }
    }

    @Test func `a disk's rates are taken by the kernel and lifted`() throws {
        let disks = try Files.names(in: "/sys/block").compactMap { Files.text("/sys/block/\($0)/dev") }
        let numbers = try #require(disks.first).split { $0 == ":" || $0 == "\n" }.compactMap { UInt32($0) }
        try Host.withGroup { group in
            var limits = Limits()
            var disk = DeviceRate(major: numbers[0], minor: numbers[1])
            (disk.readBytes, disk.writeBytes, disk.readOperations, disk.writeOperations) = (1 << 20, 2 << 20, 100, 200)
            limits.devices = [disk]
            try group.apply(limits, replacing: Limits())
            #expect(group.limits() == limits)
            limits.devices[0].readBytes = nil
            try group.apply(limits)
            #expect(group.limits() == limits)
            try group.apply(Limits())
            #expect(group.limits().devices == [])
        }
    }

    @Test(arguments: [("99", "cores to 99"), ("x", "cores to x")])
    func `cores that are not there are refused with those that are`(cores: String, start: String) throws {
        try Host.withGroup { group in
            var limits = Limits()
            limits.cores = cores
            let error = try #require(throws: CgroupError.self) { try group.apply(limits, replacing: Limits()) }
            #expect(error.description.hasPrefix("cannot limit \(start): "), "\(error)")
        }
    }

    @Test func `a disk that is not there is refused`() throws {
        try Host.withGroup { group in
            var limits = Limits()
            limits.devices = [DeviceRate(major: 250, minor: 77)]
            limits.devices[0].readBytes = 4096
            let error = try #require(throws: CgroupError.self) { try group.apply(limits, replacing: Limits()) }
            #expect(error.description.contains("there is no such disk"), "\(error)")
        }
    }

    @Test(arguments: Host.views)
    func `a process is moved, seen, frozen, thawed and killed`(hierarchy: Hierarchy) throws {
        try Host.withGroup(in: hierarchy) { group in
            try Host.withProcess("sleep 60 & wait") { pid in
                try group.attach(pid)
                #expect(group.processes().contains(pid))
                #expect(group.isPopulated)
                #expect(group.isFrozen == false)
                try group.freeze()
                #expect(group.isFrozen == true)
                try group.thaw()
                #expect(group.isFrozen == false)
                try group.kill()
                #expect(Host.status(of: pid).map { $0 & 0x7f } == SIGKILL)
                try group.remove()
                #expect(!group.exists)
            }
        }
    }

    @Test(.enabled(if: Host.views.last?.unified == nil, "there are no trees of cgroup v1 here"))
    func `on v1 a group is in no freezer's tree before it is frozen, and is killed without, however it forks`() throws {
        try Host.withGroup([.pids], in: try #require(Host.views.last)) { group in
            let freezer = try #require(group.folder(of: .freezer))
            try Host.withProcess("while :; do sleep 0.05 & done") { pid in
                try group.attach(pid)
                usleep(50_000)
                #expect(group.processes().count > 1 && group.isFrozen == nil && !Files.exists(freezer))
                try group.kill()
                #expect(Host.status(of: pid).map { $0 & 0x7f } == SIGKILL && !Files.exists(freezer))
                try group.remove()
            }
        }
        try Host.withGroup([.pids], in: try #require(Host.views.last)) { group in
            try Host.withProcess("sleep 60 & wait") { pid in
                try group.attach(pid)
                try group.freeze()
                #expect(group.isFrozen == true)
                try group.kill()
                #expect(Host.status(of: pid).map { $0 & 0x7f } == SIGKILL)
            }
        }
    }

    @Test(arguments: Host.views)
    func `a frozen group is killed too, with the groups below it`(hierarchy: Hierarchy) throws {
        try Host.withGroup(in: hierarchy) { group in
            let below = try Cgroup("\(group.path)/below", in: hierarchy)
            try below.make([.pids, .freezer])
            try Host.withProcess("while :; do :; done") { pid in
                try below.attach(pid)
                #expect(group.processes() == [pid])
                try group.freeze()
                try group.kill()
                #expect(Host.status(of: pid).map { $0 & 0x7f } == SIGKILL)
            }
            try group.remove()
            #expect(!below.exists)
        }
    }

    @Test func `a group with a process in it is not removed, and the error names the process`() throws {
        try Host.withGroup { group in
            try Host.withProcess("exec sleep 60") { pid in
                try group.attach(pid)
                let error = try #require(throws: CgroupError.self) { try group.remove(timeout: 0.05) }
                guard case .occupied(_, let processes) = error else { throw error }
                #expect(processes == [pid])
            }
        }
    }

    @Test(.enabled(if: Host.hierarchy.trees.contains { $0.version == .v2 }, "there is no cgroup v2 here"))
    func `a group is given to a user with its processes and groups, and without its limits`() throws {
        try Host.withGroup { group in
            let folder = try #require(group.unifiedFolder)
            try group.delegate(to: 1234)
            func owner(_ name: String) -> uid_t? {
                var status = stat()
                return stat("\(folder)/\(name)", &status) == 0 ? status.st_uid : nil
            }
            for name in ["", "cgroup.procs", "cgroup.threads", "cgroup.subtree_control"] {
                #expect(owner(name) == 1234, "\(name)")
            }
            for name in ["cgroup.kill", "cgroup.freeze", "memory.max", "pids.max"] {
                #expect(owner(name) ?? 0 == 0, "\(name)")
            }
        }
    }

    @Test func `a limit set later moves the processes into its tree`() throws {
        try Host.withGroup([.memory]) { group in
            try Host.withProcess("sleep 60 & sleep 60 & wait") { pid in
                try group.attach(pid)
                var limits = Limits()
                limits.processes = 9
                try group.apply(limits)
                #expect(group.limits().processes == 9)
                let folder = try #require(group.folder(of: .pids))
                #expect(Files.text("\(folder)/cgroup.procs")?.split(separator: "\n").contains("\(pid)") == true)
            }
        }
    }

    @Test func `memory that is in use cannot be limited away`() throws {
        try Host.withGroup { group in
            // The last program of the line never reads, so the one before it holds all that it was given.
            let size = 16 << 20
            let script = "sleep 0.2; head -c \(size) /dev/zero | tail -c \(size) | sleep 60"
            try Host.withProcess(script) { pid in
                try group.attach(pid)
                let start = MonotonicTime.now
                var used: UInt64 = 0
                while used <= UInt64(size) / 2, MonotonicTime.now.seconds(since: start) < 30 * patience {
                    usleep(10_000)
                    used = UsageReader.once(group).memory ?? 0
                }
                try #require(used > UInt64(size) / 2)
                var limits = Limits()
                (limits.memory, limits.swap) = (4 << 20, 0)
                let error = try #require(throws: CgroupError.self) { try group.apply(limits, replacing: Limits()) }
                #expect(error.description.contains("is in use"), "\(error)")
                #expect(Glibc.kill(pid, 0) == 0)
            }
        }
    }

    @Test func `a process's own group is found tree by tree`() throws {
        try Host.withGroup([.memory]) { group in
            try Host.withProcess("exec sleep 60") { pid in
                try group.attach(pid)
                let found = try #require(Cgroup.of(process: pid, in: Host.hierarchy))
                #expect(found.folder(of: .memory) == group.folder(of: .memory))
                if let pids = group.folder(of: .pids), pids != group.folder(of: .memory) {
                    #expect(found.folder(of: .pids) != pids)
                }
            }
        }
    }

    @Test(arguments: Host.views)
    func `a filtered group opens only the devices that the rules allow`(hierarchy: Hierarchy) throws {
        try Host.withGroup([], in: hierarchy) { group in
            let rules = [
                DeviceRule(allow: false), DeviceRule(allow: true, kind: .character, major: 1, minor: 3),
                DeviceRule(allow: true, kind: .character, major: 1, minor: 5, access: .read),
            ]
            try group.filterDevices(rules)
            // A second filter takes the first one's place.
            try group.filterDevices(rules)
            // 0: null opens for writing; 1: zero opens for reading only; 2: full does not open.
            let script = """
                kill -STOP $$
                : > /dev/null || exit 10
                : < /dev/zero || exit 11
                (: > /dev/zero) 2> /dev/null && exit 12
                (: < /dev/full) 2> /dev/null && exit 13
                exit 7
                """
            try Host.withProcess(script) { pid in
                // Moved while it stands still, so that it tries nothing before.
                var status: Int32 = 0
                #expect(waitpid(pid, &status, WUNTRACED) == pid && status & 0xFF == 0x7F)
                try group.attach(pid)
                kill(pid, SIGCONT)
                #expect(Host.status(of: pid).map { $0 >> 8 } == 7)
            }
        }
    }
}
