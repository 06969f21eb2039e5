import Linux

extension Hierarchy {
    /// Looks at the host below `root`: `/proc/self/mountinfo`, `/proc/self/cgroup`, `/proc/cgroups` and the v2 tree's
    /// `cgroup.controllers`. `root` is another folder than `/` in tests alone. A host without cgroups has no trees.
    package static func discover(root: String = "/") -> Hierarchy {
        let root = root == "/" ? "" : root
        let mounts = Mount.visible(in: Files.text("\(root)/proc/self/mountinfo") ?? "")
        let own = OwnGroups(Files.text("\(root)/proc/self/cgroup") ?? "")
        var trees: [Tree] = []
        // A tree that is mounted twice is used where it is seen from its root.
        for mount in mounts.filter({ $0.root == "/" }) + mounts.filter({ $0.root != "/" }) {
            let (version, controllers): (Version, Set<Controller>)
            if mount.type == "cgroup2" {
                let offered = Files.text("\(root)\(mount.point)/cgroup.controllers") ?? ""
                let names = offered.split { $0 == " " || $0 == "\n" }.compactMap { Controller(rawValue: String($0)) }
                (version, controllers) = (.v2, Set(names))
            } else {
                (version, controllers) = (.v1, Set(mount.options.compactMap { Controller(legacyName: $0) }))
                if controllers.isEmpty { continue }  // named trees, such as name=systemd, count nothing
            }
            if trees.contains(where: { $0.version == version && $0.controllers == controllers }) { continue }
            let path = version == .v2 ? own.unified : own.legacy(controllers)
            trees.append(
                Tree(
                    version: version, mountPoint: "\(root)\(mount.point)", controllers: controllers,
                    own: mount.seen(path ?? "/")))
        }
        let known = KernelControllers(Files.text("\(root)/proc/cgroups") ?? "")
        return Hierarchy(trees: trees, missing: known.missing(from: trees))
    }
}

/// A line of /proc/PID/mountinfo that is about cgroups. See proc_pid_mountinfo(5).
private struct Mount {
    let root: String
    let point: String
    let type: Substring
    let options: [Substring]

    /// Those that no later mount covers: a private view of /sys/fs/cgroup leaves the old trees listed, but not there.
    static func visible(in text: String) -> [Mount] {
        var mounts: [Mount] = []
        for line in pieces(of: text[...], at: "\n") {
            let fields = pieces(of: line, at: " ")
            guard fields.count > 4 else { continue }
            let point = unescaped(fields[4])
            mounts.removeAll { $0.point == point || $0.point.hasPrefix(point == "/" ? point : "\(point)/") }
            if let mount = Mount(fields) { mounts.append(mount) }
        }
        return mounts
    }

    private init?(_ fields: [Substring]) {
        guard let dash = fields.firstIndex(of: "-"), dash >= 6, fields.count >= dash + 4,
            fields[dash + 1] == "cgroup" || fields[dash + 1] == "cgroup2"
        else { return nil }
        root = unescaped(fields[3])
        point = unescaped(fields[4])
        type = fields[dash + 1]
        options = fields[dash + 3].split(separator: ",")
    }

    /// `path`, which is from the tree's root, as seen from the mount point.
    func seen(_ path: String) -> String {
        if root == "/" { return path.hasPrefix("/..") ? "/" : path }
        guard path.hasPrefix(root) else { return "/" }
        let rest = path.dropFirst(root.count)
        return rest.isEmpty ? "/" : String(rest)
    }
}

/// The parts of `text` between `separator`s, by bytes: by characters it would take a third of a launch's own time.
private func pieces(of text: Substring, at separator: Unicode.Scalar) -> [Substring] {
    text.utf8.split(separator: UInt8(ascii: separator)).map { Substring($0) }
}

/// Spaces and the like are written `\040` in mountinfo.
private func unescaped(_ field: Substring) -> String {
    guard field.utf8.contains(UInt8(ascii: "\\")) else { return String(field) }
    var bytes: [UInt8] = []
    var rest = Array(field.utf8)[...]
    while let byte = rest.popFirst() {
        let digits = rest.prefix(3)
        if byte == UInt8(ascii: "\\"), digits.count == 3, digits.allSatisfy({ (48...55).contains($0) }) {
            bytes.append(UInt8(truncatingIfNeeded: digits.reduce(0) { $0 * 8 + Int($1) - 48 }))
            rest = rest.dropFirst(3)
        } else {
            bytes.append(byte)
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}

/// /proc/PID/cgroup: a process's group in each tree, each from the tree's root. See cgroups(7).
struct OwnGroups {
    private(set) var unified: String?
    private var byController: [Controller: String] = [:]

    init(_ text: String) {
        for line in pieces(of: text[...], at: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            if fields[0] == "0" { unified = String(fields[2]) }
            for name in fields[1].split(separator: ",") {
                if let controller = Controller(legacyName: name) { byController[controller] = String(fields[2]) }
            }
        }
    }

    func legacy(_ controllers: Set<Controller>) -> String? { controllers.lazy.compactMap { byController[$0] }.first }
}

/// /proc/cgroups: what the kernel was built with, and what a boot option has turned off.
private struct KernelControllers {
    private var enabled: [Controller: Bool] = [:]

    init(_ text: String) {
        for line in pieces(of: text[...], at: "\n") where !line.hasPrefix("#") {
            let fields = line.utf8.split { $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: " ") }.map { Substring($0) }
            if fields.count == 4, let controller = Controller(legacyName: fields[0]) {
                enabled[controller] = fields[3] == "1"
            }
        }
    }

    func missing(from trees: [Hierarchy.Tree]) -> [Hierarchy.Missing] {
        let hasUnified = trees.contains { $0.version == .v2 }
        return Controller.allCases.compactMap { controller in
            if Controller.further.contains(controller) { return nil }
            if trees.contains(where: { $0.controllers.contains(controller) }) { return nil }
            if hasUnified && !Controller.unified.contains(controller) { return nil }
            let remedy: String
            switch enabled[controller] {
            case false?:
                remedy = "the kernel was started with it off: boot with cgroup_enable=\(controller.legacyName)"
            case true? where hasUnified:
                remedy =
                    "it is not handed down to this place: write +\(controller.rawValue) to cgroup.subtree_control of "
                    + "the group above, or with systemd, Delegate=\(controller.rawValue) in the unit"
            case true?:
                let name = controller.legacyName
                remedy =
                    "mount it: mkdir -p /sys/fs/cgroup/\(name) && mount -t cgroup -o \(name) \(name) /sys/fs/cgroup/\(name)"
            case nil:
                remedy = "the kernel was built without it (CONFIG_\(option(controller)))"
            }
            return Hierarchy.Missing(controller: controller, remedy: remedy)
        }
    }

    private func option(_ controller: Controller) -> String {
        switch controller {
        case .cpu: "CGROUP_SCHED, CFS_BANDWIDTH"
        case .cpuacct: "CGROUP_CPUACCT"
        case .cpuset: "CPUSETS"
        case .memory: "MEMCG"
        case .pids: "CGROUP_PIDS"
        case .io: "BLK_CGROUP, BLK_DEV_THROTTLING"
        case .devices: "CGROUP_DEVICE"
        case .freezer: "CGROUP_FREEZER"
        case .hugetlb: "CGROUP_HUGETLB"
        case .rdma: "CGROUP_RDMA"
        case .netClass: "CGROUP_NET_CLASSID"
        case .netPriority: "CGROUP_NET_PRIO"
        }
    }
}
