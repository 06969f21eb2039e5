import Cgroups
import Glibc
import Linux
import Records

extension Containers {
    /// Looks at what this host can do: reads files, and tries a user namespace in a child that ends at once. Changes
    /// nothing.
    package func info() -> HostReport {
        let facts = HostFacts.current()
        var name = utsname()
        uname(&name)
        let root = facts.user == 0
        var lines = [
            root
                ? HostReport.Line("privilege", .works, "root")
                : .init(
                    "privilege", .limited, "user \(facts.userName)", remedy: "as root everything below that can works")
        ]
        lines.append(runtimeLine())
        lines.append(contentsOf: NamespaceProbe.lines(folder: layout.state, root: root))
        lines.append(overlayLine())
        lines.append(seccompLine())
        lines.append(contentsOf: cgroupLines())
        lines.append(pressureLine())
        if !root { lines.append(rangeLine(facts)) }
        lines.append(labelLine())
        lines.append(contentsOf: [folderLine("state", layout.state), folderLine("run", layout.run)])
        return HostReport(
            name: Self.text(&name.nodename), kernel: Self.text(&name.release), system: Self.system,
            architecture: facts.machine, cores: facts.cores,
            memory: UInt64(max(0, sysconf(Int32(_SC_PHYS_PAGES)))) * UInt64(sysconf(Int32(_SC_PAGESIZE))),
            cgroups: hierarchy.name, isRoot: root, state: layout.state, run: layout.run, lines: lines)
    }

    private static var system: String {
        let text = Files.text("/etc/os-release") ?? Files.text("/usr/lib/os-release") ?? ""
        let line = text.lines.first { $0.hasPrefix("PRETTY_NAME=") }
        return line.map { $0.drop { $0 != "=" }.filter { !"=\"'".contains($0) } } ?? "Linux"
    }

