import Glibc
import Linux
import Records

extension Containers {
    /// Takes away what crashes have left: containers half made (nobody holds their lock) and half removed.
    func sweep() {
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
                !Files.exists("/proc/\(process)")
            {
                try? Files.removeTree(path)
            }
        }
        for name in (try? Files.names(in: layout.containers)) ?? [] where name.hasPrefix(".") {
            try? Files.removeTree("\(layout.containers)/\(name)")
        }
    }

    /// Links of names and ranges whose container is no more.
    func sweepClaims() {
        for claims in [Claims.names(layout), Claims.idRanges(layout)] { claims.sweep() }
    }
}
