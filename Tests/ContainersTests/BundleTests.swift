import JSON
import Linux
import OCI
import Records
import Testing

@testable import Containers

/// config.json out of flags, without a host.
@Suite struct BundleTests {
    private let id = String(repeating: "ab", count: 32)

    private func bundle(
        defaults: Base.Defaults = .init(), ownUsers: Bool = true, devices: [Bundle.Device] = [],
        volumes: [Bundle.Volume] = [], messageQueues: Bool = true, _ adjust: (inout NewContainer) -> Void = { _ in }
    ) -> Bundle {
        var new = NewContainer(.image("tools"))
        new.command = ["run"]
        adjust(&new)
        let facts = HostFacts(
            machine: "x86_64", hostname: "host", hasMessageQueues: messageQueues, cores: 4, lastCapability: 40,
            boundingCapabilities: ~(1 << 24), user: 0, userName: "root"
        )
        var bundle = Bundle(
            new: new, base: Base(name: "tools", folders: .layers(["/l2", "/l1"]), defaults: defaults), id: id,
            facts: facts, environment: ["TERM": "screen", "HOSTS": "own"],
            ids: ownUsers ? IDMaps(IDRange(first: 0x7000_0000, count: 65_536)) : .host,
            account: .init(uid: 0, gid: 0, groups: [], home: "/root"), folder: "/c", cgroup: "/boxtop/\(id)")
        (bundle.volumes, bundle.devices) = (volumes, devices)
        return bundle
    }

    private func defaults(_ adjust: (inout Base.Defaults) -> Void) -> Base.Defaults {
        var defaults = Base.Defaults()
        adjust(&defaults)
        return defaults
    }

    @Test(
        arguments: [
            (nil, [], ["/entry", "cmd"]), (nil, ["mine"], ["/entry", "mine"]), (["/mine"], [], ["/mine"]),
            (["/mine"], ["arg"], ["/mine", "arg"]), ([], ["just"], ["just"]),
        ] as [([String]?, [String], [String])])
    func `the command line is the entry point's and the person's`(
        _ entrypoint: [String]?, _ command: [String], _ arguments: [String]
    ) throws {
        let defaults = defaults { ($0.entrypoint, $0.command) = (["/entry"], ["cmd"]) }
        let bundle = bundle(defaults: defaults) { ($0.entrypoint, $0.command) = (entrypoint, command) }
        #expect(try bundle.arguments() == arguments)
    }

    @Test func `an image's working directory may lack its slash, and its checks come a second apart at least`() throws {
        #expect(try bundle(defaults: defaults { $0.workdir = "srv/./www" }).process().cwd == "/srv/www")
        #expect(try bundle().process().cwd == "/")
        var check = ImageConfiguration.Healthcheck()
        (check.test, check.interval, check.timeout) = (["CMD", "true"], 1, 1)
        let read = try #require(HealthCheck(.image, check))
        #expect(read.interval == 1 && read.timeout == 1)
    }

    @Test func `times that a person gives take the place of an image's, and may be shorter than a second`() throws {
        var (times, image) = (HealthTimes(), ImageConfiguration.Healthcheck())
        (times.interval, times.retries) = (0.05, 2)
        #expect(HealthCheck(.timed(times), image) == nil)
        (image.test, image.timeout, image.retries) = (["CMD", "true"], 7_000_000_000, 9)
        var expected = HealthCheck(command: ["true"])
        (expected.interval, expected.timeout, expected.retries) = (0.05, 7, 2)
        #expect(HealthCheck(.timed(times), image) == expected)
        expected.command = ["other"]
        #expect(HealthCheck(.check(["other"], times), image) == expected)
    }

    @Test func `what was asked for has what the person gave alone, and is laid over the image's`() {
        #expect(bundle { $0.command = [] }.asked == nil)
        let asked = bundle { ($0.environment, $0.workdir) = (["HOSTS", "NOT", "A=b"], "/a/../b") }.asked
        #expect(asked?.env == ["HOSTS=own", "A=b"] && asked?.workingDir == "/b" && asked?.cmd == ["run"])
        var process = ImageConfiguration.Process()
        (process.entrypoint, process.cmd, process.env) = (["e"], ["old"], ["A=a", "P=q"])
        process.take(bundle { ($0.entrypoint, $0.command, $0.environment) = ([], [], ["A=b"]) }.asked ?? .init())
        #expect(process.entrypoint == nil && process.cmd == nil && process.env == ["A=b", "P=q"])
        process.expose([PublishedPort(.udp, hostPort: 9, port: 65_534, count: 2)])
        #expect(process.exposedPorts?.keys.sorted() == ["65534/udp", "65535/udp"])
    }

