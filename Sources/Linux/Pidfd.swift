import CLinux
import Glibc

/// Calls on a process by a descriptor that stays with it when its id is used again. See pidfd_open(2).
extension FileDescriptor {
    /// The running process `pid`.
    package static func process(_ pid: Int32) throws(SystemCallError) -> FileDescriptor {
        FileDescriptor(owning: try systemCall("find process", "\(pid)") { clinux_pidfd_open(pid) })
    }

    /// Sends `signal` to this process.
    package func send(signal: Int32) throws(SystemCallError) {
        let number = self.number
        try systemCall("send signal \(signal)") { clinux_pidfd_send_signal(number, signal) }
    }

    /// Whether this process has ended, waited for or not.
    package var isOver: Bool { isReadable(within: 0) }

    /// Whether there is something to read, or an end, at once or after at most so many seconds; of a process, its end.
    package func isReadable(within seconds: Double) -> Bool {
        var request = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        return poll(&request, 1, Int32(seconds * 1_000)) > 0
    }

    /// Waits for this child to end. Its status as a shell gives it: 0…255, and 128 + n for signal n.
    @discardableResult
    package func wait() throws(SystemCallError) -> Int32 {
        let number = self.number
        return try systemCall("wait for a process") { clinux_wait(number, 0) }
    }
}
