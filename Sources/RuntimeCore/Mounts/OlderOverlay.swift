import CLinux
import Glibc
import Linux

/// An overlay for kernels before 6.13, which want each layer to be mounted in the caller's mount namespace, and all
/// their paths in one option.
struct OlderOverlay {
    let lower: [String]
    let upper: String
    let work: String
    let owners: MappedOwners?

    func mounted() throws(SystemCallError) -> DetachedMount {
        let made = try MountedAside.mounts { () throws(SystemCallError) in [try make().intoDescriptor().release()] }
        return DetachedMount(FileDescriptor(owning: made[0]))
    }

    private func make() throws(SystemCallError) -> DetachedMount {
        // Paths by descriptor are short: the option holds 4,095 bytes, and would be full after some ten real paths.
        var names: [String] = []
        for layer in lower { names.append("/proc/self/fd/\(try show(layer))") }
        let slash = upper.lastIndex(of: "/") ?? upper.startIndex
        let folder = try show(String(upper[..<slash]))
        let upperName = upper[upper.index(after: slash)...]
        let workName = work[work.index(after: work.lastIndex(of: "/") ?? work.startIndex)...]
        let place = "/proc/self/fd/\(folder)"
        // In a user namespace of its own the process may not use the attributes that are the system's.
        let attributes = owners == nil && Overlay.isInUserNamespace ? ",userxattr" : ""
        let options =
            "lowerdir=\(names.joined(separator: ":")),upperdir=\(place)/\(upperName),workdir=\(place)/\(workName)\(attributes)"
        // By descriptor again: whom it becomes may not search the folders above.
        let target = "\(place)/\(upperName)"
        if let owners { try owners.become() }
        try systemCall("mount an overlay on", upper) { mount("overlay", target, "overlay", 0, options) }
        return try DetachedMount(copyOf: target)
    }

    /// The open folder at `path`, owners mapped: its mapped copy lies over it, in this process's namespace alone.
    private func show(_ path: String) throws(SystemCallError) -> Int32 {
        if let owners {
            let tree = try DetachedMount(copyOf: path)
            try tree.mapOwners(owners.namespace)
            try tree.attach(onto: FileDescriptor.open(path, flags: O_PATH | O_DIRECTORY))
        }
        return try FileDescriptor.open(path, flags: O_PATH | O_DIRECTORY).release()
    }
}
