import CLinux
import Glibc
import Linux
import OCI

/// Network devices of the launching process that become the container's. See config-linux.md, "Network Devices".
///
/// They are the container's from then on: with its namespace the kernel takes virtual ones away, and gives others back.
extension OCI.RuntimeSpec.LinuxPart {
    func checkNetworkDevices(_ namespaces: NamespacePlan) throws(LaunchError) {
        if netDevices.isEmpty { return }
        if !namespaces.isApart(.network) {
            throw wrong("linux.netDevices", "linux.namespaces has no network namespace of its own")
        }
        var inner: Set<String> = []
        for (name, device) in netDevices {
            if !Self.isDeviceName(name) {
                throw wrong("linux.netDevices", "\"\(name)\" is no name of a network device")
            }
            let (given, path) = (device.inner ?? name, "linux.netDevices.\(name).name")
            let isPattern = given.hasSuffix("%d")
            if !Self.isDeviceName(given, besides: isPattern ? 2 : 0) {
                throw wrong(path, "\"\(given)\" is no name of a network device")
            }
            if !isPattern, !inner.insert(given).inserted { throw wrong(path, "another has this name as well") }
        }
    }

    /// - Parameter pid: a process in the network namespace that they are moved to.
    func moveNetworkDevices(to pid: Int32) throws(LaunchError) {
        if netDevices.isEmpty { return }
        // Before one is moved: with a namespace that is given up again, those in it go as well.
        for name in netDevices.keys where if_nametoindex(name) == 0 {
            throw LaunchError(.networkDevice, on: name, "there is none of this name")
        }
        let place = try during(.networkDevice) { () throws(SystemCallError) in
            try FileDescriptor.open("/proc/\(pid)/ns/net")
        }
        for (name, device) in netDevices {
            try during(.networkDevice, on: name) { () throws(SystemCallError) in
                try systemCall("move it") { clinux_move_network_device(name, device.inner ?? name, place.number) }
            }
        }
    }

    /// As the kernel takes it: at most 15 bytes, no slash, colon or space.
    ///
    /// - Parameter pattern: how many bytes at the end are a `%d`, which stands for a number.
    private static func isDeviceName(_ name: String, besides pattern: Int = 0) -> Bool {
        let bytes = name.utf8.dropLast(pattern)
        let forbidden = [UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "%"), 0x7F]
        return (1...15).contains(name.utf8.count) && name != "." && name != ".."
            && bytes.allSatisfy { $0 > UInt8(ascii: " ") && !forbidden.contains($0) }
    }
}

extension OCI.RuntimeSpec.NetworkDevice {
    /// What it is to be called inside, where that is another name.
    fileprivate var inner: String? { name?.isEmpty == false ? name : nil }
}
