import CLinux
import Glibc
import Linux
import Records

/// The root file system of a container, looked at or written to from outside.
extension Containers {
    /// How a container's files are reached from the host.
    struct RootView: ~Copyable {
        let folder: FileDescriptor
        /// What to add to an id inside for one on the host; with a view that shows ids as they are on disk, 0.
        let shift: (user: uid_t, group: gid_t)
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
            let first = record.ids?.first ?? 0
            return RootView(folder: folder, shift: (first, first))
        default: return RootView(folder: try layers(of: record, writing: writing), shift: (0, 0))
        }
    }

    /// The layers of a container joined, without what is mounted over them; ids are those of the disk, 0 for root.
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

/// Layers joined by overlayfs, that hang nowhere: gone when the last descriptor is closed.
package enum JoinedLayers {
    /// - Parameters:
    ///   - lower: the uppermost first.
    ///   - writable: where changes go, and an empty folder beside it.
    ///   - place: a folder that older kernels mount them on, in a namespace of this process's own.
    package static func open(
        _ lower: [String], writing writable: (upper: String, work: String)? = nil, at place: String
    ) throws(SystemCallError) -> FileDescriptor {
        // One alone is no overlay.
        if writable == nil, lower.count == 1 { return try .open(lower[0], flags: O_RDONLY | O_DIRECTORY) }
        do throws(SystemCallError) {
            var options = lower.map { ("lowerdir+", String?.some($0)) }
            if let writable { options += [("upperdir", writable.upper), ("workdir", writable.work)] }
            return try DetachedMount(filesystem: "overlay", options: options).intoDescriptor()
        } catch {
            guard error.errno == .invalid else { throw error }
            // Before Linux 6.8 all layers go into one option, which holds 255 bytes by the new calls.
            return try older(lower, writable, at: place)
        }
    }

    /// The same by mount(2): in a mount namespace of this process's own, layers by descriptors, whose paths are short.
    private static func older(
        _ lower: [String], _ writable: (upper: String, work: String)?, at place: String
    ) throws(SystemCallError) -> FileDescriptor {
        try Namespaces.mount.unshare()
        try systemCall("keep mounts private") { mount(nil, "/", nil, UInt(MS_PRIVATE | MS_REC), nil) }
        var names: [String] = []
        for layer in lower {
            names.append("/proc/self/fd/\(try FileDescriptor.open(layer, flags: O_PATH | O_DIRECTORY).release())")
        }
        var options = "lowerdir=\(names.joined(separator: ":"))"
        if let writable { options += ",upperdir=\(writable.upper),workdir=\(writable.work)" }
        try systemCall("mount an overlay on", place) { mount("overlay", place, "overlay", 0, options) }
        return try FileDescriptor.open(place, flags: O_RDONLY | O_DIRECTORY)
    }
}
