import Glibc
import Linux

/// What making a bundle needs to know of the host. Passed in, so that bundles are tested on hosts of any kind.
struct HostFacts {
    /// `x86_64`, as `uname -m` says.
    var machine: String
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
        let last = Files.text("/proc/sys/kernel/cap_last_cap").flatMap { Int($0.filter(\.isNumber)) }
        let bounding = (Files.text("/proc/self/status") ?? "").split(separator: "\n")
            .first { $0.hasPrefix("CapBnd:") }
            .flatMap { UInt64($0.dropFirst(7).filter(\.isHexDigit), radix: 16) }
        let user = geteuid()
        let lines = (Files.text("/etc/passwd") ?? "").split(separator: "\n").map { $0.split(separator: ":") }
        let userName = lines.first { $0.count > 2 && $0[2] == "\(user)" }?.first.map(String.init)
        return HostFacts(
            machine: machine, cores: LimitsCheck.hostCores, lastCapability: last ?? 40,
            boundingCapabilities: bounding ?? 0, user: user, userName: userName ?? "\(user)")
    }
}