    private static func text<T>(_ field: inout T) -> String {
        withUnsafeBytes(of: &field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    private func runtimeLine() -> HostReport.Line {
        do {
            return .init("runtime", .works, try RuntimeProgram.find(environment).path)
        } catch {
            return .init("runtime", .missing, "boxtop-runtime is not found", remedy: error.description)
        }
    }

    private func overlayLine() -> HostReport.Line {
        let known = (Files.text("/proc/filesystems") ?? "").split(separator: "\n").contains {
            $0.hasSuffix("\toverlay")
        }
        if known { return .init("overlay", .works, "images are shared, not copied") }
        return .init(
            "overlay", .missing, "not in /proc/filesystems: containers of images cannot start, --rootfs can",
            remedy: "modprobe overlay")
    }

    private func seccompLine() -> HostReport.Line {
        if let actions = Files.text("/proc/sys/kernel/seccomp/actions_avail"), actions.contains("errno") {
            return .init("seccomp", .works, "system calls are filtered")
        }
        return .init(
            "seccomp", .missing, "the kernel has no filter of system calls",
            remedy: "a kernel with CONFIG_SECCOMP_FILTER; until then --security-opt seccomp=unconfined")
    }

    /// Those that limits of a container need.
    private static let limiting: [Controller] = [.cpu, .cpuset, .memory, .pids, .io]

    func cgroupLines(_ shown: [Controller] = limiting) -> [HostReport.Line] {
        guard !hierarchy.trees.isEmpty else {
            return [
                .init(
                    "cgroups", .missing, "no hierarchy is mounted: nothing is limited or measured",
                    remedy: "mount -t cgroup2 none /sys/fs/cgroup")
            ]
        }
        return shown.map { controller in
            let subject = "\(controller.title) limits"
            guard let tree = hierarchy.tree(of: controller) else {
                let remedy = hierarchy.missing.first { $0.controller == controller }?.remedy
                return .init(
                    subject, .missing, "no \(controller.rawValue) controller",
                    remedy: remedy ?? "a kernel that has it, or a place that shows it")
            }
            let version = "v\(tree.version.rawValue)"
            let folder = parentFolder(of: controller, in: tree)
            if Self.isWritable(folder) { return .init(subject, .works, "\(version), writable") }
            return .init(
                subject, .missing, "\(version), \(Paths.parent(folder)) is not writable",
                remedy: Self.remedy(for: tree))
        }
    }

    /// The controllers by which this user can limit a container.
    package func limitable() -> Controllers {
        Controllers(
            Self.limiting.filter { controller in
                hierarchy.tree(of: controller).map { Self.isWritable(parentFolder(of: controller, in: $0)) } ?? false
            })
    }

    /// Refuses a container that nobody could make a control group for, with what would enable one.
    func checkFreezable(_ record: ContainerRecord) throws(ContainerError) {
        guard let tree = hierarchy.unified ?? hierarchy.tree(of: .freezer),
            let group = try? Cgroup(layout.cgroup(record.id), in: hierarchy), !group.exists,
            // One that has just ended has no group any more.
            state(of: record).status.running != nil
        else { return }
        throw ContainerError(
            .unsupported,
            "container \(record.name) cannot be paused: it has no control group: \(Self.remedy(for: tree))")
    }

    /// Where containers' groups are made in `tree`.
    private func parentFolder(of controller: Controller, in tree: Hierarchy.Tree) -> String {
        (try? Cgroup(layout.cgroupParent, in: hierarchy))?.folder(of: controller) ?? tree.mountPoint
    }

    private static func remedy(for tree: Hierarchy.Tree) -> String {
        geteuid() == 0
            ? "mount it writable: mount -o remount,rw \(tree.mountPoint)"
            : "run as root, or have a subtree delegated (systemctl edit user@.service, Delegate=yes) and name it in "
                + "BOXTOP_CGROUP_PARENT"
    }

    /// Whether the folder, or the nearest one above it that exists, may be written to.
    private static func isWritable(_ folder: String) -> Bool {
        var folder = folder
        while !Files.exists(folder), folder != "/" { folder = Paths.parent(folder) }
        return access(folder, W_OK) == 0
    }

    private func pressureLine() -> HostReport.Line {
        if let unified = hierarchy.unified, Files.exists("/proc/pressure/cpu") {
            return .init("pressure", .works, "counted a container in \(unified.mountPoint)")
        }
        if Files.exists("/proc/pressure/cpu") {
            return .init(
                "pressure", .limited, "counted for the host alone",
                remedy: "mount a v2 tree beside: mount -t cgroup2 none /sys/fs/cgroup/unified")
        }
        return .init("pressure", .missing, "the kernel does not count it", remedy: "boot with psi=1")
    }

    private func rangeLine(_ facts: HostFacts) -> HostReport.Line {
        let ids = SubordinateIDs.own()
        let tools = SubordinateIDs.program("newuidmap") != nil
        if ids.users.count > 1, ids.groups.count > 1, tools {
            let (users, groups) = (Self.subordinate(ids.users), Self.subordinate(ids.groups))
            return .init(
                "id ranges", .works,
                "\(users) ids of /etc/subuid"
                    + (users == groups ? " and /etc/subgid" : ", \(groups) of /etc/subgid"))
        }
        return .init(
            "id ranges", .limited, "containers have one user id, your own",
            remedy: tools
                ? "usermod --add-subuids 100000-165535 --add-subgids 100000-165535 \(facts.userName)"
                : "apt install uidmap")
    }

    private static func subordinate(_ maps: [SubordinateIDs.Map]) -> UInt32 {
        maps.dropFirst().reduce(0) { $0 + $1.count }
    }

    private func labelLine() -> HostReport.Line {
        if Files.text("/sys/module/apparmor/parameters/enabled")?.hasPrefix("Y") ?? false {
            return .init("apparmor", .works, "profiles can be set with --security-opt apparmor=PROFILE")
        }
        return .init("apparmor", .missing, "off: nothing needs it, --security-opt apparmor= is refused")
    }

    private func folderLine(_ subject: String, _ folder: String) -> HostReport.Line {
        if Self.isWritable(folder) { return .init("\(subject) folder", .works, folder) }
        let variable = subject == "state" ? "BOXTOP_STATE" : "BOXTOP_RUN"
        return .init(
            "\(subject) folder", .missing, "\(folder) is not writable",
            remedy: "set \(variable) to a folder of your own")
    }
}
