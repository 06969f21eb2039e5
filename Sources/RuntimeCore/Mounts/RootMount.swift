import CLinux
import Glibc
import Linux
import OCI

extension LaunchRootfs {
    /// For messages.
    var name: String {
        switch self {
        case .directory(let path): path
        case .layers(_, let upper, _, _): upper
        }
    }

    /// The root file system as a detached mount.
    ///
    /// - Parameter owners: a user namespace by which owners are mapped; `nil` leaves them as they are on disk.
    func mounted(owners: MappedOwners?) throws(SystemCallError) -> DetachedMount {
        switch self {
        case .directory(let path):
            let tree = try DetachedMount(copyOf: path, recursive: true)
            if (try tree.descriptor.status()).st_mode & S_IFMT != S_IFDIR {
                throw SystemCallError("use as a root", path, errno: .notDirectory)
            }
            // A copy of a shared mount is its peer: what is mounted below would appear on the host, and pivot_root
            // would refuse it. Those that the host takes off still go.
            try tree.descriptor.setPropagation(UInt64(MS_SLAVE), recursive: true)
            if let owners { try tree.mapOwners(tree: owners.namespace) }
            return tree
        case .layers(let lower, let upper, let work, let kept):
            return try Overlay.mounted(lower: lower, upper: upper, work: work, kept: kept, owners: owners)
        }
    }
}

extension DetachedMount {
    /// Maps owners in the whole tree where each of its file systems can; else in the topmost mount alone.
    func mapOwners(tree owners: Int32) throws(SystemCallError) {
        do { try mapOwners(owners, recursive: true) } catch {
            if error.errno != .invalid { throw error }
            try mapOwners(owners, recursive: false)
        }
    }
}
