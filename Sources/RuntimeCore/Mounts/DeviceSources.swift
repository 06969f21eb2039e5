import CLinux
import Glibc
import Linux
import OCI

/// Device files of config.json for a container with a user namespace of its own, where nobody may make any: the
/// launching process makes them, in a file system of theirs alone, and hands each down as a mount.
enum DeviceSources {
    /// Whether the launching process makes it, not the child.
    static func prepares(_ device: OCI.RuntimeSpec.Device, _ plan: Plan) -> Bool {
        plan.isHostRoot && plan.namespaces.isOwn(.user) && kind(device) != nil && plan.hasMade(device)
    }

    /// In the order of config.json.
    static func prepare(_ plan: Plan) throws(LaunchError) -> [MountSources.FileDescriptorNumber] {
        let devices = plan.linux.devices.filter { prepares($0, plan) }
        guard let first = devices.first else { return [] }
        do throws(SystemCallError) {
            do throws(SystemCallError) { return try make(devices, plan.linux, hanging: false) } catch {
                // Before Linux 6.15 nothing is copied out of a file system that hangs nowhere.
                guard error.errno == .invalid else { throw error }
                return try MountedAside.mounts { () throws(SystemCallError) in
                    try make(devices, plan.linux, hanging: true)
                }
            }
        } catch {
            throw LaunchError(.device, on: devices.first { $0.path == error.path }?.path ?? first.path, error)
        }
    }

    /// - Parameter hanging: whether their file system is mounted in this process's namespace meanwhile.
    private static func make(
        _ devices: [OCI.RuntimeSpec.Device], _ linux: OCI.RuntimeSpec.LinuxPart, hanging: Bool
    ) throws(SystemCallError) -> [MountSources.FileDescriptorNumber] {
        let files = try DetachedMount(filesystem: "tmpfs", options: [("mode", "755")])
        if hanging { try files.attach(onto: .open("/", flags: O_PATH | O_DIRECTORY)) }
        let folder = files.intoDescriptor()
        var made: [MountSources.FileDescriptorNumber] = []
        do throws(SystemCallError) {
            for device in devices {
                try make(device, "\(made.count)", in: folder, linux)
                made.append(try DetachedMount(copyOf: "\(made.count)", below: folder.number).intoDescriptor().release())
            }
            return made
        } catch {
            for descriptor in made { close(descriptor) }
            throw error
        }
    }

    private static func make(
        _ device: OCI.RuntimeSpec.Device, _ name: String, in folder: borrowing FileDescriptor,
        _ linux: OCI.RuntimeSpec.LinuxPart
    ) throws(SystemCallError) {
        let folder = folder.number
        let number = gnu_dev_makedev(UInt32(clamping: device.major ?? 0), UInt32(clamping: device.minor ?? 0))
        let mode = mode_t((device.fileMode ?? 0o666) & 0o7777)
        try systemCall("make", device.path) { mknodat(folder, name, (kind(device) ?? S_IFCHR) | mode, number) }
        // Whatever this process's umask has left of it.
        try systemCall("set the mode of", device.path) { fchmodat(folder, name, mode, 0) }
        if let user = hostID(device.uid ?? 0, linux.uidMappings), let group = hostID(device.gid ?? 0, linux.gidMappings)
        {
            try systemCall("set the owner of", device.path) {
                fchownat(folder, name, user, group, AT_SYMLINK_NOFOLLOW)
            }
        }
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
