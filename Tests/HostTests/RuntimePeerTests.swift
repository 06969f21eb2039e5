import Cgroups
import Glibc
import JSON
import Linux
import OCI
import Testing

/// What the test suites of runc and crun hold a runtime to beyond the specification, and have once found wanting here.
/// See docs/conformance.md.
@Suite(.enabled(if: RuntimeBundle.obstacle == nil, Comment(rawValue: RuntimeBundle.obstacle ?? "")))
struct RuntimePeerTests {
    @Test(
        arguments: [
            ("x:x:1:1::/other:/\nme:x:7:7::/mine:/bin/sh\n", "/mine"), ("me:x:8:7::/mine:/\n", "/"), ("7:7:7\n", "/"),
            ("me:x:7:7:::\n", "/"), (nil, "/"),
        ] as [(String?, String)])
    func `HOME is what the image's passwd says of the user, through a link as well`(
        passwd: String?, home: String
    ) throws {
        let bundle = try RuntimeBundle("echo $HOME; sleep 60")
        try Files.makeDirectories("\(bundle.folder)/rootfs/etc")
        try Files.makeDirectories("\(bundle.folder)/rootfs/usr")
        symlink("../usr/passwd", "\(bundle.folder)/rootfs/etc/passwd")
        if let passwd {
            try Files.replace("\(bundle.folder)/rootfs/usr/passwd", with: Array(passwd.utf8), durable: false)
        }
        bundle.spec.process?.user = .init(uid: 7, gid: 7)
        #expect(try bundle.create().status == 0)
        #expect(try bundle.call("exec", bundle.id, "sh", "-c", "echo $HOME").lines == [home])
        #expect(try bundle.call("exec", "-e", "HOME=/given", bundle.id, "sh", "-c", "echo $HOME").lines == ["/given"])
    }

    @Test func `a read-only /dev has all its devices, and takes no more`() throws {
        let bundle = try RuntimeBundle(
            "touch /dev/new 2>/dev/null || echo refused; ls -d /dev/null /dev/pts /dev/shm; echo x > /dev/null && echo works"
        )
        for index in bundle.spec.mounts.indices where bundle.spec.mounts[index].destination == "/dev" {
            bundle.spec.mounts[index].options.append("ro")
        }
        bundle.spec.mounts.append(.init(destination: "/dev/shm", type: "tmpfs", options: ["nosuid"]))
        let outcome = try bundle.run()
        #expect(outcome.lines == ["refused", "/dev/null", "/dev/pts", "/dev/shm", "works"], "\(outcome.errors)")
    }

    @Test(.timeLimit(.minutes(1)), arguments: ["mkfifo", "ln -s /proc/self/fd/9/passwd"])
    func `a passwd that is a pipe, or a way out, is nobody's word`(maker: String) throws {
        let bundle = try RuntimeBundle("echo $HOME")
        try Files.makeDirectories("\(bundle.folder)/rootfs/etc")
        try Files.replace("\(bundle.folder)/passwd", with: Array("root:x:0:0::/host:/\n".utf8), durable: false)
        #expect(system("\(maker) \(bundle.folder)/rootfs/etc/passwd") == 0)
        #expect(try bundle.run().lines == ["/"])
    }

    @Test func `a hook that says nothing of its environment has the caller's, one in the container has none`() throws {
        let bundle = try RuntimeBundle("cat /seen").addingCommands("env")
        setenv("BOXTOP_TEST_HOOK", "inherited", 1)
        defer { unsetenv("BOXTOP_TEST_HOOK") }
        bundle.spec.hooks = .init(
            createRuntime: [
                .init(path: "/bin/sh", args: ["sh", "-c", "env > \(bundle.folder)/all"]),
                .init(path: "/bin/sh", args: ["sh", "-c", "env > \(bundle.folder)/own"], env: ["PATH=/bin:/usr/bin"]),
            ],
            startContainer: [
                .init(path: "/bin/sh", args: ["sh", "-c", "/bin/env > /seen; /bin/ls /proc/self/fd > /open"])
            ])
        let outcome = try bundle.run()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(Files.text("\(bundle.folder)/all")?.contains("BOXTOP_TEST_HOOK=inherited") == true)
        #expect(Files.text("\(bundle.folder)/own")?.contains("BOXTOP_TEST_HOOK") == false)
        #expect(!outcome.output.contains("BOXTOP_TEST_HOOK") && outcome.output.contains("PWD="))
        // Nor a descriptor: the last is the folder that ls reads.
        #expect(Files.text("\(bundle.folder)/rootfs/open") == "0\n1\n2\n3\n")
    }

    @Test(.enabled(if: Files.exists("/sys/fs/cgroup/freezer/cgroup.procs"), "the host has no freezer of cgroup v1"))
    func `a container that somebody has moved to a frozen group of their own can be deleted by force`() throws {
        let bundle = try RuntimeBundle("sleep 60")
        #expect(try bundle.create().status == 0)
        #expect(try bundle.call("start", bundle.id).status == 0)
        let pid = try #require(try bundle.state().pid)
        let group = "/sys/fs/cgroup/freezer/\(bundle.id)-frozen"
        try Files.makeDirectories(group)
        defer { rmdir(group) }
        try Files.write(Array("\(pid)".utf8), to: "\(group)/cgroup.procs")
        try Files.write(Array("FROZEN".utf8), to: "\(group)/freezer.state")
        let outcome = try bundle.call("delete", "--force", bundle.id)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(Files.text("\(group)/cgroup.procs") == "")
    }

