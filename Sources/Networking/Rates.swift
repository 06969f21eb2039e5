import Linux
import Records

extension Networks {
    /// Limits how many bytes a second pass through each interface of a running container; absent: no limit.
    ///
    /// What it receives waits at the host's end of its cable, which nothing inside can change; what it sends waits at
    /// its own interface, so that a program is slowed down and not cut off.
    package func setRates(of id: String, received: UInt64?, sent: UInt64?) throws(NetworkError) {
        let lock = try lock()
        defer { withExtendedLifetime(lock) {} }
        let own = members().filter { $0.id == id && $0.isAlive }
        guard let process = own.first?.process else { return }
        let netlink = try Netlink()
        for member in own {
            if let index = netlink.index(of: member.cable) { try netlink.setRate(index, received) }
        }
        let netns = try explaining("cannot find the container's network") { () throws(SystemCallError) in
            try FileDescriptor.open("/proc/\(process)/ns/net")
        }
        try inside(netns) { (netlink) throws(NetworkError) in
            for member in own {
                if let index = netlink.index(of: member.interface) { try netlink.setRate(index, sent) }
            }
        }
    }
}
