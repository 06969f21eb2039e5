import CLinux
import Glibc
import Linux

/// Tells when the kernel kills a process of a group for want of memory.
///
/// v2: `memory.events` becomes ready for EPOLLPRI when it changes; v1: an eventfd that `cgroup.event_control` joins to
/// `memory.oom_control`. See the kernel's admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst.
package struct OOMWatch: ~Copyable {
    /// To be polled: becomes ready when something may have been killed.
    private let descriptor: FileDescriptor
    private let interest: Poller.Interest
    private var events: PolledFile
    /// Processes killed so far.
    private var kills: UInt64 = 0
    private let isEventCount: Bool

    /// `nil` where this host cannot tell.
    package init?(_ group: Cgroup) {
        guard let directory = group.directory(of: .memory), let descriptor = try? Self.open(directory) else {
            return nil
        }
        self.descriptor = descriptor
        isEventCount = directory.version == .v1
        interest = isEventCount ? .read : .priority
        events = PolledFile("\(directory.path)/\(isEventCount ? "memory.oom_control" : "memory.events")")
    }

    private static func open(_ directory: Directory) throws(SystemCallError) -> FileDescriptor {
        guard directory.version == .v1 else { return try .open("\(directory.path)/memory.events") }
        let control = try FileDescriptor.open("\(directory.path)/memory.oom_control")
        let count = FileDescriptor(
            owning: try systemCall("make an eventfd") { eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK)) })
        try directory.write("\(count.number) \(control.number)", to: "cgroup.event_control")
        return count
    }

    package func watch(by poller: borrowing Poller, as token: UInt64) throws(SystemCallError) {
        try poller.add(descriptor.number, as: token, for: interest)
    }

    package func unwatch(by poller: borrowing Poller) { poller.remove(descriptor.number) }

    /// The same for poll(2).
    package var waiter: pollfd {
        pollfd(fd: descriptor.number, events: Int16(isEventCount ? POLLIN : POLLPRI), revents: 0)
    }

    /// Whether the kernel tells of a kill before it is counted, and then no more.
    package var isEarly: Bool { isEventCount }

    /// How many processes were killed since last asked; `nil` where the group has gone.
    package mutating func newKills() -> UInt64? {
        // Only a read makes the descriptor quiet again.
        var bytes = [UInt8](repeating: 0, count: 256)
        _ =
            isEventCount
            ? read(descriptor.number, &bytes, bytes.count) : pread(descriptor.number, &bytes, bytes.count, 0)
        guard let text = try? events.read(into: ReadBuffer(size: 512), keepOpen: false),
            let total = KernelText.number(after: "oom_kill", in: text)
        else { return nil }
        defer { kills = total }
        return total > kills ? total - kills : 0
    }
}
