/// What of a machine is counted and limited a group. The raw value is the kernel's name on v2; `legacyName` on v1.
package enum Controller: String, Hashable, Sendable, CaseIterable {
    case cpu
    /// CPU time, on v1 alone: on v2 each group's `cpu.stat` counts it without a controller.
    case cpuacct
    case cpuset
    case memory
    case pids
    case io
    /// On v1 alone: on v2 devices are filtered by a program attached to the group.
    case devices
    /// On v1 alone: on v2 each group has `cgroup.freeze`.
    case freezer
    // Those that only a config.json or a person asks for by name: no gauge shows them, no limit of `Limits` needs them.
    case hugetlb
    case rdma
    /// On v1 alone, both.
    case netClass = "net_cls"
    case netPriority = "net_prio"

    package init?(legacyName: some StringProtocol) {
        self.init(rawValue: legacyName == "blkio" ? "io" : String(legacyName))
    }

    /// The name in a v1 mount and in /proc/cgroups.
    package var legacyName: String { self == .io ? "blkio" : rawValue }

    /// For a sentence.
    package var title: String {
        switch self {
        case .cpu: "CPU"
        case .cpuacct: "CPU accounting"
        case .io: "disk"
        case .pids: "process number"
        case .hugetlb: "huge page"
        case .netClass: "network class"
        case .netPriority: "network priority"
        default: rawValue
        }
    }

    /// Those that are controllers on v2 as well. The others are part of every v2 group, or a program attached to it.
    package static let unified: Controllers = [.cpu, .cpuset, .memory, .pids, .io]

    /// Those that a container can go without: a host that lacks them is not told to enable them.
    static let further: Controllers = [.hugetlb, .rdma, .netClass, .netPriority]
}
