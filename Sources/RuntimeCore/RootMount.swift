import CLinux
import Glibc
import Linux
import OCI

extension LaunchRootfs {
    /// For messages.
    var name: String {
        switch self {
        case .directory(let path): path
        case .layers(_, let upper, _): upper
        }
    }

    /// The root file system as a detached mount.
    ///
    /// - Parameter owners: a user namespace by which owners are mapped; `nil` leaves them as they are on disk.
    func mounted(owners: Int32?) throws(SystemCallError) -> DetachedMount {
        switch self {
        case .directory(let path):
            let tree = try DetachedMount(copyOf: path, recursive: true)
            if (try tree.descriptor.status()).st_mode & S_IFMT != S_IFDIR {
                throw SystemCallError("use as a root", path, errno: .notDirectory)
            }
            if let owners { try tree.mapOwners(tree: owners) }
            return tree
        case .layers(let lower, let upper, let work):
            return try Overlay.mounted(lower: lower, upper: upper, work: work, owners: owners)
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

/// Overlay file systems: read-only layers under one that is written to. See the kernel's overlayfs document.
enum Overlay {
    /// - Parameter lower: the uppermost first.
    static func mounted(
        lower: [String], upper: String, work: String, owners: Int32?
    ) throws(SystemCallError) -> DetachedMount {
        let context = FileDescriptor(owning: try systemCall("open file system", "overlay") { clinux_fsopen("overlay") })
        let number = context.number
        if let owners {
            try setMapped(lower, upper, work, owners, of: number)
        } else {
            for layer in lower { try set("lowerdir+", layer, of: number) }
            try set("upperdir", upper, of: number)
            try set("workdir", work, of: number)
        }
        try systemCall("make an overlay on", upper) {
            clinux_fsconfig(number, UInt32(CLINUX_FSCONFIG_CMD_CREATE), nil, nil, 0)
        }
        return DetachedMount(
            FileDescriptor(owning: try systemCall("mount an overlay on", upper) { clinux_fsmount(number, 0) }))
    }

    private static func set(_ key: String, _ path: String, of context: Int32) throws(SystemCallError) {
        try systemCall("use as \(key)", path) {
            clinux_fsconfig(context, UInt32(CLINUX_FSCONFIG_SET_STRING), key, path, 0)
        }
    }

    /// Each layer is shown to the overlay with owners mapped, so that the overlay shows and writes them mapped. Upper
    /// and work must be seen through one mount: that of the folder which holds both.
    private static func setMapped(
        _ lower: [String], _ upper: String, _ work: String, _ owners: Int32, of context: Int32
    ) throws(SystemCallError) {
        for layer in lower {
            let tree = try DetachedMount(copyOf: layer)
            try tree.mapOwners(owners)
            try set("lowerdir+", tree.descriptor, layer, of: context)
        }
        guard let (folder, upperName) = split(upper), let (workFolder, workName) = split(work), folder == workFolder
        else { throw SystemCallError("use a work folder that is not beside the upper", work, errno: .invalid) }
        let tree = try DetachedMount(copyOf: folder)
        try tree.mapOwners(owners)
        let flags = O_PATH | O_DIRECTORY | O_NOFOLLOW
        try set("upperdir", tree.descriptor.open(upperName, flags: flags), upper, of: context)
        try set("workdir", tree.descriptor.open(workName, flags: flags), work, of: context)
    }

    private static func set(
        _ key: String, _ layer: borrowing FileDescriptor, _ path: String, of context: Int32
    ) throws(SystemCallError) {
        let number = layer.number
        try systemCall("use as \(key)", path) {
            clinux_fsconfig(context, UInt32(CLINUX_FSCONFIG_SET_FD), key, nil, number)
        }
    }

    private static func split(_ path: String) -> (folder: String, name: String)? {
        guard let slash = path.lastIndex(of: "/") else { return nil }
        return (slash == path.startIndex ? "/" : String(path[..<slash]), String(path[path.index(after: slash)...]))
    }
}
