import CLinux
import Linux
import OCI

/// From which memory of a NUMA machine the container gets its pages. See set_mempolicy(2).
extension OCI.RuntimeSpec.MemoryPolicy {
    // <linux/mempolicy.h>
    package static let modes: [String: Int32] = [
        "MPOL_DEFAULT": 0, "MPOL_PREFERRED": 1, "MPOL_BIND": 2, "MPOL_INTERLEAVE": 3, "MPOL_LOCAL": 4,
        "MPOL_PREFERRED_MANY": 5, "MPOL_WEIGHTED_INTERLEAVE": 6,
    ]
    package static let flagNumbers: [String: Int32] = [
        "MPOL_F_NUMA_BALANCING": 1 << 13, "MPOL_F_RELATIVE_NODES": 1 << 14, "MPOL_F_STATIC_NODES": 1 << 15,
    ]

    func check() throws(LaunchError) {
        let path = "linux.memoryPolicy"
        if Self.modes[mode] == nil { throw wrong("\(path).mode", "there is no policy \"\(mode)\"") }
        for flag in flags where Self.flagNumbers[flag] == nil {
            throw wrong("\(path).flags", "there is no flag \"\(flag)\"")
        }
        if let nodes, !nodes.isEmpty, CoreList.cores(nodes) == nil {
            throw wrong("\(path).nodes", "\"\(nodes)\" is no list such as 0-3,7")
        }
    }

    /// Sets it for the calling process.
    func apply() throws(LaunchError) {
        let number = flags.reduce(Self.modes[mode] ?? 0) { $0 | (Self.flagNumbers[$1] ?? 0) }
        let nodes = CoreList.mask(CoreList.cores(nodes ?? "") ?? [])
        try during(.memoryPolicy, on: mode) { () throws(SystemCallError) in
            try systemCall("set it") {
                // The kernel leaves the last bit out: of a mask of one bit it reads nothing.
                clinux_set_mempolicy(number, nodes, UInt(nodes.count * 64 + 1))
            }
        }
    }
}
