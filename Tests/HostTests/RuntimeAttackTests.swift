import Glibc
import JSON
import Linux
import OCI
import Testing

/// Images that mean harm: what they would reach on the host stays as it was.
@Suite(.enabled(if: RuntimeBundle.obstacle == nil, Comment(rawValue: RuntimeBundle.obstacle ?? "")))
struct RuntimeAttackTests {
    @Test func `a dev folder that is a link leads nowhere outside (CVE-2026-41579, CVE-2026-47766)`() throws {
        let bundle = try RuntimeBundle("true")
        let outside = "\(bundle.folder)/outside"
        try Files.makeDirectories(outside)
        bundle.spec.mounts.removeAll { $0.destination.hasPrefix("/dev") }
        symlink(outside, "\(bundle.folder)/rootfs/dev")
        _ = try bundle.run()
        #expect(try Files.names(in: outside) == [])
    }

    @Test(arguments: ["../../../../../../../..", ""])
    func `a link at a mount's destination is followed inside the root alone (CVE-2021-30465)`(up: String) throws {
        let bundle = try RuntimeBundle("ls /escape")
        let outside = "\(bundle.folder)/outside"
        try Files.makeDirectories(outside)
        try Files.makeDirectories("\(bundle.folder)/data")
        try Files.replace("\(bundle.folder)/data/seen", with: [], durable: false)
        symlink("\(up)\(outside)", "\(bundle.folder)/rootfs/escape")
        try Files.makeDirectories("\(bundle.folder)/rootfs\(outside)")
        bundle.spec.mounts.append(.init(destination: "/escape", type: "bind", source: "data"))
        let outcome = try bundle.run()
        #expect(outcome.lines == ["seen"], "\(outcome.errors)")
        #expect(try Files.names(in: outside) == [])
    }

    @Test(arguments: [true, false])
    func `a null device that is a link masks nothing with what it points to (CVE-2025-31133)`(bound: Bool) throws {
        let bundle = try RuntimeBundle("echo x > /proc/keys; cat /proc/keys; cat /bait")
        let folder = bound ? "\(bundle.folder)/dev" : "\(bundle.folder)/rootfs/dev"
        try Files.makeDirectories(folder)
        symlink("/bait", "\(folder)/null")
        try Files.replace("\(bundle.folder)/rootfs/bait", with: Array("bait\n".utf8), mode: 0o666, durable: false)
        bundle.spec.mounts.removeAll { $0.destination.hasPrefix("/dev") }
        if bound { bundle.spec.mounts.append(.init(destination: "/dev", type: "bind", source: "dev")) }
        let outcome = try bundle.run()
        // The image's own /dev is furnished, and no node can be made where the link is; a volume is used as it is.
        if bound {
            #expect(outcome.lines == ["bait"], "\(outcome.output)\(outcome.errors)")
        } else {
            #expect(outcome.isRefused && outcome.errors.contains("/dev/null"), "\(outcome.output)\(outcome.errors)")
        }
        #expect(Files.text("\(bundle.folder)/rootfs/bait") == "bait\n")
    }

    @Test func `a console that is a link has no terminal put over what it points to (CVE-2025-52565)`() throws {
        let bundle = try RuntimeBundle("cat /proc/sys/kernel/ostype")
        try Files.makeDirectories("\(bundle.folder)/dev")
        symlink("/proc/sys/kernel/ostype", "\(bundle.folder)/dev/console")
        mkdir("\(bundle.folder)/dev/pts", 0o755)
        bundle.spec.mounts[1] = .init(destination: "/dev", type: "bind", source: "dev")
        bundle.spec.process?.terminal = true
        let outcome = try bundle.run()
        #expect(outcome.isRefused)
        #expect(outcome.errors.contains("/dev/console"))
    }