    @Test func `delete takes all whose id an expression matches`() throws {
        let bundle = try RuntimeBundle("sleep 60")
        #expect(try bundle.create().status == 0)
        #expect(try bundle.call("delete", "--force", "--regex", "^other-.*").status == 0)
        #expect(try bundle.call("state", bundle.id).status == 0)
        #expect(try bundle.call("delete", "--force", "--regex", "^test-.*-?[0-9]+$").status == 0)
        #expect(try bundle.call("state", bundle.id).status == 1)
        #expect(try bundle.call("delete", "--regex", "(").errors.contains("no regular expression"))
    }

    @Test func `a device in a user namespace is there, owned as the configuration says, whatever the host has`() throws
    {
        let bundle = try RuntimeBundle(
            "stat -c '%u:%g %a %t:%T' /dev/none /dev/zeros; head -c 3 /dev/zeros > /n; stat -c %s /n"
        ).addingCommands("head")
        bundle.spec.linux?.namespaces.append(.init(.user))
        bundle.spec.linux?.uidMappings = [.init(containerID: 0, hostID: 100_000, size: 65_536)]
        bundle.spec.linux?.gidMappings = [.init(containerID: 0, hostID: 100_000, size: 65_536)]
        chown("\(bundle.folder)/rootfs", 100_000, 100_000)
        bundle.spec.linux?.devices = [
            .init(type: "b", path: "/dev/none", major: 259, minor: 1_000_000, fileMode: 0o640, uid: 10, gid: 11),
            .init(type: "c", path: "/dev/zeros", major: 1, minor: 5),
        ]
        bundle.spec.linux?.resources?.devices.append(.init(allow: true, type: "c", major: 1, minor: 5, access: "rw"))
        let outcome = try bundle.run()
        #expect(outcome.lines == ["10:11 640 103:f4240", "0:0 666 1:5", "3"], "\(outcome.errors)")
    }

    @Test func `an exec whose pid file cannot be written leaves no process`() throws {
        let bundle = try RuntimeBundle("sleep 60")
        #expect(try bundle.create().status == 0)
        #expect(try bundle.call("start", bundle.id).status == 0)
        #expect(try bundle.call("exec", "-d", "--pid-file", "/not/there", bundle.id, "sleep", "61").status != 0)
        #expect(try bundle.group().processes().count == 1)
    }

    @Test func `hooks find the root where the bundle has it, in the container's mount namespace too`() throws {
        let bundle = try RuntimeBundle("cat /first /second")
        let root = "\(bundle.folder)/rootfs"
        let enter = "nsenter --mount --target $(tr , '\\n' | grep '\"pid\"' | tr -dc 0-9)"
        for name in ["first", "second"] { try Files.replace("\(root)/\(name)", with: [], durable: false) }
        try Files.replace("\(bundle.folder)/word", with: Array("word\n".utf8), durable: false)
        bundle.spec.hooks = .init(
            createRuntime: [
                .init(path: "/bin/sh", args: ["sh", "-c", "\(enter) mount --bind \(bundle.folder)/word \(root)/first"])
            ],
            createContainer: [
                .init(path: "/bin/sh", args: ["sh", "-c", "mount --bind \(bundle.folder)/word ./second"])
            ])
        let outcome = try bundle.run()
        #expect(outcome.lines == ["word", "word"], "\(outcome.errors)")
        #expect(Files.text("/proc/self/mountinfo")?.contains(bundle.folder) == false)
    }

    @Test func `a poststart hook is told of a container that runs, however short`() throws {
        let bundle = try RuntimeBundle("true")
        bundle.spec.hooks = .init(
            poststart: [.init(path: "/bin/sh", args: ["sh", "-c", "sleep 0.2; cat > \(bundle.folder)/told"])])
        #expect(try bundle.create().status == 0)
        let pid = try bundle.state().pid
        #expect(try bundle.call("start", bundle.id).status == 0)
        let told: OCI.RuntimeState = try JSON.decode(from: Files.read("\(bundle.folder)/told"))
        #expect(told.status == .running && told.pid == pid)
    }

    @Test(arguments: [["--help"], ["exec", "-h"], ["list", "--help"], ["--root", "/x", "--help"]])
    func `help is printed where output goes, and is no failure`(words: [String]) throws {
        let outcome = try RuntimeBundle().call(words)
        #expect(outcome.status == 0 && outcome.output.hasPrefix("usage: ") && outcome.errors.isEmpty)
    }

    @Test(.enabled(if: !Files.exists("/sys/fs/selinux/enforce"), "the host has SELinux"))
    func `without SELinux a label of files is told to be ignored, one of the process refused`() throws {
        let bundle = try RuntimeBundle("echo ran")
        bundle.spec.linux?.mountLabel = "system_u:object_r:svirt_sandbox_file_t:s0:c715,c811"
        let outcome = try bundle.run()
        #expect(outcome.lines == ["ran"])
        #expect(outcome.errors.contains("linux.mountLabel: this host has no SELinux; ignored"))
        bundle.spec.process?.selinuxLabel = "system_u:system_r:svirt_lxc_net_t:s0"
        #expect(try bundle.run().isRefused)
    }
}
