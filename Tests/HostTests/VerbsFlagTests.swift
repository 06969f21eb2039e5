import Cgroups
import Containers
import Glibc
import Linux
import Records
import Testing

/// Each flag of `run`, as the program inside sees it.
@Suite(.serialized, .enabled(if: VerbsPlace.obstacle == nil, "real containers: needs root and busybox"))
struct VerbsFlagTests {
    private let place: VerbsPlace

    init() throws { place = try VerbsPlace(environment: ["FROM_HOST": "yes"]) }

    @Test func `the program's exit code is the container's`() throws {
        #expect(try place.run(try place.shell("exit 7")).exit?.code == 7)
        #expect(try place.run(try place.shell("kill -9 $$; sleep 9") { $0.initProcess = true }).exit?.code == 137)
    }

    @Test func `the environment is usual, and then the person's`() throws {
        let text = try place.output("env") { $0.environment = ["A=b", "FROM_HOST", "NOT_THERE", "PATH=/bin"] }
        let lines = Set(text.split(separator: "\n").map(String.init))
        #expect(lines.isSuperset(of: ["A=b", "FROM_HOST=yes", "PATH=/bin", "HOME=/root"]))
        #expect(!text.contains("NOT_THERE"))
    }

    @Test func `host and domain name are its own`() throws {
        let text = try place.output("hostname; cat /proc/sys/kernel/domainname /etc/hostname; cat /etc/hosts") {
            ($0.hostname, $0.domainname) = ("box", "example.org")
            $0.extraHosts = [HostEntry(name: "db", address: "10.1.2.3")]
        }
        #expect(text.hasPrefix("box\nexample.org\nbox\n"))
        #expect(text.contains("127.0.0.1\tbox.example.org box") && text.contains("10.1.2.3\tdb"))
    }

    @Test func `a user is the image's, with its groups and home`() throws {
        let text = try place.output("id -u; id -g; id -G; echo $HOME; touch /etc/x 2>/dev/null || echo no") {
            $0.user = "web"
        }
        #expect(text == "33\n34\n34 40\n/srv\nno\n")
    }

    @Test func `a working directory is made where it is missing`() throws {
        #expect(try place.output("pwd") { $0.workdir = "/made/here" } == "/made/here\n")
    }

    @Test func `root inside is nobody's root outside, and owns its files`() throws {
        let record = try place.containers.create(try place.shell("touch /tmp/mine; stat -c %u /etc/passwd; sleep 60"))
        let process = try place.containers.start(record.id).running.process
        let ids = try #require(record.ids)
        let maps = try #require(Files.text("/proc/\(process.pid)/uid_map"))
        #expect(maps.split(separator: " ").map { $0.filter { !$0.isNewline } } == ["0", "\(ids.first)", "65536"])
        _ = place.status(of: record.id) { _ in Files.exists("\(place.folder)/rootfs/tmp/mine") }
        var status = stat()
        #expect(stat("\(place.folder)/rootfs/tmp/mine", &status) == 0 && status.st_uid == 0)
    }

    @Test func `with --userns host it has the host's ids`() throws {
        #expect(try place.output("cat /proc/self/uid_map") { $0.users = .host }.contains("4294967295"))
    }

    @Test func `capabilities, no_new_privs and the filter are the usual ones`() throws {
        let text = try place.output("grep -E 'CapEff|NoNew|Seccomp:' /proc/self/status")
        #expect(text == "CapEff:\t00000000800405fb\nNoNewPrivs:\t1\nSeccomp:\t2\n")
        #expect(try place.output("mount -t tmpfs x /tmp 2>/dev/null || echo refused") == "refused\n")
    }

    @Test func `a fork bomb meets a limit that nobody had to set`() throws {
        let text = try place.output("cat /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/pids.max 2>/dev/null")
        #expect(text == "4096\n")
    }

    @Test func `capabilities are added and dropped`() throws {
        let text = try place.output("grep CapEff /proc/self/status") {
            ($0.droppedCapabilities, $0.addedCapabilities) = (["ALL"], ["net_raw"])
        }
        #expect(text == "CapEff:\t0000000000002000\n")
    }

    @Test func `a privileged one has them all`() throws {
        let text = try place.output("grep -E 'NoNew|Seccomp:' /proc/self/status; mount -t tmpfs x /tmp && echo mounted")
        {
            $0.privileged = true
        }
        #expect(text == "NoNewPrivs:\t0\nSeccomp:\t0\nmounted\n")
    }

