import CLinux
import Glibc
import Linux

/// This process as the root of a container with ids of its own: files that are made there belong to somebody that it
/// knows, since its overlay refuses others, and of the host's privileges only those over files are left.
struct ContainerActor {
    private let capabilities: UInt64

    /// `nil` where its root is this process's user, or this process has no other's rights.
    init?(_ ids: (user: uid_t, group: gid_t)) throws(SystemCallError) {
        guard ids.user != 0, geteuid() == 0 else { return nil }
        let (all, permitted, inheritable) = try Self.held()
        capabilities = all
        try systemCall("act as the container's root") { clinux_act_as(ids.user, ids.group) }
        let needed = Capability.mask(["CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID"])
        try systemCall("give up privileges") { clinux_capset(all & needed, permitted, inheritable) }
    }

    /// Is itself again, as it was.
    func end() {
        guard let held = try? Self.held() else { return }
        clinux_act_as(geteuid(), getegid())
        clinux_capset(capabilities, held.permitted, held.inheritable)
    }

    private static func held() throws(SystemCallError) -> (effective: UInt64, permitted: UInt64, inheritable: UInt64) {
        var (effective, permitted, inheritable): (UInt64, UInt64, UInt64) = (0, 0, 0)
        try systemCall("look at privileges") { clinux_capget(&effective, &permitted, &inheritable) }
        return (effective, permitted, inheritable)
    }
}
