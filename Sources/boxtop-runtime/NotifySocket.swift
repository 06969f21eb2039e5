import Glibc
import Linux
import OCI
import RuntimeCore

/// How the container says that it is ready, where a service manager waits for that at `NOTIFY_SOCKET`. See sd_notify(3).
///
/// The manager's own socket stays outside, since anything can be told there. The container has one in a folder of its
/// state, and of what comes in only `READY=1` goes on.
final class NotifySocket {
    private static let folder = "/run/notify"
    private static let name = "notify.sock"

    private let manager: ServiceManager
    private let messages: FileDescriptor
    private let log: Log

    /// Gives the container its socket's folder and name.
    static func provide(_ request: inout LaunchRequest, _ folder: String) throws(Failure) {
        guard manager != nil else { return }
        _ = try failing { () throws(SystemCallError) in
            // Whoever the program runs as goes through it.
            try systemCall("make folder", folder) { mkdir(folder, 0o711) }
        }
        request.spec.mounts.append(
            OCI.RuntimeSpec.Mount(
                destination: Self.folder, source: folder, options: ["bind", "nosuid", "noexec", "nodev", "ro"]))
        request.spec.process?.env.append("NOTIFY_SOCKET=\(Self.folder)/\(name)")
    }

    /// Listens; `nil` where nobody waits, or the container was made without such a folder.
    init?(_ folder: String, _ log: Log) throws(Failure) {
        guard let manager = Self.manager, Files.exists(folder) else { return nil }
        self.manager = manager
        self.log = log
        messages = try failing { () throws(SystemCallError) in
            try UnixSocket.receiveMessages(at: "\(folder)/\(Self.name)")
        }
    }

    private static var manager: ServiceManager? { ServiceManager(at: environment("NOTIFY_SOCKET")) }

    var number: Int32 { messages.number }

    /// Tells the manager that the container is ready, once it has said so itself.
    func relay() {
        if ServiceManager.hears(readyAt: messages) { say(nil) }
    }

    /// Stays until the container is ready, which the manager is told, or `process` has ended.
    ///
    /// - Parameter pid: the process that the manager is to watch in place of this one.
    func attend(_ process: borrowing FileDescriptor, _ pid: Int32) throws(Failure) {
        var isReady = false
        do throws(SystemCallError) { isReady = try ServiceManager.awaits(readyAt: messages, orEndOf: process) } catch {
            throw Failure("\(error)")
        }
        if isReady { say(pid) }
    }

    private func say(_ pid: Int32?) {
        do throws(SystemCallError) { try manager.sayReady(watching: pid) } catch {
            log.write("nobody hears at NOTIFY_SOCKET that the container is ready: \(error)", .warning)
        }
    }
}
