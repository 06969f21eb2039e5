import Glibc
import Linux

/// What making a bundle needs to know of the host. Passed in, so that bundles are tested on hosts of any kind.
struct HostFacts {
    /// `x86_64`, as `uname -m` says.
    var machine: String
    var hostname: String
    /// Whether POSIX message queues are to be seen in a folder.
    var hasMessageQueues: Bool
    var cores: Int
    /// The number of the kernel's last capability.
    var lastCapability: Int
    /// Capabilities that this process, and so a container with the host's ids, can have at most.
    var boundingCapabilities: UInt64
    var user: uid_t
    /// The calling user's own name, for /etc/subuid.
    var userName: String

    /// This host.
    static func current() -> HostFacts {
        var name = utsname()
        uname(&name)
        let machine = withUnsafeBytes(of: &name.machine) {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        let hostname = withUnsafeBytes(of: &name.nodename) {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        let last = Files.text("/proc/sys/kernel/cap_last_cap").flatMap { Int($0.filter(\.isNumber)) }
        let user = geteuid()
        return HostFacts(
            machine: machine, hostname: hostname, hasMessageQueues: Files.exists("/dev/mqueue"),
            cores: LimitsCheck.hostCores, lastCapability: last ?? 40,
            boundingCapabilities: boundingCapabilities, user: user, userName: UserName.of(user) ?? "\(user)")
    }

    // By bytes: to split such files into characters took 0.5 ms of each start.

    private static var boundingCapabilities: UInt64 {
        let bytes = (try? Files.read("/proc/self/status")) ?? []
        guard let line = bytes.split(separator: UInt8(ascii: "\n")).first(where: { $0.starts(with: "CapBnd:".utf8) })
        else { return 0 }
        return UInt64(String(decoding: line.dropFirst(7), as: UTF8.self).filter(\.isHexDigit), radix: 16) ?? 0
    }
}
