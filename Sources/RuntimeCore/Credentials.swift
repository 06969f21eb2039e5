import CLinux
import Glibc
import Linux
import OCI

/// Who the program is, and what it may do: user, groups, capabilities, no_new_privs. See credentials(7),
/// capabilities(7).
struct Credentials: Hashable, Sendable {
    let user: OCI.RuntimeSpec.User
    let bounding: UInt64
    let effective: UInt64
    let permitted: UInt64
    let inheritable: UInt64
    let ambient: UInt64
    let noNewPrivileges: Bool
    /// The caller's supplementary groups stay, as one who has asked for that in a way of crun's wants it.
    let keepsGroups: Bool

    /// Names that are no capabilities are left out: the specification has them told as warnings, which `warnings` does.
    ///
    /// - Parameter annotations: the container's.
    init(_ process: OCI.RuntimeSpec.Process, _ annotations: [String: String]) {
        let sets = process.capabilities ?? OCI.RuntimeSpec.Capabilities()
        user = process.user
        bounding = Capability.mask(sets.bounding)
        permitted = Capability.mask(sets.permitted)
        effective = Capability.mask(sets.effective)
        inheritable = Capability.mask(sets.inheritable)
        ambient = Capability.mask(sets.ambient)
        noNewPrivileges = process.noNewPrivileges
        keepsGroups = annotations["run.oci.keep_original_groups"] == "1"
    }

    /// Makes the calling process this user with these capabilities.
    ///
    /// - Parameter spares: what else it has is not in effect, but stays for `asAdministrator`.
    func apply(sparing spares: Bool) throws(LaunchError) {
        try dropBounding()
        try during(.capabilities) { () throws(SystemCallError) in
            // Else the change of user empties the permitted set, and there is nothing left to choose from.
            try systemCall("keep capabilities") { clinux_prctl(PR_SET_KEEPCAPS, 1, 0) }
        }
        try become()
        try during(.capabilities) { () throws(SystemCallError) in
            // What this process does not have itself it cannot give, and the specification has that told, not refused.
            var (effectiveNow, own, inheritableNow): (UInt64, UInt64, UInt64) = (0, 0, 0)
            try systemCall("ask for capabilities") { clinux_capget(&effectiveNow, &own, &inheritableNow) }
            try systemCall("set capabilities") {
                clinux_capset(effective & permitted & own, spares ? own : permitted & own, inheritable & own)
            }
            try systemCall("keep no capabilities") { clinux_prctl(PR_SET_KEEPCAPS, 0, 0) }
            clinux_prctl(PR_CAP_AMBIENT, UInt(PR_CAP_AMBIENT_CLEAR_ALL), 0)
            // The kernel takes into the ambient set only what is permitted and inheritable.
            for number in 0..<64 where ambient & permitted & inheritable & own & 1 << UInt64(number) != 0 {
                try systemCall("set ambient capabilities") {
                    clinux_prctl(PR_CAP_AMBIENT, UInt(PR_CAP_AMBIENT_RAISE), UInt(number))
                }
            }
        }
    }

    /// Runs `body`, the loading of a filter, as who may administer the system, and gives up then what `apply` has spared.
    func asAdministrator(_ body: () throws(LaunchError) -> Void) throws(LaunchError) {
        var (now, own, inheritable): (UInt64, UInt64, UInt64) = (0, 0, 0)
        try during(.capabilities) { () throws(SystemCallError) in
            try systemCall("ask for capabilities") { clinux_capget(&now, &own, &inheritable) }
            try systemCall("set capabilities") {
                clinux_capset(now | Capability.mask(["CAP_SYS_ADMIN"]) & own, own, inheritable)
            }
        }
        try body()
        try during(.capabilities) { () throws(SystemCallError) in
            try systemCall("set capabilities") { clinux_capset(now, permitted & own, inheritable) }
        }
    }

    func forbidNewPrivileges() throws(LaunchError) {
        if !noNewPrivileges { return }
        try during(.capabilities) { () throws(SystemCallError) in
            try systemCall("forbid new privileges") { clinux_prctl(PR_SET_NO_NEW_PRIVS, 1, 0) }
        }
    }

    /// Takes what is not in the bounding set away for good. While still root: it needs CAP_SETPCAP.
    private func dropBounding() throws(LaunchError) {
        for number in 0..<64 where bounding & 1 << UInt64(number) == 0 {
            if clinux_prctl(PR_CAPBSET_DROP, UInt(number), 0) == 0 { continue }
            let reason = Errno.current
            // The kernel has no more capabilities than those before.
            if reason == .invalid { break }
            throw LaunchError(.capabilities, "\(reason)")
        }
    }

    private func become() throws(LaunchError) {
        let groups = user.additionalGids
        // Also when the list is empty: else root's groups stay. Where a user namespace forbids it there are none to
        // take away that the person did not have.
        if !keepsGroups, clinux_setgroups(groups.count, groups) != 0 {
            let reason = Errno.current
            if reason != .notPermitted || !groups.isEmpty {
                throw LaunchError(.user, on: "\(user.uid)", "cannot set its groups: \(reason)")
            }
        }
        try during(.user, on: "\(user.uid):\(user.gid)") { () throws(SystemCallError) in
            try systemCall("set the group") { clinux_setresgid(user.gid) }
            try systemCall("set the user") { clinux_setresuid(user.uid) }
        }
    }
}
