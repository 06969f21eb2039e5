import Cgroups
import Glibc
import JSON
import Linux
import OCI
import TestSupport
import Testing

@Suite(.enabled(if: RuntimeBundle.obstacle == nil, Comment(rawValue: RuntimeBundle.obstacle ?? "")))
struct RuntimeVerbTests {
    @Test func `a container is created, started, killed and deleted, and its state says so`() throws {
        let bundle = try RuntimeBundle("touch /ran; sleep 60")
        #expect(try bundle.create("--pid-file", "\(bundle.folder)/pid").status == 0)
        var state = try bundle.state()
        #expect(state.status == .created)
        #expect(state.bundle == bundle.folder)
        #expect(Files.text("\(bundle.folder)/pid") == state.pid.map { "\($0)" })
        #expect(!Files.exists("\(bundle.folder)/rootfs/ran"))

        #expect(try bundle.call("start", bundle.id).status == 0)
        #expect(try bundle.call("start", bundle.id).errors.contains("not created"))
        let ran = "\(bundle.folder)/rootfs/ran"
        #expect(eventually { Files.exists(ran) })
        state = try bundle.state()
        #expect(state.status == .running)
        #expect(try bundle.call("list", "-q").lines == [bundle.id])
        #expect(try bundle.call("delete", bundle.id).errors.contains("is running"))

        #expect(try bundle.call("pause", bundle.id).status == 0)
        #expect(try bundle.state().status == .paused)
        #expect(try bundle.call("resume", bundle.id).status == 0)

        #expect(try bundle.call("kill", bundle.id, "SIGKILL").status == 0)
        #expect(try eventually { try bundle.state().status == .stopped })
        #expect(try bundle.state().pid == 0)
        for verb in ["pause", "resume"] {
            let refused = try bundle.call(verb, bundle.id)
            #expect(refused.status != 0 && refused.errors.contains("container not running: \(bundle.id)"), "\(verb)")
        }
        #expect(try bundle.call("kill", bundle.id, "KILL").status != 0)
        #expect(try bundle.call("delete", bundle.id).status == 0)
        #expect(try bundle.call("state", bundle.id).errors.contains("does not exist"))
        #expect(try !bundle.group().exists)
    }

    @Test(arguments: ["HUP", "sighup", "1", "SIGHUP"])
    func `a signal is named as people name it`(name: String) throws {
        let bundle = try RuntimeBundle("trap 'touch /heard; exit' HUP; touch /ran; while :; do sleep 0.02; done")
        #expect(try bundle.run("--detach").status == 0)
        #expect(eventually { Files.exists("\(bundle.folder)/rootfs/ran") })
        #expect(try bundle.call("kill", bundle.id, "0").status == 0)
        #expect(try bundle.call("kill", bundle.id, name).status == 0)
        #expect(eventually { Files.exists("\(bundle.folder)/rootfs/heard") })
        #expect(try eventually { try bundle.state().status == .stopped })
        #expect(try bundle.call("kill", bundle.id, "0").errors.contains("container not running: \(bundle.id)"))
    }

    @Test func `a signal goes to all processes where that is asked for, and nonsense to none`() throws {
        let script = "(trap 'touch /child; exit' USR1; touch /ran; while :; do sleep 0.02; done) & trap '' USR1; wait"
        let bundle = try RuntimeBundle(script)
        #expect(try bundle.run("--detach").status == 0)
        #expect(eventually { Files.exists("\(bundle.folder)/rootfs/ran") })
        for word in ["WHATEVER", "65", "RTMIN+31"] {
            let refused = try bundle.call("kill", bundle.id, word)
            #expect(refused.status != 0 && refused.errors.contains("there is no signal"), "\(word)")
        }
        #expect(try bundle.call("kill", bundle.id, "TERM", "more").errors.contains("are needed"))
        #expect(try bundle.call("kill", bundle.id, "USR1").status == 0)
        usleep(100_000)
        #expect(!Files.exists("\(bundle.folder)/rootfs/child"))
        #expect(try bundle.call("kill", "--all", bundle.id, "USR1").status == 0)
        #expect(eventually { Files.exists("\(bundle.folder)/rootfs/child") })
        #expect(try bundle.call("kill", "-a", bundle.id, "KILL").status == 0)
        #expect(try eventually { try bundle.state().status == .stopped })
    }

