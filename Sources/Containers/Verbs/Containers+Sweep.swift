import Glibc
import Linux
import Networking
import Records

extension Containers {
    /// Takes away what crashes have left: containers half made (nobody holds their lock) and half removed.
    ///
    /// - Parameter own: a process that lives and has given up what it made.
    package func sweep(andOf own: pid_t? = nil) {
        for name in (try? Files.names(in: layout.building)) ?? [] {
            let path = "\(layout.building)/\(name)"
            if ContainerID.isComplete(name) {
                guard let lock = ContainerLock.takeIfFree("\(path)/lock") else {
                    // Of a crash before there was a lock: only an empty folder goes, and its maker makes it again.
                    rmdir(path)
                    continue
                }
                try? Files.removeTree(path)
                _ = lock.number
            } else if let process = name.split(separator: "-").last.flatMap({ Int32($0) }),
                process == own || !Files.exists("/proc/\(process)")
            {
                try? Files.removeTree(path)
            }
        }
        for name in (try? Files.names(in: layout.containers)) ?? [] where name.hasPrefix(".") {
            try? Files.removeTree("\(layout.containers)/\(name)")
        }
    }

    /// Containers that were not to outlive the host's going down, and links of names and ranges, run folders and what
    /// connects without root, whose container is no more.
    func sweepLost() {
        for id in (try? Files.names(in: layout.containers)) ?? []
        where ContainerID.isComplete(id) && !files.has(id) && !isActive(id) {
            remove(layout.container(id), unlessHeld: layout.lock(id))
        }
        for claims in [Claims.names(layout), Claims.idRanges(layout)] { claims.sweep() }
        let isGone = { (id: String) in ContainerID.isComplete(id) && !layout.has(id) }
        let networks = Networks(layout)
        for id in networks.connected() where isGone(id) { networks.disconnect(id) }
        for id in (try? Files.names(in: layout.run)) ?? [] where isGone(id) {
            // A supervisor that is just removing its container holds this, and does it itself.
            remove(layout.runtime(id), unlessHeld: "\(layout.runtime(id))/supervisor.lock")
        }
    }

    private func remove(_ tree: String, unlessHeld path: String) {
        let lock = ContainerLock.takeIfFree(path)
        if lock == nil && Files.exists(path) { return }
        try? Files.removeTree(tree)
        withExtendedLifetime(lock) {}
    }
}
