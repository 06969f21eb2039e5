import Linux

extension Hierarchy {
    /// What the kernel has but does not offer, and how to enable it, as sentences. For `boxtop info`, and for a limit
    /// that cannot be set.
    package var missing: [Missing] { KernelControllers(Files.text("\(root)/proc/cgroups") ?? "").missing(from: trees) }
}

/// /proc/cgroups: what the kernel was built with, and what a boot option has turned off.
private struct KernelControllers {
    private var enabled: [Controller: Bool] = [:]

    init(_ text: String) {
        for line in text.split(separator: "\n") where !line.begins(with: "#") {
            let fields = line.split { $0 == "\t" || $0 == " " }
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