    @Test func `a proc of the image's own catches no write that is meant for the kernel (CVE-2025-52881)`() throws {
        let bundle = try RuntimeBundle("cat /real/sys/net/ipv4/ip_unprivileged_port_start /real/self/oom_score_adj")
        let bait = "\(bundle.folder)/rootfs/bait"
        try Files.replace(bait, with: Array("bait\n".utf8), mode: 0o666, durable: false)
        for file in [
            "sys/net/ipv4/ip_unprivileged_port_start", "self/oom_score_adj", "self/attr/exec", "self/setgroups",
        ] {
            let path = "\(bundle.folder)/fake/\(file)"
            try Files.makeDirectories(String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)]))
            symlink("/bait", path)
        }
        bundle.spec.mounts[0] = .init(destination: "/proc", type: "bind", source: "fake", options: ["rbind"])
        bundle.spec.mounts.append(.init(destination: "/real", type: "proc"))
        bundle.spec.linux?.sysctl = ["net.ipv4.ip_unprivileged_port_start": "81"]
        bundle.spec.process?.oomScoreAdj = 500
        #expect(try bundle.run().lines == ["81", "500"])
        #expect(Files.text(bait) == "bait\n")
    }

    @Test(arguments: ["proc", "sys"])
    func `a proc or sys that is a link is refused (CVE-2019-19921)`(name: String) throws {
        let bundle = try RuntimeBundle("true")
        try Files.makeDirectories("\(bundle.folder)/rootfs/fake")
        symlink("/fake", "\(bundle.folder)/rootfs/\(name)")
        let outcome = try bundle.run()
        #expect(outcome.isRefused)
        #expect(outcome.errors.contains("something else than a folder"))
    }

    @Test func `a working directory through a descriptor of the host is refused (CVE-2024-21626)`() throws {
        for number in 3...9 {
            let bundle = try RuntimeBundle("ls ../../../")
            bundle.spec.process?.cwd = "/proc/self/fd/\(number)"
            let outcome = try bundle.run()
            // One of them is the container's own root, and no way out.
            #expect(
                outcome.isRefused || outcome.lines == ["bin", "dev", "proc", "sys"], "\(number): \(outcome.output)")
        }
    }

    @Test(arguments: [true, false])
    func `devices of the host cannot be read, nor new ones opened`(withRules: Bool) throws {
        let bundle = try RuntimeBundle(
            "mknod /disk b 254 0 && cat /disk | head -c 1; mknod /mem c 1 1; cat /mem | head -c 1")
        for name in ["mknod", "head"] { symlink("busybox", "\(bundle.folder)/rootfs/bin/\(name)") }
        bundle.spec.process?.capabilities = .init(["CAP_MKNOD", "CAP_DAC_OVERRIDE", "CAP_SYS_RAWIO"])
        if !withRules { bundle.spec.linux?.resources = nil }
        let outcome = try bundle.run()
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains("not permitted"))
    }

    @Test func `nobody's id does not leave a process that of root`() throws {
        let bundle = try RuntimeBundle("sleep 60")
        #expect(try bundle.run("--detach").status == 0)
        for user in ["4294967295", "4294967295:5", "5:4294967295"] {
            let outcome = try bundle.call("exec", "-u", user, bundle.id, "id", "-u")
            #expect(outcome.status == 255 && outcome.output.isEmpty, "\(user): \(outcome.output)")
        }
    }

    @Test func `the configuration cannot name a place outside the control groups`() throws {
        let bundle = try RuntimeBundle()
        bundle.spec.linux?.cgroupsPath = "/boxtop-core-test/../../escape"
        #expect(try bundle.run().isRefused)
    }

    @Test func `a control file is named by the size of a page, and by no path`() throws {
        let bundle = try RuntimeBundle("sleep 60")
        let bait = "\(bundle.folder)/bait.max"
        try Files.replace(bait, with: Array("bait".utf8), durable: false)
        let up = String(repeating: "../", count: 12)
        for size in ["/\(up)\(bundle.folder)/bait", "2MB/../../x", "2mb", "MB", "2MB "] {
            bundle.spec.linux?.resources?.hugepageLimits = [.init(pageSize: size, limit: 7)]
            let outcome = try bundle.run("--detach")
            #expect(outcome.isRefused && outcome.errors.contains("pageSize"), "\(outcome.errors)")
        }
        #expect(Files.text(bait) == "bait")
    }

    @Test func `a container with few descriptors is in its control group all the same`() throws {
        let bundle = try RuntimeBundle("sleep 60")
        bundle.spec.linux?.namespaces.removeAll { $0.type == .cgroup }
        func groups() throws -> (container: String, entered: String) {
            #expect(try bundle.run("--detach").status == 0)
            defer { _ = try? bundle.call("delete", "--force", bundle.id) }
            let pid = try #require(try bundle.state().pid)
            var process = try #require(bundle.spec.process)
            process.args = ["cat", "/proc/self/cgroup"]
            let file = "\(bundle.folder)/process"
            try Files.replace(file, with: JSON.encode(process), durable: false)
            return (Files.text("/proc/\(pid)/cgroup") ?? "", try bundle.call("exec", "-p", file, bundle.id).output)
        }
        let usual = try groups()
        bundle.spec.process?.rlimits = [.init(type: "RLIMIT_NOFILE", hard: 12, soft: 12)]
        let limited = try groups()
        #expect(usual.container.contains(bundle.id))
        #expect(limited.container == usual.container && limited.entered == usual.container)
    }

    @Test func `a FIFO in the place of a device does not keep the runtime waiting`() throws {
        let bundle = try RuntimeBundle("true")
        bundle.giveUsers()
        bundle.spec.mounts.removeAll { $0.destination.hasPrefix("/dev") }
        try Files.makeDirectories("\(bundle.folder)/rootfs/dev")
        mkfifo("\(bundle.folder)/rootfs/dev/null", 0o666)
        bundle.spec.process?.args = ["stat", "-c", "%t:%T", "/dev/null"]
        let outcome = try bundle.run(through: ["timeout", "--signal=KILL", "10"])
        #expect(outcome.lines == ["1:3"], "\(outcome.status) \(outcome.errors)")
    }

    /// - Parameter denied: a filter that denies the call by which descriptors are closed; with it, `no_new_privs`.
    @Test(arguments: [nil, true, false])
    func `descriptors that the caller forgot to close are not inherited (CVE-2024-21626)`(denied: Bool?) throws {
        let bundle = try RuntimeBundle("true")
        if let denied {
            bundle.spec.process?.noNewPrivileges = denied
            bundle.spec.linux?.seccomp = .init(
                defaultAction: "SCMP_ACT_ALLOW",
                syscalls: [.init(names: ["close_range"], action: "SCMP_ACT_ERRNO")])
        }
        bundle.spec.process?.args[2] = "ls /proc/self/fd; cat /proc/self/fd/9/hostname"
        let outcome = try bundle.run()
        #expect(outcome.lines == ["0", "1", "2", "3"], "\(outcome.output)\(outcome.errors)")
        bundle.spec.process?.args[2] = "sleep 60"
        #expect(try bundle.run("--detach").status == 0)
        let entered = try bundle.call("exec", bundle.id, "ls", "/proc/self/fd")
        #expect(entered.lines == ["0", "1", "2", "3"], "\(entered.output)\(entered.errors)")
    }

    @Test(arguments: ["/proc/sys/kernel/hostname", "/proc/sysrq-trigger", "/proc/sys/vm/swappiness"])
    func `files that configure the host cannot be written`(file: String) throws {
        let before = file.contains("sysrq") ? nil : Files.text(file)
        let outcome = try RuntimeBundle("echo 1 > \(file)").run()
        #expect(outcome.status != 0)
        if let before { #expect(Files.text(file) == before) }
    }

    @Test func `nothing below sys can be written`() throws {
        let outcome = try RuntimeBundle("touch /sys/x; echo 1 > /sys/kernel/profiling; mkdir /sys/fs/cgroup/x").run()
        #expect(outcome.status != 0)
        #expect(!Files.exists("/sys/fs/cgroup/x"))
    }

    @Test func `no release agent of the host's control groups is in reach (CVE-2022-0492)`() throws {
        let bundle = try RuntimeBundle(
            "find / -xdev -name release_agent; find /sys/fs/cgroup -name release_agent; "
                + "mkdir /g && mount -t cgroup -o memory none /g && ls /g/release_agent; "
                + "unshare -UrCm sh -c 'mount -t cgroup -o memory none /g && echo /x > /g/release_agent && echo won'")
        for name in ["find", "mount", "unshare"] { symlink("busybox", "\(bundle.folder)/rootfs/bin/\(name)") }
        bundle.spec.mounts.append(.init(destination: "/sys/fs/cgroup", type: "cgroup", options: ["ro", "nosuid"]))
        let agent = "/sys/fs/cgroup/memory/release_agent"
        let before = Files.text(agent)
        let outcome = try bundle.run()
        #expect(outcome.output.isEmpty, "\(outcome.output)")
        #expect(Files.text(agent) == before)
        // It would be found where it can be: in the host's group namespace, with the right to mount.
        guard before != nil else { return }
        bundle.spec.linux?.namespaces.removeAll { $0.type == .cgroup }
        bundle.spec.process?.capabilities = .init(["CAP_SYS_ADMIN"])
        bundle.spec.process?.args = ["sh", "-c", "mkdir -p /g; mount -t cgroup -o memory none /g; ls /g/release_agent"]
        let opened = try bundle.run()
        #expect(opened.lines == ["/g/release_agent"], "\(opened.errors)")
    }

    @Test func `groups of the caller stay for who asks for it as of crun`() throws {
        let bundle = try RuntimeBundle("id -G")
        bundle.spec.annotations["run.oci.keep_original_groups"] = "1"
        #expect(try bundle.run(through: ["setpriv", "--groups", "4,27"]).lines == ["0 4 27"])
    }

    @Test func `groups of the caller are not kept`() throws {
        let outcome = try RuntimeBundle("grep Groups /proc/self/status; id -G").addingCommands("grep")
            .run(through: ["setpriv", "--groups", "4,27"])
        #expect(outcome.lines.last == "0", "\(outcome.output)\(outcome.errors)")
    }

    @Test func `inheritable capabilities of the caller are not kept (CVE-2022-27650)`() throws {
        let outcome = try RuntimeBundle("grep CapInh /proc/self/status").addingCommands("grep")
            .run(through: ["setpriv", "--inh-caps", "+chown,+kill"])
        #expect(outcome.lines == ["CapInh:\t0000000000000000"], "\(outcome.output)\(outcome.errors)")
    }

    @Test func `a user namespace of another range cannot touch this one's files`() throws {
        let secret = try RuntimeBundle("true")
        let file = "\(secret.folder)/data"
        try Files.replace(file, with: Array("secret".utf8), mode: 0o600, durable: false)
        chown(file, 300_000, 300_000)
        let bundle = try RuntimeBundle("cat /data/data")
        bundle.spec.mounts.append(.init(destination: "/data", type: "bind", source: secret.folder, options: ["rbind"]))
        bundle.spec.linux?.namespaces.append(.init(.user))
        let map = OCI.RuntimeSpec.IDMapping(containerID: 0, hostID: 400_000, size: 65_536)
        bundle.spec.linux?.uidMappings = [map]
        bundle.spec.linux?.gidMappings = [map]
        chown("\(bundle.folder)/rootfs", 400_000, 400_000)
        let outcome = try bundle.run()
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains("ermission denied"), "\(outcome.errors)")
    }
}