    @Test func `a process of a file has the capabilities of the container, and priorities of its own`() throws {
        let bundle = try RuntimeBundle("sleep 60").addingCommands("grep", "uname")
        bundle.spec.linux?.personality = .init(domain: "LINUX32")
        #expect(try bundle.run("--detach").status == 0)
        var process = try #require(bundle.spec.process)
        process.capabilities = nil
        process.ioPriority = .init(class: "IOPRIO_CLASS_IDLE", priority: 0)
        process.args = ["sh", "-c", "grep CapEff /proc/self/status; cat /proc/self/personality; busybox ionice"]
        let file = "\(bundle.folder)/process"
        try Files.replace(file, with: JSON.encode(process), durable: false)
        let outcome = try bundle.call("exec", "-p", file, bundle.id)
        #expect(outcome.lines.first == "CapEff:\t0000000000000020", "\(outcome.output)\(outcome.errors)")
        #expect(outcome.lines.contains { $0.hasSuffix("8") && $0.count == 8 }, "\(outcome.output)")
        #expect(outcome.lines.last?.hasPrefix("idle") == true, "\(outcome.output)")
    }

    @Test func `who writes to the terminal and reads nothing of it is not kept waiting`() throws {
        let bundle = try RuntimeBundle("stty raw -echo; yes | head -c 3000000").addingCommands("stty", "yes", "head")
        bundle.spec.process?.terminal = true
        let typed = "head -c 4000000 /dev/zero | tr '\\0' x"
        let limited = "timeout --signal=KILL \(Int(20 * patience)) \"$@\""
        let outcome = try bundle.run(through: ["sh", "-c", "\(typed) | \(limited) | wc -c", "sh"])
        // The terminal itself says once more what is typed before it is told not to.
        #expect(Int(outcome.lines.first ?? "").map { $0 >= 3_000_000 } == true, "\(outcome.output)\(outcome.errors)")
    }

    @Test func `containers are listed as a table and as engines read them`() throws {
        let bundle = try RuntimeBundle("sleep 60")
        bundle.spec.annotations = ["org.example.a": "b"]
        #expect(try bundle.call("list").lines.count == 1)
        #expect(try bundle.run("--detach").status == 0)
        let pid = try #require(try bundle.state().pid)
        let row = try #require(try bundle.call("list").lines.last).split(separator: " ").map(String.init)
        #expect(Array(row.prefix(4)) == [bundle.id, "\(pid)", "running", bundle.folder])
        #expect(row.last == "root")
        // Whose it is, is whose its state is, by name where the host has one.
        chown(bundle.stateFolder, 3_000_000_000, 0)
        struct Line: Decodable {
            var id: String
            var pid: Int32
            var rootfs: String
            var owner: String
            var created: String
            var annotations: [String: String]
        }
        let line = try JSON.decode(Line.self, from: Array(bundle.call("state", bundle.id).output.utf8))
        #expect(line.owner == "3000000000" && line.rootfs == "\(bundle.folder)/rootfs" && line.pid == pid)
        #expect(Timestamp(line.created) != nil)
        let lines = try JSON.decode([Line].self, from: Array(bundle.call("list", "-f", "json").output.utf8))
        #expect(lines.map(\.id) == [bundle.id] && lines.map(\.pid) == [pid])
        #expect(lines[0].owner == "3000000000")
        #expect(lines[0].rootfs == "\(bundle.folder)/rootfs" && lines[0].annotations == ["org.example.a": "b"])
        #expect(try bundle.call("--version").output.contains("boxtop-runtime"))
    }

