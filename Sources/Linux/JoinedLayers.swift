import CLinux
import Glibc

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
        if SubordinateUsers.isHostRoot { return try mounted(lower, writable, at: place) }
        // An ordinary user may mount in a user namespace alone, where the kernel lets nobody write `trusted.`.
        return try SubordinateUsers.asRoot { () throws(SystemCallError) in
            try mounted(lower, writable, at: place, attributes: "userxattr")
        }
    }

    /// - Parameter attributes: the option for whose extended attributes mark what is deleted; absent: the system's.
    private static func mounted(
        _ lower: [String], _ writable: (upper: String, work: String)?, at place: String, attributes: String? = nil
    ) throws(SystemCallError) -> FileDescriptor {
        do throws(SystemCallError) {
            var options = lower.map { ("lowerdir+", String?.some($0)) }
            if let writable { options += [("upperdir", writable.upper), ("workdir", writable.work)] }
            if let attributes { options.append((attributes, nil)) }
            return try DetachedMount(filesystem: "overlay", options: options).intoDescriptor()
        } catch {
            guard error.errno == .invalid else { throw error }
            // Before Linux 6.8 all layers go into one option, which holds 255 bytes by the new calls.
            return try older(lower, writable, at: place, attributes)
        }
    }

    /// The same by mount(2): in a mount namespace of this process's own, layers by descriptors, whose paths are short.
    private static func older(
        _ lower: [String], _ writable: (upper: String, work: String)?, at place: String, _ attributes: String?
    ) throws(SystemCallError) -> FileDescriptor {
        try Namespaces.mount.unshare()
        try systemCall("keep mounts private") { mount(nil, "/", nil, UInt(MS_PRIVATE | MS_REC), nil) }
        var numbers: [Int32] = []
        defer { for number in numbers { close(number) } }
        for layer in lower { numbers.append(try FileDescriptor.open(layer, flags: O_PATH | O_DIRECTORY).release()) }
        var options = "lowerdir=\(numbers.map { "/proc/self/fd/\($0)" }.joined(separator: ":"))"
        if let writable { options += ",upperdir=\(writable.upper),workdir=\(writable.work)" }
        if let attributes { options += ",\(attributes)" }
        try systemCall("mount an overlay on", place) { mount("overlay", place, "overlay", 0, options) }
        // Else the place could not be removed as long as this process lives. What is left is a copy that never hung
        // anywhere: in one that was taken off, these kernels open nothing by way of `..`.
        defer { umount2(place, Int32(MNT_DETACH)) }
        return try DetachedMount(copyOf: place).intoDescriptor()
    }
}
