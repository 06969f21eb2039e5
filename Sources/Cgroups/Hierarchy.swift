import Glibc
import Linux

/// Where each controller of this host is mounted, found by looking: everything in one v2 tree (unified), every
/// controller in a v1 tree of its own (legacy), or v1 trees with a v2 tree beside them (hybrid). See cgroups(7).
package struct Hierarchy: Hashable, Sendable {
    package enum Version: Int, Hashable, Sendable {
        case v1 = 1
        case v2 = 2
    }

    /// One mounted tree of groups.
    package struct Tree: Hashable, Sendable {
        package let version: Version
        package let mountPoint: String
        /// Co-mounted v1 controllers share a tree. Empty for a v2 tree beside v1 that holds none.
        package let controllers: Controllers
        /// This process's own group, from the mount point: `/`, `/user.slice/…`. It differs from tree to tree.
        package let own: String

        package init(version: Version, mountPoint: String, controllers: Controllers, own: String) {
            self.version = version
            self.mountPoint = mountPoint
            self.controllers = controllers
            self.own = own
        }
    }

    /// The v2 tree first, where there is one.
    package let trees: [Tree]
    /// The host's root folder: empty, but in tests.
    let root: String

    package struct Missing: Hashable, Sendable {
        package let controller: Controller
        /// `boot with cgroup_enable=memory`
        package let remedy: String
    }

    package init(trees: [Tree], root: String = "") {
        self.trees = trees.filter { $0.version == .v2 } + trees.filter { $0.version == .v1 }
        self.root = root
    }

    /// The v2 tree: the only one where unified; beside v1 trees it serves kill, freeze, events, CPU time and pressure.
    package var unified: Tree? { trees.first { $0.version == .v2 } }

    /// The tree that has `controller`.
    package func tree(of controller: Controller) -> Tree? { trees.first { $0.controllers.contains(controller) } }

    /// `cgroup v2`, `cgroup v1+v2`, `cgroup v1` or `no cgroups`.
    package var name: String {
        switch (unified != nil, trees.contains { $0.version == .v1 }) {
        case (true, false): "cgroup v2"
        case (true, true): "cgroup v1+v2"
        case (false, true): "cgroup v1"
        case (false, false): "no cgroups"
        }
    }

    /// The path from the root of the trees of a group that is named without a slash in front: the same for whoever
    /// asks later, from whichever group. Root's is below the root; anybody else's below their own group, since nothing
    /// further up is theirs.
    package func absolute(_ path: String) -> String {
        if path.begins(with: "/") { return path }
        let own = geteuid() == 0 ? "/" : trees.first?.own ?? "/"
        return own == "/" ? "/\(path)" : "\(own)/\(path)"
    }

    /// The controllers that a group needs for `limits`; with `gauges`, also those that it takes to show memory,
    /// processes and disk. Each v1 tree that is joined costs 0.3 ms of a start, so none is without need; a limit that
    /// is set later joins its tree then, and who freezes the group the freezer's.
    package func needed(for limits: Limits, gauges: Bool) -> Controllers {
        if !trees.contains(where: { $0.version == .v1 }) { return Controller.unified }
        var needed: Controllers = []
        if limits.cpus != nil || limits.cpuWeight != nil { needed.insert(.cpu) }
        if limits.cores != nil { needed.insert(.cpuset) }
        if limits.memory != nil || limits.swap != nil || limits.memoryReservation != nil || gauges {
            needed.insert(.memory)
        }
        if limits.processes != nil || gauges { needed.insert(.pids) }
        if !limits.devices.isEmpty || gauges { needed.insert(.io) }
        if unified == nil, gauges { needed.insert(.cpuacct) }
        return needed
    }

    /// How to get `controller`, as the end of a sentence.
    func remedy(for controller: Controller) -> String {
        missing.first { $0.controller == controller }?.remedy
            ?? "its kernel was built without it, or hides it from this place"
    }
}
