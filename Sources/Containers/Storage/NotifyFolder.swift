import Glibc
import Linux

/// The folder with the socket at which a container says that it is ready. See sd_notify(3).
enum NotifyFolder {
    /// In the container's folder.
    static let name = "notify"
    static let socket = "notify.sock"
    /// Where the container has it.
    static let inside = "/run/notify"
    /// Whoever the program runs as goes through it.
    static let mode: mode_t = 0o711
}

extension Building {
    /// Listens for the container's word.
    func listenForReady() throws(ContainerError) -> FileDescriptor {
        try makeFolder(NotifyFolder.name, mode: NotifyFolder.mode)
        let path = "\(folder)/\(NotifyFolder.name)/\(NotifyFolder.socket)"
        return try explaining { () throws(SystemCallError) in try UnixSocket.receiveMessages(at: path) }
    }
}
