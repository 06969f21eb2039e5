import CLinux
import Glibc
import Linux
import Records

/// The root file system of a container, looked at or written to from outside.
extension Containers {
    /// How a container's files are reached from the host.
    struct RootView: ~Copyable {
        let folder: FileDescriptor
        /// Whose on the host, or in a view that shows ids as they are on disk, what the container's root owns is; the
        /// caller's where absent.
        let root: uid_t?
    }

    /// The files of a container as it sees them.
    ///
    /// Of one that runs, through /proc/PID/root, its volumes and what it has mounted included; of one that does not,
    /// an overlay of its layers that hangs nowhere, in which its volumes are not.
    func view(_ record: ContainerRecord, writing: Bool) throws(ContainerError) -> RootView {
        switch files.state(of: record.id).status {
        case .running(let running), .paused(let running):
            let path = "/proc/\(running.process.pid)/root"
            let folder = try explaining("cannot look into container \(record.name)") { () throws(SystemCallError) in
                try FileDescriptor.open(path, flags: O_RDONLY | O_DIRECTORY)
            }
            // The id may have gone to another process between the look and the open.
            guard running.process.isAlive else { throw Self.notRunning(record) }
            // Without root's rights the container's root is whoever keeps it.
            return RootView(folder: folder, root: geteuid() == 0 ? record.ids?.first ?? 0 : nil)
        default: return RootView(folder: try layers(of: record, writing: writing), root: nil)
        }
    }

    /// The layers of a container joined, without what is mounted over them; ids are those of the disk.
    func layers(of record: ContainerRecord, writing: Bool) throws(ContainerError) -> FileDescriptor {
        try explaining("cannot look into container \(record.name)") { () throws(SystemCallError) in
            switch record.rootfs {
            case .directory(let path): return try FileDescriptor.open(path, flags: O_RDONLY | O_DIRECTORY)
            case .layers(let lower, let upper, let work):
                let place = "\(layout.container(record.id))/rootfs"
                if writing { return try JoinedLayers.open(lower, writing: (upper, work), at: place) }
                return try JoinedLayers.open([upper] + lower, at: place)
            }
        }
    }
}
