import Cgroups
import Linux
import OCI

/// A container to be launched: all that `launch` needs to know.
package struct LaunchRequest: Sendable {
    /// What to run and how. `spec.linux.cgroupsPath`, `resources` other than `devices`, and `root.path` are not read
    /// here: `cgroup`, `limits` and `rootfs` say what counts.
    package var spec: OCI.RuntimeSpec
    /// The folder that holds config.json, absolute: hooks are told, and relative paths begin there.
    package var bundle: String
    /// The container's id, for hooks and messages.
    package var id: String
    package var rootfs: LaunchRootfs
    /// Whether files of the root file system and of bind mounts keep their owners' numbers inside a user namespace:
    /// what uid 0 owns on disk, the container's root owns. OCI bundles, which are prepared for their range, say no.
    package var mapsOwners: Bool
    /// The control group, from the root of each hierarchy, as in `/boxtop/ID`: made where it is absent.
    /// `nil` leaves the container in the caller's.
    package var cgroup: String?
    /// Who makes that group, where it is not this runtime: `cgroup` is then its path.
    package var scope: SystemdScope?
    /// Where this host's groups are, from a caller that has looked already; `nil`: the launch looks itself.
    package var hierarchy: Hierarchy?
    package var limits: Limits
    /// What else the control group is to have, in the kernel's words.
    package var settings: [Setting] = []
    /// Which v1 trees are joined, besides those that a limit needs.
    package var trees: CgroupTrees = .measured
    /// What becomes the program's standard input, output and error; `nil` is the caller's own. Not closed here.
    /// Ignored where `spec.process.terminal` is set: the launch makes the terminal and gives back its master side.
    package var input: Int32?
    package var output: Int32?
    package var error: Int32?
    /// A small reaper is process 1: it forwards signals to the program, collects orphans, exits as the program did.
    package var useInit: Bool
    /// OCI's `create`: all is set up, and the program waits here until `Hold.release`. The path that `Hold.make` made.
    package var hold: String?
    /// Off, the root is entered by chroot(2): for hosts whose own root is an initial RAM file system. The host's mounts
    /// then stay in the container's namespace, out of its sight.
    package var pivots: Bool = true
    /// Off, the program keeps the caller's session keyring, and finds the keys in there. See session-keyring(7).
    package var ownKeyring = true
    /// A folder of the caller's own for compiled seccomp filters; `nil`: each launch compiles its own.
    package var filterCache: String?
    /// The hooks do nothing before they have read the container's state, and then nothing to its file systems: the
    /// program of the first one for the host may be started while the container is being made, and told the state as
    /// soon as the namespaces are there.
    package var hooksNeedNamespacesAlone = false
    /// Further descriptors, from 3 on, that the program inherits.
    package var preservedDescriptors: Int32 = 0

    package init(
        spec: OCI.RuntimeSpec, bundle: String, id: String, rootfs: LaunchRootfs, mapsOwners: Bool = true,
        cgroup: String? = nil, limits: Limits = Limits(), input: Int32? = nil, output: Int32? = nil,
        error: Int32? = nil, useInit: Bool = false, hold: String? = nil
    ) {
        self.spec = spec
        self.bundle = bundle
        self.id = id
        self.rootfs = rootfs
        self.mapsOwners = mapsOwners
        self.cgroup = cgroup
        self.limits = limits
        self.input = input
        self.output = output
        self.error = error
        self.useInit = useInit
        self.hold = hold
    }
}

/// Which v1 trees a container joins whether anything is limited there or not: each costs a start 0.3 ms.
package enum CgroupTrees: Hashable, Sendable {
    /// None.
    case limited
    /// Those that show memory, processes and disk, for gauges and for a program that is shown the trees.
    case measured
    /// All: who names the group looks for it in every one.
    case all
}

/// Where the root file system comes from.
package enum LaunchRootfs: Hashable, Sendable {
    /// A folder, used in place.
    case directory(String)
    /// An overlay of read-only folders, the uppermost first, under one writable upper. `upper` and `work` lie in one
    /// folder. What is not `kept` beyond the container's end is never written to the disk for its own sake: neither
    /// when the program asks for it, nor at the end, when the kernel would flush the whole file system of `upper`.
    case layers([String], upper: String, work: String, kept: Bool = true)
}
