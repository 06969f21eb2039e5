import Cgroups
import Glibc
import JSON
import Linux
import OCI
import TestSupport
import Testing

/// The verbs and options that engines give an OCI runtime, beyond those of the specification's own operations.
@Suite(.enabled(if: RuntimeBundle.obstacle == nil, Comment(rawValue: RuntimeBundle.obstacle ?? "")))
struct RuntimeOptionTests {
    /// A container that sleeps.
    private func sleeper(_ adjust: (RuntimeBundle) -> Void = { _ in }) throws -> RuntimeBundle {
        let bundle = try RuntimeBundle("sleep 60").addingCommands("grep", "env")
        adjust(bundle)
        #expect(try bundle.create().status == 0)
        #expect(try bundle.call("start", bundle.id).status == 0)
        return bundle
    }

    @Test func `exec runs the process of a file, as that says and not as the container's`() throws {
        let bundle = try sleeper()
        let process = OCI.RuntimeSpec.Process(
            user: .init(uid: 5, gid: 6), args: ["sh", "-c", "id -u; id -g; echo $A; pwd"], env: ["PATH=/bin", "A=b"],
            cwd: "/bin")
        try Files.replace("\(bundle.folder)/process.json", with: JSON.encode(process), durable: false)
        let outcome = try bundle.call("exec", "--process", "\(bundle.folder)/process.json", bundle.id)
        #expect(outcome.lines == ["5", "6", "b", "/bin"], "\(outcome.errors)")
    }

    @Test func `a process that says no user is root's`() throws {
        let bundle = try sleeper { $0.spec.process?.user = .init(uid: 5, gid: 5) }
        let text = "{\"args\": [\"id\", \"-u\"], \"cwd\": \"/\", \"env\": [\"PATH=/bin\"]}"
        try Files.replace("\(bundle.folder)/process.json", with: Array(text.utf8), durable: false)
        #expect(try bundle.call("exec", "-p", "\(bundle.folder)/process.json", bundle.id).lines == ["0"])
        let newer = text.replacing("{", with: "{\"newer\": 1, \"execCPUAffinity\": {\"initial\": \"0\"}, ")
        try Files.replace("\(bundle.folder)/process.json", with: Array(newer.utf8), durable: false)
        #expect(try bundle.call("exec", "-p", "\(bundle.folder)/process.json", bundle.id).lines == ["0"])
    }

    @Test func `of two values of a variable the last counts, and one without a name or a value is refused`() throws {
        let bundle = try RuntimeBundle().addingCommands("env")
        bundle.spec.process?.args = ["env"]
        bundle.spec.process?.env += ["A=1", "B=2", "A=3"]
        #expect(try bundle.run().lines.filter { $0.hasPrefix("A=") || $0.hasPrefix("B=") } == ["B=2", "A=3"])
        for variable in ["FOO", "=x"] {
            bundle.spec.process?.env[1] = variable
            #expect(try bundle.run().errors.contains("process.env[1]: \"\(variable)\" has no "))
        }
    }

    @Test func `sockets of a service manager are handed on by the process that they are meant for alone`() throws {
        let bundle = try RuntimeBundle("ls /proc/self/fd; env | grep LISTEN").addingCommands("env", "grep")
        func run(_ pid: String) throws -> [String] {
            let script = "exec 3</etc/passwd; export LISTEN_FDS=1 LISTEN_FDNAMES=a \(pid); exec \"$@\""
            return try bundle.run(through: ["sh", "-c", script, "sh"]).lines.sorted()
        }
        let handed = ["0", "1", "2", "3", "4", "LISTEN_FDNAMES=a", "LISTEN_FDS=1", "LISTEN_PID=1"]
        #expect(try run("LISTEN_PID=$$") == handed)
        #expect(try run("") == handed)
        #expect(try run("LISTEN_PID=1") == ["0", "1", "2", "3"])
    }