    @Test func `a read-only root is, but for what is mounted on it`() throws {
        let text = try place.output(
            "touch /x 2>/dev/null || echo no; touch /t/x && echo yes; df -k /t | sed 1d | tr -s ' '"
        ) {
            $0.readOnly = true
            $0.tmpfs = [TmpfsRequest(at: "/t", options: ["size=1m"])]
        }
        #expect(text.hasPrefix("no\nyes\ntmpfs 1024 "))
    }

    @Test func `folders and volumes are mounted, with the owners that they have on disk`() throws {
        let folder = "\(place.folder)/shared"
        try Files.makeDirectories(folder)
        chown(folder, 0, 7)
        let text = try place.output("stat -c %u:%g /a; touch /a/x /b/y /c/z; touch /d/w 2>/dev/null || echo no") {
            $0.volumes = [
                VolumeRequest(.path(folder, create: false), at: "/a"), VolumeRequest(.named("data"), at: "/b"),
                VolumeRequest(.anonymous, at: "/c"),
                VolumeRequest(.path(folder, create: false), at: "/d", readOnly: true),
            ]
        }
        #expect(text == "0:7\nno\n")
        var status = stat()
        #expect(stat("\(folder)/x", &status) == 0 && status.st_uid == 0)
        #expect(Files.exists("\(place.layout.volumes)/data/_data/y"))
        #expect(try Files.names(in: place.layout.volumes) == ["data"])
    }

    @Test func `devices are given, and others are out of reach`() throws {
        let text = try place.output("cat /dev/vda 2>&1; ls /dev/fuse; ls -l /dev/null | head -c 1") {
            $0.devices = Files.exists("/dev/fuse") ? [DeviceRequest("/dev/fuse", access: "m")] : []
        }
        #expect(text.contains("No such file") && text.hasSuffix("c"))
    }

    @Test func `limits are the kernel's`() throws {
        let record = try place.containers.create(
            try place.shell("sleep 60") {
                ($0.limits.memory, $0.limits.processes, $0.limits.cpus) = (64 << 20, 9, 0.5)
            })
        _ = try place.containers.start(record.id).running
        let limits = try Cgroup(place.layout.cgroup(record.id), in: .discover()).limits()
        #expect(limits.memory == 64 << 20 && limits.processes == 9 && limits.cpus == 0.5)
    }

    @Test func `ulimits, shared memory and kernel settings hold inside`() throws {
        let text = try place.output(
            "ulimit -n; df -k /dev/shm | sed 1d | tr -s ' '; cat /proc/sys/net/ipv4/ip_unprivileged_port_start"
        ) {
            $0.ulimits = [Ulimit("nofile", soft: 99, hard: 100)]
            $0.sharedMemory = 2 << 20
            $0.sysctls = ["net.ipv4.ip_unprivileged_port_start": "81"]
        }
        #expect(text.hasPrefix("99\nshm 2048 ") && text.hasSuffix("\n81\n"))
    }

    @Test func `with --init a reaper is process 1`() throws {
        let text = try place.output("echo $$") { $0.initProcess = true }
        #expect(text != "1\n" && Int(text.filter(\.isNumber)) != nil)
        #expect(try place.output("echo $$") == "1\n")
        let shown = try place.output("cat /proc/1/comm /proc/1/cmdline") { $0.initProcess = true }
        #expect(shown.filter { $0 != "\0" } == "boxtop-init\nboxtop-init")
    }

    @Test func `the host's network, processes and names can be shared`() throws {
        #expect(try place.output("ls /sys/class/net | wc -l").filter(\.isNumber) == "1")
        let text = try place.output("for n in net pid uts; do readlink /proc/self/ns/$n; done") {
            ($0.network, $0.pids, $0.uts) = (.host, .host, .host)
        }
        let own = ["net", "pid", "uts"].map { name in
            var buffer = [CChar](repeating: 0, count: 64)
            let count = max(0, readlink("/proc/self/ns/\(name)", &buffer, 64))
            return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        #expect(text == own.map { "\($0)\n" }.joined())
    }

    @Test func `a terminal is one`() throws {
        let result = try place.run(try place.shell("[ -t 0 ] && [ -t 1 ] && echo $TERM") { $0.terminal = true })
        #expect(result.output == "xterm\r\n")
    }
}
