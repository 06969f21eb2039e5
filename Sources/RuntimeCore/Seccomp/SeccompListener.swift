import CLinux
import Glibc
import JSON
import Linux
import OCI

/// The descriptor on which a filter's SCMP_ACT_NOTIFY asks, on its way to the agent that answers. See config-linux.md,
/// "The Container Process State", and seccomp_unotify(2).
///
/// From the moment when its filter is on, the process in the container may be stopped at any call, and the agent that
/// could let it go on has no descriptor yet: so the launching process takes the descriptor out of it, by the number
/// that the process has foretold.
enum SeccompListener {
    /// In the process to be filtered: loads `filter`, and returns when its listener is in the agent's hands.
    static func load(_ filter: SeccompFilter, _ channel: borrowing ChildChannel) throws(LaunchError) {
        let free = try during(.seccomp) { () throws(SystemCallError) in
            try FileDescriptor.open("/", flags: O_PATH)
        }.release()
        close(free)
        // The kernel gives the lowest number that is free.
        channel.report(.listening(free))
        try filter.load()
        try channel.wait(for: .proceed)
        close(free)
    }

    /// In the launching process: takes the listener out of `process` and sends it to the agent.
    static func pass(
        _ number: Int32, of process: borrowing FileDescriptor, _ seccomp: OCI.RuntimeSpec.Seccomp,
        _ state: OCI.RuntimeState
    ) throws(LaunchError) {
        let listener = try take(number, of: process)
        guard let path = seccomp.listenerPath else { return }
        struct ProcessState: Encodable {
            let ociVersion: String
            let fds = ["seccompFd"]
            let pid: Int32
            let metadata: String?
            let state: OCI.RuntimeState
        }
        let message = ProcessState(
            ociVersion: state.ociVersion, pid: state.pid ?? 0, metadata: seccomp.listenerMetadata, state: state)
        let text: [UInt8]
        do { text = try JSON.encode(message) } catch { throw LaunchError(.seccomp, "\(error)") }
        do throws(SystemCallError) {
            try UnixSocket.connectStream(to: path).send(text, descriptors: [listener.number])
        } catch {
            throw LaunchError(.seccomp, "failed to connect with seccomp agent \(path): \(error.errno)")
        }
    }

    private static func take(_ number: Int32, of process: borrowing FileDescriptor) throws(LaunchError)
        -> FileDescriptor
    {
        let from = process.number
        while true {
            let copy = clinux_pidfd_getfd(from, number)
            if copy >= 0 { return FileDescriptor(owning: copy) }
            let reason = Errno.current
            // Not open yet: the filter is being loaded. A process that fails to load it ends.
            var waiter = pollfd(fd: from, events: Int16(POLLIN), revents: 0)
            if reason.rawValue != EBADF || poll(&waiter, 1, 0) != 0 {
                throw LaunchError(.seccomp, "its listener cannot be had: \(reason)")
            }
            usleep(100)
        }
    }
}
