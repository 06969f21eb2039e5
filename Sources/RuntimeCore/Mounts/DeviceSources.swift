import CLinux
import Glibc
import Linux
import OCI

/// Device files of config.json for a container with a user namespace of its own, where nobody may make any: the
/// launching process makes them, in a file system of theirs alone, and hands each down as a mount.
enum DeviceSources {
    /// Whether the launching process makes it, not the child.
    static func prepares(_ device: OCI.RuntimeSpec.Device, _ plan: Plan) -> Bool {
        plan.privileged && plan.namespaces.isOwn(.user) && kind(device) != nil
            && MountPlan.normal(device.path) != "dev/ptmx"
    }

    /// In the order of config.json.
    static func prepare(_ plan: Plan) throws(LaunchError) -> [MountSources.FileDescriptorNumber] {
        let devices = plan.linux.devices.filter { prepares($0, plan) }
        guard let first = devices.first else { return [] }
        var made: [MountSources.FileDescriptorNumber] = []
        do throws(LaunchError) {
            let files = try during(.device, on: first.path) { () throws(SystemCallError) in
                try DetachedMount(filesystem: "tmpfs", options: [("mode", "755")])
            }
            for device in devices {
                made.append(
                    try during(.device, on: device.path) { () throws(SystemCallError) in
                        try make(device, "\(made.count)", files.descriptor.number, plan.linux)
                    })
            }
            return made
        } catch {
            for descriptor in made { close(descriptor) }
            throw error
        }
    }

    private static func make(
        _ device: OCI.RuntimeSpec.Device, _ name: String, _ folder: Int32, _ linux: OCI.RuntimeSpec.LinuxPart
    ) throws(SystemCallError) -> MountSources.FileDescriptorNumber {
        let number = gnu_dev_makedev(UInt32(clamping: device.major ?? 0), UInt32(clamping: device.minor ?? 0))
        let mode = mode_t(device.fileMode ?? 0o666)
        try systemCall("make it") { mknodat(folder, name, (kind(device) ?? S_IFCHR) | mode, number) }
        // Whatever this process's umask has left of it.
        try systemCall("set the mode") { fchmodat(folder, name, mode & 0o7777, 0) }
        if let user = hostID(device.uid ?? 0, linux.uidMappings), let group = hostID(device.gid ?? 0, linux.gidMappings)
        {
            try systemCall("set the owner") { fchownat(folder, name, user, group, AT_SYMLINK_NOFOLLOW) }
        }
        return try DetachedMount(copyOf: name, below: folder).intoDescriptor().release()
    }

    private static func kind(_ device: OCI.RuntimeSpec.Device) -> mode_t? {
        switch device.type {
        case "c", "u": S_IFCHR
        case "b": S_IFBLK
        default: nil
        }
    }

    /// `nil` where nothing maps to it, or the namespace is another's, whose maps nobody has given.
    private static func hostID(_ id: UInt32, _ mappings: [OCI.RuntimeSpec.IDMapping]) -> UInt32? {
        mappings.first { $0.containerID <= id && id - $0.containerID < $0.size }.map {
            $0.hostID + (id - $0.containerID)
        }
    }
}
