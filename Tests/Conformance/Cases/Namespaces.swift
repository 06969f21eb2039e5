import CLinux
import Glibc
import Linux

/// Namespaces, mappings and clocks of config-linux.md.
extension Case {
    private static let kinds = [
        ("pid", "pid"), ("network", "net"), ("mount", "mnt"), ("ipc", "ipc"), ("uts", "uts"), ("user", "user"),
        ("cgroup", "cgroup"), ("time", "time"),
    ]

    static let namespaces: [Case] =
        kinds.map { type, file in
            Case(
                "config-linux.md",
                "If path is not specified, the runtime MUST create a new container namespace of type \(type)."
            ) { t in
                if t.config["linux.namespaces"]?.items.contains(["type": .text(type)]) == false {
                    t.config.append(["type": .text(type)], to: "linux.namespaces")
                }
                if type == "user" { mapUsers(t) }
                let outcome = try t.run("readlink /proc/self/ns/\(file)")
                try t.expect(outcome.status == 0, outcome.errors)
                try t.expect(outcome.lines.first != own(file), "it is the runtime's")
            }
        }
        + ["network", "ipc", "uts", "pid"].map { type in
            Case(
                "config-linux.md",
                "The runtime MUST place the container process in the \(type) namespace associated with that path."
            ) { t in
                let file = kinds.first { $0.0 == type }?.1 ?? type
                try withNamespace(t, file) { path, name in
                    replace(t, type, path)
                    try t.prints(name, "readlink /proc/self/ns/\(file)")
                }
            }
        } + [
            Case(
                "config-linux.md",
                "The runtime MUST place the container process in the user namespace associated with that path."
            ) { t in
                try withNamespace(t, "user") { path, name in
                    t.config.append(["type": "user", "path": .text(path)], to: "linux.namespaces")
                    chown("\(t.folder)/rootfs", 100_000, 100_000)
                    try t.prints(name, "readlink /proc/self/ns/user")
                }
            },
            Case("config-linux.md", "path MUST be an absolute path in the runtime mount namespace.") { t in
                replace(t, "network", "proc/self/ns/net")
                try t.refused()
            },
            Case(
                "config-linux.md",
                "The runtime MUST generate an error if path is not associated with a namespace of type type."
            ) { t in
                replace(t, "network", "/proc/self/ns/uts")
                try t.refused()
            },
            Case(
                "config-linux.md",
                "The runtime MUST place the container process in the mount namespace associated with that path."
            ) { t in
                try withNamespace(t, "mnt") { path, name in
                    replace(t, "mount", path)
                    try t.prints(name, "readlink /proc/self/ns/mnt")
                }
            },
            Case(
                "config-linux.md",
                "If a namespace type is not specified in the namespaces array, the container MUST inherit the runtime namespace of that type."
            ) { t in
                t.config["linux.namespaces"] = [["type": "pid"], ["type": "mount"]]
                t.config["mounts"] = .list((t.config["mounts"]?.items ?? []).filter { $0["type"] != "sysfs" })
                try t.prints(
                    "\(own("uts"))\n\(own("net"))\n\(own("ipc"))",
                    "cd /proc/self/ns; readlink uts; readlink net; readlink ipc")
            },
            Case(
                "config-linux.md",
                "If a namespaces field contains duplicated namespaces with same type, the runtime MUST generate an error."
            ) { t in
                t.config.append(["type": "pid"], to: "linux.namespaces")
                try t.refused()
            },
            Case(
                "config-linux.md",
                "uidMappings describes the user namespace uid mappings from the host to the container."
            ) { t in
                t.config.append(["type": "user"], to: "linux.namespaces")
                mapUsers(t)
                try t.prints("0 100000 65536", "echo $(cat /proc/self/uid_map)")
            },
            Case(
                "config-linux.md",
                "gidMappings describes the user namespace gid mappings from the host to the container."
            ) { t in
                t.config.append(["type": "user"], to: "linux.namespaces")
                mapUsers(t)
                try t.prints("0 100000 65536", "echo $(cat /proc/self/gid_map)")
            },
            Case("config-linux.md", "timeOffsets sets the offset for Time Namespace.") { t in
                t.config.append(["type": "time"], to: "linux.namespaces")
                t.config["linux.timeOffsets"] = ["boottime": ["secs": 1_000_000_000]]
                try t.prints("later", "[ $(cut -d . -f 1 /proc/uptime) -gt 1000000000 ] && echo later")
            },
        ]

    private static func mapUsers(_ t: Trial) {
        let map: Document = [["containerID": 0, "hostID": 100_000, "size": 65_536]]
        t.config["linux.uidMappings"] = map
        t.config["linux.gidMappings"] = map
        chown("\(t.folder)/rootfs", 100_000, 100_000)
    }

    private static func replace(_ t: Trial, _ type: String, _ path: String) {
        let others = (t.config["linux.namespaces"]?.items ?? []).filter { $0["type"] != .text(type) }
        t.config["linux.namespaces"] = .list(others + [["type": .text(type), "path": .text(path)]])
    }

    private static func own(_ file: String) -> String { link("/proc/self/ns/\(file)") }

    private static func link(_ path: String) -> String {
        var text = [CChar](repeating: 0, count: 64)
        let length = readlink(path, &text, text.count - 1)
        return String(decoding: text[..<max(0, length)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// A namespace that a process of the host holds while `body` runs.
    private static func withNamespace(_ t: Trial, _ file: String, _ body: (String, String) throws -> Void) throws {
        let words =
            [
                "net": ["--net"], "ipc": ["--ipc"], "uts": ["--uts"], "pid": ["--pid", "--fork"],
                "user": ["--user"], "mnt": ["--mount"],
            ][file] ?? []
        var argv = (["unshare"] + words + ["sleep", "60"]).map { strdup($0) } + [nil]
        defer { for pointer in argv { free(pointer) } }
        var pid: pid_t = 0
        guard posix_spawnp(&pid, "unshare", nil, nil, &argv, environ) == 0 else {
            throw Trial.Skipped(description: "there is no unshare")
        }
        var inner: pid_t = 0
        defer {
            if inner > 0 { kill(inner, SIGKILL) }
            kill(pid, SIGKILL)
            waitpid(pid, nil, 0)
        }
        let path = "/proc/\(pid)/ns/\(file == "pid" ? "pid_for_children" : file)"
        try t.wait(for: "the namespace") {
            if file == "pid" {
                inner =
                    (Files.text("/proc/\(pid)/task/\(pid)/children") ?? "").split(separator: " ").first.flatMap {
                        pid_t($0)
                    } ?? 0
                if inner == 0 { return false }
            }
            let there = !link(path).isEmpty && link(path) != own(file)
            if file == "user" && there {
                for map in ["uid_map", "gid_map"] {
                    try Files.write(Array("0 100000 65536".utf8), to: "/proc/\(pid)/\(map)")
                }
            }
            return there
        }
        try body(path, link(path))
    }
}