    @Test func `records are in a person's own folder where nothing else is said, and root's in /run`() throws {
        let bundle = try RuntimeBundle("sleep 60")
        #expect(try bundle.run("--detach").status == 0)
        symlink("state", "\(bundle.folder)/boxtop-runtime")
        func list(_ who: String) -> String {
            Command.output("XDG_RUNTIME_DIR=\(bundle.folder) \(who) \(RuntimeBundle.program) list -q")
        }
        #expect(list("unshare --user") == "\(bundle.id)\n")
        #expect(!list("").contains(bundle.id))
    }

    @Test func `what is copied up to a tmpfs keeps owners, permissions and links, and leads nowhere else`() throws {
        let bundle = try RuntimeBundle("cd /work; stat -c '%n %u %g %a %F' * in/*; cat in/file; cat out")
        let work = "\(bundle.folder)/rootfs/work"
        try Files.makeDirectories("\(work)/in")
        try Files.replace("\(work)/in/file", with: "kept\n".utf8, mode: 0o604, durable: false)
        chown("\(work)/in/file", 5, 6)
        chmod("\(work)/in", 0o711)
        symlink("/etc/shadow", "\(work)/out")
        mknod("\(work)/device", S_IFCHR | 0o666, 0x103)
        bundle.spec.mounts.append(.init(destination: "/work", type: "tmpfs", options: ["tmpcopyup"]))
        let outcome = try bundle.run()
        #expect(
            outcome.lines == [
                "in 0 0 711 directory", "out 0 0 777 symbolic link", "in/file 5 6 604 regular file", "kept",
            ], "\(outcome)")
        #expect(outcome.errors.contains("out"))
        #expect(Files.text("\(work)/in/file") == "kept\n")
    }

    @Test func `an id is taken once`() throws {
        let bundle = try RuntimeBundle("sleep 60")
        #expect(try bundle.create().status == 0)
        #expect(try bundle.create().errors.contains("exists already"))
        #expect(try bundle.state().status == .created)
    }

    @Test func `exec runs in the container: its namespaces, group, user and limits`() throws {
        let bundle = try RuntimeBundle("sleep 60")
        #expect(try bundle.run("--detach").status == 0)
        let first = try #require(try bundle.state().pid)
        let script =
            "hostname; readlink /proc/1/ns/mnt; readlink /proc/self/ns/mnt; id -u; echo $MORE; cat /proc/self/cgroup"
        let outcome = try bundle.call("exec", "-u", "5:6", "-e", "MORE=yes", bundle.id, "sh", "-c", script)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.lines.first == "boxed")
        #expect(outcome.lines.contains("5"))
        #expect(outcome.lines.contains("yes"))
        let text = try #require(Files.text("/proc/\(first)/status"))
        #expect(text.contains("NoNewPrivs:\t1"))
        // In its own group namespace the container's group is the root.
        #expect(outcome.lines.contains("0::/"))
        #expect(try bundle.call("exec", bundle.id, "sh", "-c", "exit 9").status == 9)
        #expect(try bundle.call("exec", "-t", bundle.id, "test", "-t", "0").status == 0)
    }

    @Test func `what exec itself refuses is not to be taken for the program's own status`() throws {
        let bundle = try RuntimeBundle("sleep 60")
        #expect(try bundle.run("--detach").status == 0)
        for words in [[bundle.id, "/bin/none"], ["none", "true"], ["--pid-file", "/none/pid", bundle.id, "true"]] {
            #expect(try bundle.call(["exec"] + words).status == 255)
        }
        #expect(try bundle.call("exec", bundle.id, "sh", "-c", "exit 1").status == 1)
        #expect(try bundle.call("exec", "--help").status == 0)
    }

    @Test func `exec into a group below the container's own: one that is there, in some trees or all`() throws {
        let bundle = try RuntimeBundle("sleep 60")
        #expect(try bundle.run("--detach").status == 0)
        let group = try bundle.group()
        for below in ["..", "a/../..", "pids:../up"] {
            let refused = try bundle.call("exec", "--cgroup", below, bundle.id, "true")
            #expect(refused.status == 255 && refused.errors.contains("is not a sub cgroup path"))
        }
        for (below, reason) in [("none", "none"), ("what:none", "unknown controller")] {
            #expect(try bundle.call("exec", "--cgroup", below, bundle.id, "true").errors.contains(reason))
        }
        let below = try Cgroup("\(group.path)/below", in: .discover())
        let isUnified = Hierarchy.discover().trees.allSatisfy { $0.version == .v2 }
        // Of v2's controllers a group that processes are in has none to hand down.
        try below.make(isUnified ? [] : .all)
        defer { try? below.remove() }
        func groups(_ words: String...) throws -> [String] {
            let outcome = try bundle.call(["exec"] + words + [bundle.id, "cat", "/proc/self/cgroup"])
            #expect(outcome.status == 0, "\(outcome.errors)")
            return outcome.lines
        }
        #expect(try groups("--cgroup", "below").contains { $0.hasSuffix("/below") })
        #expect(try !groups("--cgroup", "/").contains { $0.hasSuffix("/below") })
        if !isUnified {
            let lines = try groups("--cgroup", "pids:below")
            #expect(lines.filter { $0.hasSuffix("/below") }.map { $0.contains(":pids:") } == [true])
        }
    }

    @Test func `ps shows the container's processes as ps of the host does, with its options`() throws {
        let bundle = try RuntimeBundle("sleep 60; true")
        #expect(try bundle.run("--detach").status == 0)
        #expect(try eventually { try bundle.call("ps", bundle.id).lines.count == 3 })
        let lines = try bundle.call("ps", bundle.id, "-e", "-o", "pid,args").lines
        #expect(lines.count == 3 && lines.contains { $0.hasSuffix(" sleep 60") })
        #expect(try bundle.call("ps", bundle.id, "-e", "-o", "args").errors.contains("column PID"))
    }

    @Test func `another file in place of config.json, and a warning where others are in the group`() throws {
        let bundle = try RuntimeBundle("sleep 60")
        #expect(try bundle.run("--detach").errors.isEmpty)
        var other = bundle.spec
        other.process?.args = ["sh", "-c", "echo other"]
        let path = "\(bundle.folder)/other.json"
        try Files.replace(path, with: try JSON.encode(other), durable: false)
        let outcome = try bundle.call("run", "--bundle", bundle.folder, "--config", path, "\(bundle.id)-other")
        #expect(outcome.lines == ["other"] && outcome.errors.contains("cgroup is not empty"))
        let again = try bundle.run("--detach")
        #expect(again.errors.contains("exists already") && !again.errors.contains("cgroup is not empty"))
    }

    @Test func `exec into a container that has ended is refused`() throws {
        let bundle = try RuntimeBundle("true")
        #expect(try bundle.run("--detach").status == 0)
        #expect(try eventually { try bundle.state().status == .stopped })
        #expect(try bundle.call("exec", bundle.id, "true").errors.contains("not running"))
    }

    @Test func `hooks run at their points, in order, and are told the state`() throws {
        let bundle = try RuntimeBundle("true")
        let log = "\(bundle.folder)/hooks"
        func hook(_ name: String) -> OCI.RuntimeSpec.Hook {
            .init(path: "/bin/sh", args: ["sh", "-c", "echo \(name) $(cat) >> \(log)"], env: ["PATH=/bin:/usr/bin"])
        }
        bundle.spec.hooks = .init(
            prestart: [hook("prestart")], createRuntime: [hook("createRuntime")],
            createContainer: [hook("createContainer")],
            poststart: [hook("poststart")], poststop: [hook("poststop")])
        #expect(try bundle.run().status == 0)
        let lines = (Files.text(log) ?? "").split(separator: "\n")
        #expect(
            lines.compactMap { $0.split(separator: " ").first }
                == ["prestart", "createRuntime", "createContainer", "poststart", "poststop"])
        for line in lines {
            let state: OCI.RuntimeState = try JSON.decode(from: Array(line.drop { $0 != "{" }.utf8))
            #expect(state.id == bundle.id)
            #expect(state.bundle == bundle.folder)
        }
    }

    @Test func `what is on its way into a container has one thread and a file that cannot be written`() throws {
        let bundle = try RuntimeBundle("true")
        #expect(try bundle.create().status == 0)
        let pid = try #require(try bundle.state().pid)
        #expect(try Files.names(in: "/proc/\(pid)/task").count == 1)
        var status = statvfs()
        #expect(statvfs("/proc/\(pid)/exe", &status) == 0)
        #expect(status.f_flag & UInt(ST_RDONLY) != 0)
    }

    @Test func `failures are written to the log as engines read them`() throws {
        let bundle = try RuntimeBundle()
        let log = "\(bundle.folder)/log"
        let outcome = try bundle.call("--log", log, "--log-format", "json", "state", "nobody")
        #expect(outcome.status == 1)
        #expect(Files.text(log)?.contains(#""msg":"container nobody does not exist""#) == true)
    }

    @Test func `a log that cannot be written, or has a form of its own, is refused`() throws {
        let bundle = try RuntimeBundle()
        #expect(try bundle.call("--log", "\(bundle.folder)/none/log", "list").errors.contains("no such file"))
        #expect(try bundle.call("--log-format", "x", "list").errors.contains("--log-format x"))
        #expect(try bundle.call("--criu", "x", "--log", "", "list").status == 0)
        for verb in ["list", "features"] { #expect(try bundle.call(verb, "x").errors.contains("takes no arguments")) }
    }

    @Test func `the example configuration is one that runs`() throws {
        let bundle = try RuntimeBundle()
        #expect(try bundle.call("spec", "-b", bundle.folder).status == 0)
        bundle.spec = try JSON.decode(from: Files.read("\(bundle.folder)/config.json"))
        bundle.spec.process?.terminal = false
        bundle.spec.process?.args = ["true"]
        bundle.spec.linux?.cgroupsPath = "/boxtop-core-test/\(bundle.id)"
        for folder in ["proc", "dev", "sys"] { mkdir("\(bundle.folder)/rootfs/\(folder)", 0o755) }
        let outcome = try bundle.run()
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    @Test func `who names a group finds it in every tree, who is shown them its gauges, else it is in those it needs`()
        throws
    {
        let bundle = try RuntimeBundle("cat /proc/self/cgroup")
        func joined(_ group: String) throws -> [Substring] {
            let outcome = try bundle.run()
            #expect(outcome.status == 0, "\(outcome.errors)")
            // Numbers of trees, and named ones such as systemd's, are the host's; of v2 there is one, in any case.
            return outcome.output.split(separator: "\n").filter { line in
                line.hasSuffix(group) && !line.contains(":name=") && !line.contains("::")
            }
        }
        bundle.spec.linux?.namespaces.removeAll { $0.type == .cgroup }
        let trees = Hierarchy.discover().trees.filter { $0.version == .v1 }.count
        #expect(try joined("/boxtop-core-test/\(bundle.id)").count == trees)
        bundle.spec.linux?.cgroupsPath = nil
        bundle.spec.linux?.resources = .init(memory: .init(limit: 64 << 20))
        #expect(try joined("/boxtop-runtime/\(bundle.id)").count == min(trees, 1))
        bundle.spec.mounts.append(.init(destination: "/sys/fs/cgroup", type: "cgroup", options: ["ro"]))
        let shown = try joined("/boxtop-runtime/\(bundle.id)")
        let gauges = shown.count { $0.contains(":memory:") || $0.contains(":pids:") }
        #expect(trees == 0 || gauges == 2 && shown.count < trees, "\(shown)")
    }

    @Test func `a word that is not UTF-8 is refused, and stands for no other one`() throws {
        let bundle = try RuntimeBundle("sleep 9")
        let garbled = ["sh", "-c", "exec \"$@\" \"$(printf 'h\\377')\"", "sh"]
        for (words, code) in [(["state"], 1), (["exec", bundle.id, "echo"], 255)] as [([String], Int32)] {
            let refused = try bundle.call(words, through: garbled)
            #expect(refused.status == code && refused.errors.contains("“h\u{FFFD}” of the command line is not UTF-8"))
        }
    }
}
