import Cgroups
import Glibc
import Linux
import OCI
import Testing

@Suite(.enabled(if: RuntimeBundle.obstacle == nil, Comment(rawValue: RuntimeBundle.obstacle ?? "")))
struct RuntimeLaunchTests {
    @Test func `every namespace is another than the host's`() throws {
        let kinds = ["pid", "net", "mnt", "ipc", "uts", "cgroup"]
        let bundle = try RuntimeBundle("for n in \(kinds.joined(separator: " ")); do readlink /proc/self/ns/$n; done")
        let outcome = try bundle.run()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.lines.count == kinds.count)
        for (kind, line) in zip(kinds, outcome.lines) {
            var own = [CChar](repeating: 0, count: 64)
            let length = readlink("/proc/self/ns/\(kind)", &own, own.count - 1)
            #expect(line != String(decoding: own[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self))
            #expect(line.hasPrefix(kind))
        }
    }

    @Test func `the program sees its own names, process ids and devices, and no descriptor of the host's`() throws {
        let bundle = try RuntimeBundle(
            "hostname; cat /proc/sys/kernel/domainname; echo $$; ls /dev; ls /proc/self/fd | wc -l")
        symlink("busybox", "\(bundle.folder)/rootfs/bin/wc")
        let outcome = try bundle.run()
        #expect(outcome.lines.first == "boxed")
        #expect(outcome.lines.dropFirst().first == "example.test")
        #expect(outcome.lines.dropFirst(2).first == "1")
        for device in [
            "null", "zero", "full", "random", "urandom", "tty", "ptmx", "fd", "stdin", "stdout", "stderr", "pts",
        ] {
            #expect(outcome.lines.contains(device))
        }
        // 0, 1, 2 and the folder that ls reads.
        #expect(outcome.lines.last == "4")
    }

    @Test func `masked paths are empty and read-only paths cannot be written`() throws {
        let bundle = try RuntimeBundle(
            "cat /proc/keys; ls /proc/acpi /sys/firmware | grep -v :; echo 1 > /proc/sys/net/ipv4/ip_forward")
        symlink("busybox", "\(bundle.folder)/rootfs/bin/grep")
        let outcome = try bundle.run()
        #expect(outcome.lines == [])
        #expect(outcome.errors.contains("ead-only file system"))
    }

    @Test func `capabilities, groups and no_new_privs are what the configuration says`() throws {
        let bundle = try RuntimeBundle("cat /proc/self/status; id -u; id -g; umask")
        bundle.spec.process?.user = .init(uid: 1000, gid: 1001, umask: 0o027, additionalGids: [7, 8])
        bundle.spec.process?.capabilities = .init(
            bounding: ["CAP_KILL", "CAP_CHOWN"], effective: ["CAP_KILL"], inheritable: ["CAP_KILL"],
            permitted: ["CAP_KILL"], ambient: ["CAP_KILL"])
        let outcome = try bundle.run()
        for line in [
            "CapInh:\t0000000000000020", "CapPrm:\t0000000000000020", "CapEff:\t0000000000000020",
            "CapBnd:\t0000000000000021", "CapAmb:\t0000000000000020", "NoNewPrivs:\t1", "Groups:\t7 8 ", "1000", "1001",
            "0027",
        ] {
            #expect(outcome.lines.contains(line), "\(line) in \(outcome.output)")
        }
    }

    @Test func `without groups in the configuration the program has none`() throws {
        let outcome = try RuntimeBundle("cat /proc/self/status").run()
        #expect(outcome.lines.contains { $0.hasPrefix("Groups:") && $0.dropFirst(7).allSatisfy(\.isWhitespace) })
        #expect(outcome.lines.contains("CapInh:\t0000000000000000"))
    }

    @Test(arguments: [true, false])
    func `a filter that denies what the launch itself calls denies it to the program alone`(quiet: Bool) throws {
        let bundle = try RuntimeBundle("echo ran")
        bundle.spec.process?.noNewPrivileges = quiet
        bundle.spec.linux?.seccomp = .init(
            defaultAction: "SCMP_ACT_ALLOW",
            syscalls: [.init(names: ["getcwd", "chdir", "mount", "umask"], action: "SCMP_ACT_ERRNO")])
        let outcome = try bundle.run()
        #expect(outcome.lines == ["ran"], "\(outcome.errors)")
    }

    @Test func `a seccomp filter denies what it lists, and calls newer than it are unknown`() throws {
        let bundle = try RuntimeBundle("mkdir /made; grep Seccomp: /proc/self/status")
        symlink("busybox", "\(bundle.folder)/rootfs/bin/grep")
        bundle.spec.linux?.seccomp = .init(
            defaultAction: "SCMP_ACT_ALLOW", syscalls: [.init(names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO")])
        let outcome = try bundle.run()
        #expect(outcome.errors.contains("not permitted"))
        #expect(outcome.lines == ["Seccomp:\t2"])
    }

    @Test(
        arguments: [
            (["/bin/none"], 127, "/bin/none"), (["none"], 127, "executable file not found in $PATH (/bin)"),
            (["/bin"], 126, "/bin"),
            (["/plain"], 126, "permission denied"), (["/script"], 127, "no such file or directory: the interpreter"),
        ] as [([String], Int32, String)])
    func `a program that cannot be executed is told by its status`(args: [String], code: Int32, text: String) throws {
        let bundle = try RuntimeBundle()
        try Files.replace("\(bundle.folder)/rootfs/plain", with: Array("x".utf8), durable: false)
        try Files.replace(
            "\(bundle.folder)/rootfs/script", with: Array("#!/bin/none\n".utf8), mode: 0o755, durable: false)
        bundle.spec.process?.args = args
        let outcome = try bundle.run()
        #expect(outcome.status == code)
        #expect(outcome.errors.contains(text))
        #expect(try nothingIsLeft(of: bundle))
    }

    @Test(
        arguments: [
            Fault(
                "source /srv/none", { $0.mounts.append(.init(destination: "/x", type: "bind", source: "/srv/none")) }),
            Fault(
                "/etc/passwd is not a directory, and it is one",
                { $0.mounts.append(.init(destination: "/bin", type: "bind", source: "/etc/passwd")) }),
            Fault(
                "not a directory, and /etc is one",
                { $0.mounts.append(.init(destination: "/bin/sh", type: "bind", source: "/etc")) }),
            Fault("nonefs", { $0.mounts.append(.init(destination: "/x", type: "nonefs")) }),
            Fault("lies inside /proc", { $0.mounts.append(.init(destination: "/proc/1", type: "tmpfs")) }),
            Fault("process.rlimits[0].type", { $0.process?.rlimits = [.init(type: "RLIMIT_FLY", hard: 1, soft: 1)] }),
            Fault("working directory", { $0.process?.cwd = "/bin/busybox" }),
            Fault("run the hook", { $0.hooks = .init(createRuntime: [.init(path: "/bin/false")]) }),
            Fault(
                "did not end in time",
                {
                    $0.hooks = .init(createContainer: [.init(path: "/bin/sleep", args: ["sleep", "60"], timeout: 1)])
                }
            ),
            Fault("root file system", { $0.root = .init(path: "nowhere") }),
        ])
    func `a launch that fails says at which step, exits with 1 and leaves nothing`(fault: Fault) throws {
        let bundle = try RuntimeBundle()
        fault.apply(&bundle.spec)
        let mounts = Files.text("/proc/self/mountinfo")
        let outcome = try bundle.run()
        #expect(outcome.isRefused)
        #expect(outcome.errors.contains(fault.text), "\(outcome.errors)")
        #expect(Files.text("/proc/self/mountinfo") == mounts)
        #expect(try nothingIsLeft(of: bundle))
    }

    @Test func `true runs in half a megabyte`() throws {
        let bundle = try RuntimeBundle()
        bundle.spec.process?.args = ["true"]
        bundle.spec.linux?.resources?.memory = .init(limit: 512 << 10)
        let outcome = try bundle.run()
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    @Test(arguments: [["create"], ["run", "--detach"], ["run"]])
    func `a first process that is killed before it is the program is no container`(words: [String]) throws {
        let bundle = try RuntimeBundle("sleep 60")
        bundle.spec.linux?.resources?.memory = .init(limit: 4096)
        let outcome = try words[0] == "create" ? bundle.create() : words.count > 1 ? bundle.run(words[1]) : bundle.run()
        #expect(outcome.isRefused, "\(outcome.status) \(outcome.errors)")
        // On cgroup v2 the limit is refused, since the process is in the group already and has more.
        let isKilled = outcome.errors.contains("killed by signal 9")
        let sentence = isKilled ? "limit of memory may be too low" : "cannot limit memory to 4 KiB"
        #expect(outcome.errors.contains(sentence), "\(outcome.errors)")
        #expect(try nothingIsLeft(of: bundle))
    }

    @Test(arguments: ["/var/lib/new", "/none/../var/./lib/new", "/../var/lib//new/"])
    func `a working directory that is absent is made`(path: String) throws {
        let bundle = try RuntimeBundle("pwd")
        bundle.spec.process?.cwd = path
        #expect(try bundle.run().lines == ["/var/lib/new"])
    }

    @Test func `limits, kernel parameters and the out-of-memory score reach the program`() throws {
        let bundle = try RuntimeBundle("ulimit -n; cat /proc/sys/net/ipv4/ip_forward /proc/self/oom_score_adj")
        bundle.spec.process?.rlimits = [.init(type: "RLIMIT_NOFILE", hard: 77, soft: 66)]
        bundle.spec.process?.oomScoreAdj = 321
        bundle.spec.linux?.sysctl = ["net.ipv4.ip_forward": "1"]
        #expect(try bundle.run().lines == ["66", "1", "321"])
    }

    @Test func `a terminal is the program's own`() throws {
        let bundle = try RuntimeBundle(
            "test -t 0 && test -t 1 && test -t 2 && readlink /proc/self/fd/0 && stat -c %t:%T /dev/console")
        bundle.spec.process?.terminal = true
        bundle.spec.process?.consoleSize = .init(height: 30, width: 90)
        let outcome = try bundle.run()
        #expect(outcome.status == 0)
        #expect(outcome.output == "/dev/pts/0\r\n88:0\r\n", "\(outcome.errors)")
    }

    @Test func `in a user namespace root is another, and owns what root owns in a mapped mount`() throws {
        let bundle = try RuntimeBundle(
            "cat /proc/self/uid_map; stat -c %u /data /bin/busybox; touch /data/new; echo x > /dev/null")
        try Files.makeDirectories("\(bundle.folder)/data")
        chmod("\(bundle.folder)/data", 0o700)
        bundle.spec.linux?.namespaces.append(.init(.user))
        bundle.spec.linux?.uidMappings = [.init(containerID: 0, hostID: 700_000, size: 65_536)]
        bundle.spec.linux?.gidMappings = [.init(containerID: 0, hostID: 700_000, size: 65_536)]
        bundle.spec.mounts.append(
            .init(destination: "/data", type: "bind", source: "data", options: ["bind", "idmap"]))
        mkdir("\(bundle.folder)/rootfs/data", 0o755)
        for folder in ["proc", "dev", "sys"] { mkdir("\(bundle.folder)/rootfs/\(folder)", 0o755) }
        let outcome = try bundle.run()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.lines.first?.split(separator: " ") == ["0", "700000", "65536"])
        // The root file system of an OCI bundle is used as it is: what the host's root owns is nobody's in here.
        #expect(Array(outcome.lines.dropFirst()) == ["0", "65534"])
        var status = stat()
        #expect(stat("\(bundle.folder)/data/new", &status) == 0)
        #expect(status.st_uid == 0)
    }

    private func nothingIsLeft(of bundle: RuntimeBundle) throws -> Bool {
        try !Files.exists(bundle.stateFolder) && !bundle.group().exists
    }
}

/// What is wrong with a configuration, and what the refusal then says.
struct Fault: Sendable, CustomStringConvertible {
    let text: String
    let apply: @Sendable (inout OCI.RuntimeSpec) -> Void

    init(_ text: String, _ apply: @escaping @Sendable (inout OCI.RuntimeSpec) -> Void) {
        self.text = text
        self.apply = apply
    }

    var description: String { text }
}
