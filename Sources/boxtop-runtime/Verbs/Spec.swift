import Cgroups
import Glibc
import JSON
import Linux
import OCI
import RuntimeCore

/// `spec`: writes a config.json to begin with.
enum Spec {
    static func run(_ words: [String], _ context: Context) throws(Failure) -> Int32 {
        let options = try Options(words, valued: ["bundle"], switches: ["rootless"], short: ["b": "bundle"])
        let path = "\(options.value("bundle") ?? ".")/config.json"
        if Files.exists(path) { throw Failure("\(path) exists already") }
        let bytes = try failing { () throws(JSONError) in
            var spec = options.has("rootless") ? OCI.RuntimeSpec.rootless : .example
            // As engines and people expect of an example: without cgroup v2 alone, the trees are shown as they are.
            if !Hierarchy.discover().trees.allSatisfy({ $0.version == .v2 }) {
                spec.linux?.namespaces.removeAll { $0.type == .cgroup }
            }
            return try JSON.encode(spec, pretty: true)
        }
        try failing { () throws(SystemCallError) in try Files.replace(path, with: bytes + [10], durable: false) }
        return 0
    }
}

extension OCI.RuntimeSpec {
    /// The same for a person who is not root: in a user namespace where that person is, without limits.
    static var rootless: Self {
        var spec = example
        spec.linux?.namespaces.removeAll { $0.type == .network }
        spec.linux?.namespaces.append(.init(.user))
        spec.linux?.uidMappings = [.init(containerID: 0, hostID: geteuid(), size: 1)]
        spec.linux?.gidMappings = [.init(containerID: 0, hostID: getegid(), size: 1)]
        spec.linux?.resources = nil
        // A group that the person's namespace does not have.
        for index in spec.mounts.indices { spec.mounts[index].options.removeAll { $0 == "gid=5" } }
        return spec
    }

    /// A shell in a root file system, isolated as usual.
    static var example: Self {
        let words = ["nosuid", "noexec", "nodev"]
        return Self(
            process: Process(
                terminal: true, args: ["sh"],
                env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"],
                capabilities: Capabilities(["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"]),
                rlimits: [ResourceLimit(type: "RLIMIT_NOFILE", hard: 1024, soft: 1024)], noNewPrivileges: true),
            root: Root(path: "rootfs", readonly: true), hostname: "boxtop",
            mounts: [
                Mount(destination: "/proc", type: "proc", source: "proc", options: words),
                Mount(
                    destination: "/dev", type: "tmpfs", source: "tmpfs",
                    options: ["nosuid", "strictatime", "mode=755", "size=65536k"]),
                Mount(
                    destination: "/dev/pts", type: "devpts", source: "devpts",
                    options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]),
                Mount(
                    destination: "/dev/shm", type: "tmpfs", source: "shm",
                    options: words + ["mode=1777", "size=65536k"]),
                Mount(destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: words),
                Mount(destination: "/sys", type: "sysfs", source: "sysfs", options: words + ["ro"]),
                Mount(
                    destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup",
                    options: words + ["relatime", "ro"]),
            ],
            linux: LinuxPart(
                namespaces: [.init(.pid), .init(.network), .init(.ipc), .init(.uts), .init(.mount), .init(.cgroup)],
                resources: Resources(devices: [DeviceRule(allow: false, access: "rwm")]),
                maskedPaths: [
                    "/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
                    "/proc/timer_list",
                    "/proc/timer_stats", "/proc/sched_debug", "/sys/firmware", "/proc/scsi",
                ],
                readonlyPaths: ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]))
    }
}
