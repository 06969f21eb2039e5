import CLinux
import Glibc

/// Waits for many descriptors at once. See epoll(7).
package struct Poller: ~Copyable {
    /// What a descriptor is watched for.
    package struct Interest: OptionSet, Sendable {
        package let rawValue: UInt32

        package init(rawValue: UInt32) { self.rawValue = rawValue }

        package static let read = Interest(rawValue: EPOLLIN.rawValue)
        package static let write = Interest(rawValue: EPOLLOUT.rawValue)
        /// A kernel file whose content has changed.
        package static let priority = Interest(rawValue: EPOLLPRI.rawValue)
    }

    /// A descriptor that something happened to. An end or an error counts as readable and as writable: the next call on
    /// the descriptor tells which.
    package struct Ready: Hashable, Sendable {
        /// The name that `add` was given.
        package let token: UInt64
        package let canRead: Bool
        package let canWrite: Bool
        /// The other side has hung up; what it wrote before may still be there to read.
        package let isHungUp: Bool
    }

    private let descriptor: FileDescriptor

    package init() throws(SystemCallError) {
        descriptor = FileDescriptor(owning: try systemCall("make an epoll") { epoll_create1(Int32(EPOLL_CLOEXEC)) })
    }

    /// Watches `number` from now on; with an empty interest only for its end.
    package func add(_ number: Int32, as token: UInt64, for interest: Interest) throws(SystemCallError) {
        try control(EPOLL_CTL_ADD, number, token, interest)
    }

    package func change(_ number: Int32, as token: UInt64, for interest: Interest) throws(SystemCallError) {
        try control(EPOLL_CTL_MOD, number, token, interest)
    }

    /// Forgets `number`. Closing alone is not enough where another process holds the same open file.
    package func remove(_ number: Int32) { epoll_ctl(descriptor.number, EPOLL_CTL_DEL, number, nil) }

    private func control(
        _ operation: Int32, _ number: Int32, _ token: UInt64, _ interest: Interest
    ) throws(SystemCallError) {
        var event = epoll_event(events: interest.rawValue, data: epoll_data(u64: token))
        let poller = descriptor.number
        try systemCall("watch a descriptor") { epoll_ctl(poller, operation, number, &event) }
    }

    /// Waits until something happens or `deadline` has come, when the result is empty. Without a deadline, for ever.
    ///
    /// - Parameter lastly: done right before falling asleep, when nothing else is left to do.
    package func wait(until deadline: MonotonicTime?, lastly: () -> Void = {}) throws(SystemCallError) -> [Ready] {
        var events = [epoll_event](repeating: epoll_event(), count: 16)
        // Rounded up: woken a moment early, the caller would find nothing due and spin.
        let timeout =
            deadline.map { Int32(clamping: Int(($0.seconds(since: .now) * 1_000).rounded(.up))) } ?? -1
        let poller = descriptor.number
        lastly()
        let count = epoll_wait(poller, &events, Int32(events.count), timeout)
        guard count >= 0 else {
            let reason = Errno.current
            if reason == .interrupted { return [] }
            throw SystemCallError("wait", errno: reason)
        }
        return events.prefix(Int(count)).map {
            let over = $0.events & (EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0
            return Ready(
                token: $0.data.u64, canRead: over || $0.events & (EPOLLIN.rawValue | EPOLLPRI.rawValue) != 0,
                canWrite: over || $0.events & EPOLLOUT.rawValue != 0, isHungUp: over)
        }
    }
}