    @Test func `a limit above the runtime's own is had in a user namespace as well, or told to be lowered`() throws {
        let bundle = try RuntimeBundle("ulimit -n; ulimit -Hn")
        let map = [OCI.RuntimeSpec.IDMapping(containerID: 0, hostID: 0, size: 65536)]
        bundle.spec.linux?.namespaces.append(.init(.user))
        bundle.spec.linux?.uidMappings = map
        bundle.spec.linux?.gidMappings = map
        bundle.spec.process?.rlimits = [.init(type: "RLIMIT_NOFILE", hard: 1000, soft: 600)]
        let outcome = try bundle.run(through: ["sh", "-c", "ulimit -n 512; exec \"$@\"", "sh"])
        // Not every host's root may raise one.
        let lowered = outcome.errors.contains("RLIMIT_NOFILE is not this runtime's to raise; lowered to 512")
        #expect(outcome.lines == (lowered ? ["512", "512"] : ["600", "1000"]), "\(outcome.errors)")
        // Above what the kernel gives anybody.
        bundle.spec.process?.rlimits = [.init(type: "RLIMIT_NOFILE", hard: .max, soft: 600)]
        #expect(try bundle.run().errors.contains("warning: process.rlimits: RLIMIT_NOFILE is not this runtime's"))
    }

    @Test func `of the descriptors to be handed on those go that are open, and none of the runtime's own`() throws {
        let bundle = try RuntimeBundle("ls /proc/self/fd")
        let open = ["sh", "-c", "exec 3<&- 4<&- 5</dev/null 6<&- 7<&-; exec \"$@\"", "sh"]
        // 3 is the list itself.
        #expect(try bundle.run("--preserve-fds", "5", through: open).lines == ["0", "1", "2", "3", "5"])
    }

    @Test func `a variable that exec is given takes the place of the container's`() throws {
        let bundle = try sleeper { $0.spec.process?.env.append("A=old") }
        let outcome = try bundle.call("exec", "-e", "A=new", "-e", "B=c=d", bundle.id, "env")
        #expect(outcome.lines.filter { $0.hasPrefix("A=") || $0.hasPrefix("B=") } == ["A=new", "B=c=d"])
        let refused = try bundle.call("exec", "-e", "FOO", bundle.id, "env").errors
        #expect(refused.contains("\"FOO\" has no =") && !refused.contains("config.json"))
    }

    @Test func `exec in the background leaves its process in the container, and its id in the file`() throws {
        let bundle = try sleeper()
        let file = "\(bundle.folder)/pid"
        #expect(try bundle.call("exec", "-d", "--pid-file", file, bundle.id, "sleep", "61").status == 0)
        let pid = try #require(Int32(Files.text(file) ?? ""))
        #expect(try bundle.group().processes().contains(pid))
        #expect(Files.text("/proc/\(pid)/cmdline") == "sleep\u{0}61\u{0}")
    }

    @Test func `descriptors are handed on as many as asked for`() throws {
        let wrapper = ["sh", "-c", "exec 3</proc/sys/kernel/ostype 4</etc; exec \"$@\"", "sh"]
        let bundle = try RuntimeBundle("cat <&3; ls /proc/self/fd")
        #expect(try bundle.run("--preserve-fds", "1", through: wrapper).lines == ["Linux", "0", "1", "2", "3", "4"])
        #expect(try bundle.run(through: wrapper).lines == ["0", "1", "2", "3"])
    }

    @Test func `without pivot_root the host is out of sight as well`() throws {
        let bundle = try RuntimeBundle("ls /; ls /..; cat /proc/self/mountinfo").addingCommands("chroot", "mount")
        let outcome = try bundle.run("--no-pivot")
        #expect(outcome.lines.starts(with: ["bin", "dev", "proc", "sys", "bin", "dev", "proc", "sys"]))
        #expect(!outcome.output.contains("/etc"))
    }

