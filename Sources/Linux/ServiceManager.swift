import CLinux
import Glibc

/// Who waits at `NOTIFY_SOCKET` for a service to be ready, as systemd does for one with `Type=notify`. See sd_notify(3).
package struct ServiceManager: Sendable {
    private let path: String

    /// - Parameter path: what `NOTIFY_SOCKET` is set to; `nil` where nobody waits.
    package init?(at path: String?) {
        guard let path, path.hasPrefix("/") || path.hasPrefix("@") else { return nil }
        self.path = path
    }

    /// Says that the service is ready.
    ///
    /// - Parameter pid: the process that the manager is to watch in place of the one that it has started.
    package func sayReady(watching pid: Int32? = nil) throws(SystemCallError) {
        let watched = pid.map { "\nMAINPID=\($0)" } ?? ""
        _ = try UnixSocket.sendMessages(to: path).send(Array("READY=1\(watched)".utf8), waiting: true)
    }

    /// Whether `READY=1` is among what has come at `messages`, a socket that services tell things at.
    package static func hears(readyAt messages: borrowing FileDescriptor) -> Bool {
        while let message = try? messages.receive(atMost: 4096, waiting: false) {
            let lines = message.split(separator: UInt8(ascii: "\n"))
            if lines.contains(where: { $0.elementsEqual("READY=1".utf8) }) { return true }
        }
        return false
    }

    /// Stays until `READY=1` has come at `messages`, which it says, or `process` has ended.
    package static func awaits(
        readyAt messages: borrowing FileDescriptor, orEndOf process: borrowing FileDescriptor
    ) throws(SystemCallError) -> Bool {
        var waiters = [messages.number, process.number].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        repeat {
            try systemCall("wait") { poll(&waiters, UInt(waiters.count), -1) }
            if hears(readyAt: messages) { return true }
        } while waiters[1].revents == 0
        return false
    }
}