    @Test func `what is written by hand is byte for byte what Codable writes`() throws {
        var hooked = bundle { $0.hostname = "web" }
        hooked.hooks = NetworkHooks.hooks(program: "/usr/bin/boxtop", Layout(environment: [:], user: 0))
        let bundles = [
            bundle(), hooked, bundle(ownUsers: false) { $0.privileged = true },
            bundle {
                $0.command = ["sh", "-c", "echo \"ä\" \\ \t\u{1}\u{7f} | cat\n"]
                $0.ulimits = [Ulimit("RLIMIT_NOFILE", soft: 1, hard: .max)]
                $0.sysctls = ["net.ipv4.ip_forward": "1", "kernel.shmmax": "9"]
                ($0.readOnly, $0.terminal, $0.oomScoreAdjustment) = (true, true, -5)
                ($0.users, $0.supplementaryGroups, $0.environment) = (.host, ["5"], ["A=b"])
            },
        ]
        for bundle in bundles {
            let spec = try bundle.specification()
            #expect(try spec.text() == JSON.encode(spec))
        }
        // Something that boxtop itself never asks for is written too.
        var rare = try bundle().specification()
        rare.linux?.resources?.memory = .init(limit: 1 << 20)
        rare.linux?.timeOffsets = ["boottime": .init(secs: 5)]
        rare.process?.terminal = true
        rare.process?.consoleSize = .init(height: 24, width: 80)
        #expect(try JSON.decode(RuntimeSpec.self, from: rare.text()) == rare)
    }

    @Test func `without any command there is nothing to run, and what is missing is said`() {
        func refusal(_ adjust: (inout NewContainer) -> Void) -> String? {
            do throws(ContainerError) { _ = try bundle(adjust).arguments() } catch { return error.description }
            return nil
        }
        #expect(refusal { $0.command = [] }?.hasPrefix("no command: tools names none") == true)
        #expect(refusal { ($0.entrypoint, $0.command) = ([], []) }?.hasPrefix("no command: --entrypoint takes") == true)
        #expect(refusal { $0.command = [""] }?.hasPrefix("the command is empty") == true)
    }

    @Test func `with the host's name, /etc/hostname has it too`() {
        #expect(bundle { ($0.uts, $0.hostname) = (.host, "web") }.hostname == "host")
        #expect(bundle { $0.hostname = "web" }.hostname == "web")
    }

    @Test func `the host's message queues are mounted where the host has a folder of them`() throws {
        for there in [true, false] {
            let mounts = try bundle(messageQueues: there) { $0.ipc = .host }.mounts()
            #expect(mounts.contains { $0.destination == "/dev/mqueue" } == there)
            #expect(mounts.contains { $0.destination == "/dev/shm" })
        }
        #expect(try !bundle { $0.hasSharedMemory = false }.mounts().contains { $0.destination == "/dev/shm" })
    }

    @Test func `a capability that is dropped and added is there`() throws {
        func given(_ dropped: String, _ added: String) throws -> [String] {
            try bundle { ($0.droppedCapabilities, $0.addedCapabilities) = ([dropped], [added]) }.process()
                .capabilities?.effective ?? []
        }
        #expect(try given("CHOWN", "CHOWN").contains("CAP_CHOWN"))
        #expect(try given("ALL", "CHOWN") == ["CAP_CHOWN"])
        #expect(try !given("CHOWN", "ALL").contains("CAP_CHOWN"))
        #expect(throws: ContainerError.self) { try given("CHOWN", "") }
    }