    @Test(arguments: [true, false])
    func `a user namespace below cannot mount a whole /proc`(pivots: Bool) throws {
        let bundle = try RuntimeBundle("unshare -rmpf sh -c 'mount -t proc proc /proc && echo whole'")
            .addingCommands("unshare", "mount")
        // Whoever has these may make a user namespace with a root in it.
        bundle.spec.process?.capabilities = .init(["CAP_SYS_ADMIN", "CAP_SETFCAP"])
        let outcome = try pivots ? bundle.run() : bundle.run("--no-pivot")
        #expect(outcome.errors.contains("mount: permission denied") && outcome.output.isEmpty, "\(outcome)")
    }

    @Test func `ps, list, pause and resume tell of a container as it is`() throws {
        let bundle = try sleeper()
        let pid = try #require(try bundle.state().pid)
        let ids: [Int32] = try JSON.decode(from: Array(bundle.call("ps", "--format", "json", bundle.id).output.utf8))
        #expect(ids == [pid])
        let table = try bundle.call("ps", bundle.id).lines
        #expect(table.count == 2 && table[0].contains("PID") && table[1].contains("\(pid)"))
        #expect(try bundle.call("list", "-q").lines == [bundle.id])
        #expect(try bundle.call("list", "-f", "json").output.contains("\"status\":\"running\""))
        #expect(try bundle.call("pause", bundle.id).status == 0)
        #expect(try bundle.state().status == .paused)
        #expect(try bundle.call("exec", bundle.id, "true").status != 0)
        #expect(try bundle.call("resume", bundle.id).status == 0)
        #expect(try bundle.state().status == .running)
    }

    @Test func `update changes limits of what runs, by options and by a document`() throws {
        let bundle = try sleeper()
        #expect(try bundle.call("update", "--pids-limit", "41", bundle.id).status == 0)
        #expect(try bundle.group().limits().processes == 41)
        try Files.replace("\(bundle.folder)/r", with: Array("{\"pids\":{\"limit\":42}}".utf8), durable: false)
        #expect(try bundle.call("update", "-r", "\(bundle.folder)/r", bundle.id).status == 0)
        #expect(try bundle.group().limits().processes == 42)
    }

    @Test(arguments: ["cpu-period", "cpu-burst", "cpu-share", "cpu-rt-period", "blkio-weight"])
    func `what cannot be below zero is refused`(name: String) throws {
        let bundle = try sleeper()
        let outcome = try bundle.call("update", "--\(name)", "-5", bundle.id)
        #expect(outcome.status == 1 && outcome.errors.contains("--\(name) -5 is below 0"), "\(outcome.errors)")
    }

