import CLinux
import Glibc

/// Kinds of namespaces, the flags of clone3(2), unshare(2) and setns(2).
package struct Namespaces: OptionSet, Hashable, Sendable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }

    // All three are `OptionSet`'s too, which takes 0.1 ms to find out how at its first use in a process.
    package init(arrayLiteral kinds: Namespaces...) {
        var bits: UInt64 = 0
        for kind in kinds { bits |= kind.rawValue }
        rawValue = bits
    }
    package func contains(_ kinds: Namespaces) -> Bool { rawValue & kinds.rawValue == kinds.rawValue }
    package mutating func add(_ kinds: Namespaces) { self = Namespaces(rawValue: rawValue | kinds.rawValue) }

    package static let user = Namespaces(rawValue: UInt64(CLINUX_NEWUSER))
    package static let mount = Namespaces(rawValue: UInt64(CLINUX_NEWNS))
    package static let pid = Namespaces(rawValue: UInt64(CLINUX_NEWPID))
    package static let network = Namespaces(rawValue: UInt64(CLINUX_NEWNET))
    package static let uts = Namespaces(rawValue: UInt64(CLINUX_NEWUTS))
    package static let ipc = Namespaces(rawValue: UInt64(CLINUX_NEWIPC))
    package static let cgroup = Namespaces(rawValue: UInt64(CLINUX_NEWCGROUP))
    package static let time = Namespaces(rawValue: UInt64(CLINUX_NEWTIME))

    /// Puts the calling process into new namespaces of these kinds (pid and time: its children). See unshare(2).
    package func unshare() throws(SystemCallError) {
        if isEmpty { return }
        try systemCall("make namespaces") { clinux_unshare(Int32(truncatingIfNeeded: rawValue)) }
    }

    /// Says who is who in the new user namespace of `process`, its id or `self`, to whoever may map themselves alone:
    /// groups cannot be dropped then, since one may be denied what all others have. See user_namespaces(7).
    package static func mapOwn(users: String, groups: String, of process: String) throws(SystemCallError) {
        try Files.write("deny".utf8, to: "/proc/\(process)/setgroups")
        try Files.write(users.utf8, to: "/proc/\(process)/uid_map")
        try Files.write(groups.utf8, to: "/proc/\(process)/gid_map")
    }

    /// Puts the calling process into the namespaces of these kinds that `descriptor` stands for: a file of
    /// /proc/PID/ns, or a pidfd. See setns(2).
    package func join(_ descriptor: borrowing FileDescriptor) throws(SystemCallError) { try join(descriptor.number) }

    /// The same, by the number of a descriptor that stays open.
    package func join(_ descriptor: Int32) throws(SystemCallError) {
        if isEmpty { return }
        try systemCall("join namespaces") { clinux_setns(descriptor, Int32(truncatingIfNeeded: rawValue)) }
    }
}

/// What clone3(2) returns, once in each process.
package enum Cloned: ~Copyable {
    case child
    case parent(pid: Int32, process: FileDescriptor)

    /// Copies the calling process, which must have one thread: Swift goes on in both, and a lock held by another
    /// thread would stay locked in the child for ever.
    ///
    /// The child has default signal handlers, the caller's signal mask, and is the first process of a new pid
    /// namespace where one is asked for.
    ///
    /// - Parameter cgroup: a folder of cgroup v2 to start in, without the cost of moving there.
    package static func clone(
        _ namespaces: Namespaces = [], cgroup: Int32? = nil, sibling: Bool = false
    ) throws(SystemCallError) -> Cloned {
        var process: Int32 = -1
        let flags = namespaces.rawValue | (sibling ? UInt64(CLINUX_CLONE_PARENT) : 0)
        let pid = try systemCall("make a process") { clinux_clone(flags, cgroup ?? -1, &process) }
        return pid == 0 ? .child : .parent(pid: pid, process: FileDescriptor(owning: process))
    }
}