    @Test func `the last word on a variable is the person's`() throws {
        let defaults = defaults { $0.environment = ["PATH=/image", "LANG=C", "A=1"] }
        let process = try bundle(defaults: defaults) {
            ($0.environment, $0.terminal) = (["A=2", "HOSTS", "NOWHERE", "EMPTY="], true)
        }.process()
        #expect(
            process.env == [
                "PATH=/image", "HOSTNAME=abababababab", "TERM=screen", "HOME=/root", "LANG=C", "A=2", "HOSTS=own",
                "EMPTY=",
            ])
    }

    @Test func `all namespaces are its own, unless the host's are asked for`() throws {
        func kinds(_ adjust: (inout NewContainer) -> Void) throws -> Set<RuntimeSpec.Namespace.Kind> {
            Set(try bundle(adjust).linux().namespaces.map(\.type))
        }
        #expect(try kinds { _ in } == [.mount, .cgroup, .pid, .ipc, .uts, .network, .user])
        #expect(
            try kinds { ($0.network, $0.pids, $0.ipc, $0.uts) = (.host, .host, .host, .host) }
                == [.mount, .cgroup, .user])
        #expect(try !bundle(ownUsers: false).linux().namespaces.contains { $0.type == .user })
    }

    @Test func `with the host's ids no more capabilities than this process can have`() throws {
        let own = try bundle { $0.addedCapabilities = ["sys_resource"] }.process()
        #expect(own.capabilities?.effective.contains("CAP_SYS_RESOURCE") == true)
        let host = try bundle(ownUsers: false) { $0.addedCapabilities = ["ALL"] }.process()
        #expect(host.capabilities?.effective.contains("CAP_SYS_RESOURCE") == false)
        #expect(host.capabilities?.effective.count == 40)
    }

    @Test func `who is not root holds no capability`() throws {
        var bundle = bundle()
        bundle.account.uid = 5
        let capabilities = try #require(try bundle.process().capabilities)
        #expect(capabilities.effective.isEmpty && capabilities.permitted.isEmpty && capabilities.bounding.count == 11)
    }

    @Test func `the filter lets in what a capability stands for`() throws {
        func names(_ adjust: (inout NewContainer) -> Void) throws -> Set<String> {
            let rules = try #require(try bundle(adjust).linux().seccomp).syscalls
            return Set(rules.filter { $0.action == "SCMP_ACT_ALLOW" && $0.args.isEmpty }.flatMap(\.names))
        }
        let usual = try names { _ in }
        #expect(usual.isSuperset(of: ["read", "chroot", "openat2", "futex"]))
        #expect(usual.isDisjoint(with: ["mount", "bpf", "kexec_load", "add_key", "keyctl", "userfaultfd", "unshare"]))
        let admin = try names { $0.addedCapabilities = ["SYS_ADMIN"] }
        #expect(admin.isSuperset(of: ["mount", "clone", "clone3", "unshare"]))
        #expect(try bundle { $0.security = [.seccompUnconfined] }.linux().seccomp == nil)
    }

    @Test func `a privileged one is held back by nothing`() throws {
        let spec = try bundle(ownUsers: false) { $0.privileged = true }.specification()
        #expect(spec.linux?.seccomp == nil && spec.linux?.maskedPaths == [] && spec.linux?.readonlyPaths == [])
        #expect(spec.process?.noNewPrivileges == false)
        #expect(spec.linux?.resources?.devices == [.init(allow: true, access: "rwm")])
        #expect(spec.mounts.first { $0.destination == "/sys" }?.options.contains("rw") == true)
    }

    @Test func `no_new_privs is on unless it is asked off`() throws {
        #expect(try bundle().process().noNewPrivileges)
        #expect(try !bundle { $0.security = [.noNewPrivileges(false)] }.process().noNewPrivileges)
    }

    @Test func `a folder is mounted before what lies in it, and in place of a usual one`() throws {
        let volumes = ["/a/b/c", "/a", "/dev/shm"].map {
            Bundle.Volume(path: "/host", request: VolumeRequest(.path("/host", create: false), at: $0))
        }
        let mounts = try bundle(volumes: volumes) { $0.tmpfs = [TmpfsRequest(at: "/a/b")] }.mounts()
        #expect(mounts.suffix(4).map(\.destination) == ["/a", "/dev/shm", "/a/b", "/a/b/c"])
        #expect(mounts.filter { $0.destination == "/dev/shm" }.map(\.type) == ["bind"])
    }

    @Test func `two mounts on one place are refused`() {
        #expect(throws: ContainerError.self) {
            try bundle { $0.tmpfs = [TmpfsRequest(at: "/a"), TmpfsRequest(at: "/a")] }.mounts()
        }
    }

    @Test func `a tmpfs is safe unless it is asked not to be`() throws {
        let mounts = try bundle {
            $0.tmpfs = [TmpfsRequest(at: "/t"), TmpfsRequest(at: "/x", options: ["exec", "size=1m", "mode=700"])]
        }.mounts()
        #expect(mounts.first { $0.destination == "/t" }?.options == ["noexec", "nosuid", "nodev", "mode=1777"])
        #expect(
            mounts.first { $0.destination == "/x" }?.options == ["nosuid", "nodev", "exec", "size=1m", "mode=700"])
    }

    @Test func `what a namespace does not own is bound from the host`() throws {
        let mounts = try bundle { ($0.network, $0.pids, $0.ipc) = (.host, .host, .host) }.mounts()
        for path in ["/sys", "/proc", "/dev/shm", "/dev/mqueue"] {
            #expect(mounts.first { $0.destination == path }?.type == "bind")
        }
    }

    @Test(arguments: [
        ("net.ipv4.ip_forward", true), ("kernel.shmmax", true), ("fs.mqueue.msg_max", true), ("kernel.panic", false),
        ("vm.swappiness", false), ("kernel.hostname", false),
    ])
    func `only settings of its own namespaces are changed`(_ key: String, _ isTaken: Bool) {
        #expect(((try? bundle { $0.sysctls = [key: "1"] }.linux()) != nil) == isTaken)
    }

    @Test func `names of the host are left out where the name is the host's`() throws {
        let spec = try bundle { $0.uts = .host }.specification()
        #expect(spec.hostname == nil && spec.process?.env.contains { $0.hasPrefix("HOSTNAME=") } == false)
    }
}