    @Test func `memory and swap together stay what they were until they are changed themselves`() throws {
        let bundle = try sleeper { $0.spec.linux?.resources?.memory = .init(limit: 50 << 20, swap: 100 << 20) }
        guard let before = try bundle.group().limits().swap else { return }
        func update(_ words: String...) throws -> String {
            try bundle.call(["update"] + words + [bundle.id]).errors
        }
        func total() throws -> UInt64? {
            let limits = try bundle.group().limits()
            return limits.memory.flatMap { memory in limits.swap.map { memory + $0 } }
        }
        #expect(before == 50 << 20)
        #expect(try update("--memory-swap", "30m").contains("memory.swap: 31457280 is below the limit of memory"))
        #expect(
            try update("--memory", "120MB").contains("memory.limit: 125829120 is above the limit of memory and swap"))
        #expect(try total() == 100 << 20)
        #expect(try update("--memory", "80m").isEmpty)
        #expect(try bundle.group().limits().memory == 80 << 20)
        #expect(try total() == 100 << 20)
        #expect(try update("--memory", "0.125g", "--memory-swap", "256 MiB").isEmpty)
        #expect(try bundle.group().limits().memory == 128 << 20)
        #expect(try total() == 256 << 20)
        #expect(try update("--memory", "-1").isEmpty)
        #expect(try update("--memory-swap", "30m").contains("memory.swap: it needs a limit of memory"))
        #expect(try update("--memory", "12x").contains("is no number"))
    }

    @Test(.enabled(if: Files.exists("/sys/fs/cgroup/memory/memory.stat"), "memory is not cgroup v1's here"))
    func `the kernel's killer is switched on again`() throws {
        let bundle = try sleeper {
            $0.spec.linux?.resources?.memory = .init(limit: 50 << 20)
            $0.spec.linux?.resources?.memory?.disableOOMKiller = true
        }
        let file = "/sys/fs/cgroup/memory/boxtop-core-test/\(bundle.id)/memory.oom_control"
        #expect(Files.text(file)?.contains("oom_kill_disable 1") == true)
        let document = Array(#"{"memory":{"disableOOMKiller":false}}"#.utf8)
        try Files.replace("\(bundle.folder)/r", with: document, durable: false)
        #expect(try bundle.call("update", "-r", "\(bundle.folder)/r", bundle.id).status == 0)
        #expect(Files.text(file)?.contains("oom_kill_disable 0") == true)
    }

    @Test func `an empty option is none, and an empty signal the usual one`() throws {
        let bundle = try sleeper()
        #expect(try bundle.call("update", "-r", "", "--pids-limit", "41", bundle.id).status == 0)
        #expect(try bundle.call("exec", "--cwd", "", "--pid-file", "", "-p", "", bundle.id, "true").status == 0)
        #expect(try bundle.call("kill", bundle.id, "").status == 0)
        #expect(try bundle.call("events", "--stats", "--interval", "1h1m30.5s", bundle.id).status == 0)
        for time in ["0", "0s", "5", "s", "1x"] {
            #expect(try bundle.call("events", "--stats", "--interval", time, bundle.id).status == 1, "\(time)")
        }
    }

    @Test(.enabled(if: Files.exists("/sys/fs/cgroup/cpu/cpu.shares"), "CPU time is not cgroup v1's here"))
    func `a shorter period is taken with the quota that makes it fit below a limited group`() throws {
        let bundle = try sleeper {
            $0.spec.linux?.cgroupsPath = "/boxtop-core-test/\($0.id)/inner"
            $0.spec.linux?.resources?.cpu = .init(shares: 512)
        }
        let above = "/sys/fs/cgroup/cpu/boxtop-core-test/\(bundle.id)"
        try Files.write(Array("50000".utf8), to: "\(above)/cpu.cfs_quota_us")
        #expect(try bundle.call("update", "--cpu-quota", "60000", bundle.id).status == 1)
        let outcome = try bundle.call("update", "--cpu-period", "10000", "--cpu-quota", "3000", bundle.id)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(Files.text("\(above)/inner/cpu.cfs_period_us") == "10000\n")
        #expect(Files.text("\(above)/inner/cpu.cfs_quota_us") == "3000\n")
    }

    @Test func `events gives the gauges once, as JSON`() throws {
        let bundle = try sleeper { $0.spec.linux?.resources?.memory = .init(limit: 64 << 20) }
        let outcome = try bundle.call("events", "--stats", bundle.id)
        #expect(outcome.lines.count == 1 && outcome.output.contains("\"type\":\"stats\""), "\(outcome.errors)")
        #expect(outcome.output.contains("\"limit\":\(64 << 20)"))
        for key in ["raw", "cache", "kernel", "user", "percpu", "current", "ioServicedRecursive"] {
            // Those of v1 alone are missing elsewhere.
            if !Files.exists("/sys/fs/cgroup/cpuacct") && key == "percpu" { continue }
            #expect(outcome.output.contains("\"\(key)\":"), "\(key)")
        }
    }

    /// - Parameter last: the one that is killed is the container's first process.
    @Test(
        .enabled(if: Hierarchy.discover().tree(of: .memory) != nil, "this host has no memory controller"),
        arguments: [true, false])
    func `events tells of a kill for want of memory at once, and of one that the container ends with`(last: Bool) throws
    {
        let hog = "dd if=/dev/zero of=/dev/null bs=64M count=1 2>/dev/null"
        func waiting(_ name: String) -> String { "while ! test -e /\(name); do sleep 0.02; done" }
        let script = "\(waiting("go")); \(last ? "exec \(hog)" : "\(hog); \(waiting("heard"))")"
        let bundle = try RuntimeBundle(script).addingCommands("dd")
        bundle.spec.linux?.resources?.memory = .init(limit: 16 << 20, swap: 16 << 20)
        #expect(try bundle.run("--detach").status == 0)
        let output = "\(bundle.folder)/output"
        let listen = """
            "$@" & events=$!
            while ! test -s \(output); do sleep 0.02; done
            touch \(bundle.folder)/rootfs/go
            for moment in $(seq \(Int(100 * patience))); do
                grep -q '"oom"' \(output) && echo heard >&2 && break; sleep 0.05
            done
            touch \(bundle.folder)/rootfs/heard; wait $events
            """
        let outcome = try bundle.call(["events", "--interval", "1h", bundle.id], through: ["sh", "-c", listen, "sh"])
        #expect(outcome.lines.count == 2, "\(outcome.output)\(outcome.errors)")
        #expect(outcome.lines.last == #"{"type":"oom","id":"\#(bundle.id)"}"#)
        #expect(outcome.errors == "heard\n" && outcome.status == 0)
    }

    @Test(.enabled(if: Strace.obstacle == nil, Comment(rawValue: Strace.obstacle ?? "")), arguments: [true, false])
    func `a session keyring is made for each process, or for none`(isNew: Bool) throws {
        let (bundle, short) = (try RuntimeBundle("sleep 60"), try RuntimeBundle("true"))
        let log = "\(bundle.folder)/trace"
        let trace = ["strace", "-f", "-qq", "-o", log, "-e", "trace=keyctl"]
        let option = isNew ? "--keep" : "--no-new-keyring"
        #expect(try short.run(option, through: trace).status == 0)
        #expect(Files.text(log)?.contains("KEYCTL_JOIN_SESSION_KEYRING") == isNew)
        #expect(try bundle.run("--detach", option).status == 0)
        #expect(try bundle.call(["exec", bundle.id, "true"], through: trace).status == 0)
        #expect(Files.text(log)?.contains("KEYCTL_JOIN_SESSION_KEYRING") == isNew)
    }

    @Test(
        arguments: [
            ("SCMP_ACT_KILL_PROCESS", 159, ""), ("SCMP_ACT_KILL_THREAD", 159, ""), ("SCMP_ACT_KILL", 159, ""),
            ("SCMP_ACT_TRAP", 159, ""), ("SCMP_ACT_ERRNO", 1, "not permitted"),
            ("SCMP_ACT_TRACE", 1, "not implemented"), ("SCMP_ACT_LOG", 0, ""), ("SCMP_ACT_ALLOW", 0, ""),
        ] as [(String, Int32, String)])
    func `a system call meets the action of its rule`(action: String, status: Int32, words: String) throws {
        let bundle = try RuntimeBundle()
        bundle.spec.process?.args = ["mkdir", "/made"]
        bundle.spec.linux?.seccomp = .init(
            defaultAction: "SCMP_ACT_ALLOW", syscalls: [.init(names: ["mkdir", "mkdirat"], action: action)])
        let outcome = try bundle.run()
        #expect(outcome.status == status, "\(outcome.errors)")
        #expect(outcome.errors.contains(words))
        #expect(Files.exists("\(bundle.folder)/rootfs/made") == (status == 0))
    }

    @Test func `an exec runs on the cores that the configuration gives it`() throws {
        let cores: OCI.RuntimeSpec.CPUAffinity = try JSON.decode(
            from: Array("{\"initial\":\"0\",\"final\":\"0\"}".utf8))
        let bundle = try sleeper { $0.spec.process?.execCPUAffinity = cores }
        let outcome = try bundle.call("exec", bundle.id, "grep", "Cpus_allowed_list", "/proc/self/status")
        #expect(outcome.lines == ["Cpus_allowed_list:\t0"], "\(outcome.errors)")
    }
}
