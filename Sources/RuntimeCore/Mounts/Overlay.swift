import CLinux
import Glibc
import Linux
import OCI

/// Overlay file systems: read-only layers under one that is written to. See the kernel's overlayfs document.
enum Overlay {
    /// - Parameter lower: the uppermost first.
    static func mounted(
        lower: [String], upper: String, work: String, kept: Bool, owners: MappedOwners?
    ) throws(SystemCallError) -> DetachedMount {
        let context = FileDescriptor(owning: try systemCall("open file system", "overlay") { clinux_fsopen("overlay") })
        let number = context.number
        var mapped = MappedLayers()
        do throws(SystemCallError) {
            if let owners {
                try mapped.add(lower, upper, work, owners.namespace, to: number)
            } else {
                for layer in lower { try set("lowerdir+", layer, of: number) }
                try set("upperdir", upper, of: number)
                try set("workdir", work, of: number)
            }
        } catch {
            // Before Linux 6.13 layers are not taken one by one, or not by descriptor; before 6.5 no descriptor at all.
            if ![.invalid, .notSupported].contains(error.errno) || !error.operation.begins(with: "use as") {
                throw error
            }
            return try OlderOverlay(lower: lower, upper: upper, work: work, owners: owners).mounted()
        }
        // In a user namespace of its own the process may not use the attributes that are the system's.
        if owners == nil && isInUserNamespace {
            clinux_fsconfig(number, UInt32(CLINUX_FSCONFIG_SET_FLAG), "userxattr", nil, 0)
        }
        if !kept {
            // The mark of a last life, by which the kernel would refuse a layer that a power cut may have torn: whoever
            // starts this container again has not seen one.
            unlink("\(work)/work/incompat/volatile/dirty")
            rmdir("\(work)/work/incompat/volatile")
            clinux_fsconfig(number, UInt32(CLINUX_FSCONFIG_SET_FLAG), "volatile", nil, 0)
        }
        do throws(SystemCallError) { return try created(number, on: upper, owners) } catch {
            // Before 6.5 the options are only looked at here, and "lowerdir+" is none of them.
            if error.errno != .invalid { throw error }
            return try OlderOverlay(lower: lower, upper: upper, work: work, owners: owners).mounted()
        }
    }

    private static func created(
        _ number: Int32, on upper: String, _ owners: MappedOwners?
    ) throws(SystemCallError) -> DetachedMount {
        // The overlay makes files in its upper folder as whoever mounts it, and the host's root is nobody there.
        if let owners { try owners.become() }
        defer { if owners != nil { clinux_act_as(0, 0) } }
        try systemCall("make an overlay on", upper) {
            clinux_fsconfig(number, UInt32(CLINUX_FSCONFIG_CMD_CREATE), nil, nil, 0)
        }
        return DetachedMount(
            FileDescriptor(owning: try systemCall("mount an overlay on", upper) { clinux_fsmount(number, 0) }))
    }

    /// Whether this process is root of a user namespace only.
    static var isInUserNamespace: Bool {
        // As the kernel prints it: that everybody is who they are.
        Files.text("/proc/self/uid_map") != "         0          0 4294967295\n"
    }

    private static func set(_ key: String, _ path: String, of context: Int32) throws(SystemCallError) {
        try systemCall("use as \(key)", path) {
            clinux_fsconfig(context, UInt32(CLINUX_FSCONFIG_SET_STRING), key, path, 0)
        }
    }
}

/// By which user namespace owners are mapped, and who its root is on the host.
struct MappedOwners: Hashable, Sendable {
    /// Open, with its maps written.
    let namespace: Int32
    let user: uid_t
    let group: gid_t

    init(_ namespace: Int32, _ linux: OCI.RuntimeSpec.LinuxPart) {
        self.namespace = namespace
        user = linux.uidMappings.first { $0.containerID == 0 }?.hostID ?? 0
        group = linux.gidMappings.first { $0.containerID == 0 }?.hostID ?? 0
    }

    func become() throws(SystemCallError) {
        try systemCall("act as the container's root") { clinux_act_as(user, group) }
    }
}

/// Layers shown to an overlay with owners mapped, so that the overlay shows and writes them mapped. They hang nowhere:
/// closed before the overlay has taken them over, they would be gone.
private struct MappedLayers: ~Copyable {
    private var trees: [Int32] = []

    deinit { for tree in trees { close(tree) } }

    mutating func add(
        _ lower: [String], _ upper: String, _ work: String, _ owners: Int32, to context: Int32
    ) throws(SystemCallError) {
        for layer in lower {
            try set("lowerdir+", try map(layer, owners), layer, of: context)
        }
        // Upper and work must be seen through one mount: that of the folder which holds both.
        guard let (folder, upperName) = Self.split(upper), let (workFolder, workName) = Self.split(work),
            folder == workFolder
        else { throw SystemCallError("use a work folder that is not beside the upper", work, errno: .invalid) }
        let tree = try map(folder, owners)
        for (key, name) in [("upperdir", upperName), ("workdir", workName)] {
            let layer = FileDescriptor(
                owning: try systemCall("open", "\(folder)/\(name)") {
                    clinux_openat(tree, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0)
                })
            try set(key, layer.number, "\(folder)/\(name)", of: context)
        }
    }

    private mutating func map(_ path: String, _ owners: Int32) throws(SystemCallError) -> Int32 {
        let tree = try DetachedMount(copyOf: path)
        try tree.mapOwners(owners)
        let number = tree.intoDescriptor().release()
        trees.append(number)
        return number
    }

    private func set(_ key: String, _ layer: Int32, _ path: String, of context: Int32) throws(SystemCallError) {
        try systemCall("use as \(key)", path) {
            clinux_fsconfig(context, UInt32(CLINUX_FSCONFIG_SET_FD), key, nil, layer)
        }
    }

    private static func split(_ path: String) -> (folder: String, name: String)? {
        guard let slash = path.lastIndex(of: "/") else { return nil }
        return (slash == path.startIndex ? "/" : String(path[..<slash]), String(path[path.index(after: slash)...]))
    }
}
