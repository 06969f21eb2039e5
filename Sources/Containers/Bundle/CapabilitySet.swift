import Linux

/// The capabilities that a container's root gets, out of what is asked for.
package enum CapabilitySet {
    /// The default set (all of them for a privileged container) minus `dropped` plus `added`, in the kernel's order; what
    /// is in both stays, as in docker.
    /// `ALL` stands for every one; names may lack `CAP_` and be in any case.
    package static func resolve(
        added: [String], dropped: [String], privileged: Bool, available: Set<String>
    ) throws(ContainerError) -> [String] {
        var set = privileged ? available : Set(DefaultIsolation.capabilities)
        let (add, drop) = (try names(added), try names(dropped))
        if drop.contains("ALL") { set = [] }
        if add.contains("ALL") { set = available }
        set.subtract(drop)
        set.formUnion(add.filter { $0 != "ALL" })
        return DefaultIsolation.everyCapability.filter { set.contains($0) && available.contains($0) }
    }

    /// What can be given on this host: in a user namespace of its own all that the kernel knows; else no more than
    /// this process has in its bounding set, `CapBnd` of /proc/self/status.
    package static func available(ownUsers: Bool, lastCapability: Int, bounding: UInt64) -> Set<String> {
        let known = DefaultIsolation.everyCapability.prefix(lastCapability + 1)
        return Set(known.enumerated().filter { ownUsers || bounding >> UInt64($0.offset) & 1 == 1 }.map(\.element))
    }

    private static func names(_ list: [String]) throws(ContainerError) -> [String] {
        var result: [String] = []
        for name in list.flatMap({ $0.split(separator: ",", omittingEmptySubsequences: false) }) {
            let upper = name.uppercased()
            if upper == "ALL" {
                result.append(upper)
                continue
            }
            let full = upper.hasPrefix("CAP_") ? upper : "CAP_\(upper)"
            guard DefaultIsolation.everyCapability.contains(full) else {
                throw ContainerError(.invalid, "“\(name)” is no capability: see capabilities(7), or ALL")
            }
            result.append(full)
        }
        return result
    }
}
