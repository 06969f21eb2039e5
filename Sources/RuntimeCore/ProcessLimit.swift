import CLinux
import Linux
import OCI

/// A limit of setrlimit(2) that the program starts with.
struct ProcessLimit: Hashable, Sendable {
    let name: String
    /// The kernel's number; the same on all architectures that Swift runs on.
    let resource: Int32
    let soft: UInt64
    let hard: UInt64

    private static let names = [
        "CPU", "FSIZE", "DATA", "STACK", "CORE", "RSS", "NPROC", "NOFILE", "MEMLOCK", "AS", "LOCKS", "SIGPENDING",
        "MSGQUEUE", "NICE", "RTPRIO", "RTTIME",
    ]

    static func all(_ limits: [OCI.RuntimeSpec.ResourceLimit]) throws(LaunchError) -> [ProcessLimit] {
        var all: [ProcessLimit] = []
        for limit in limits {
            guard limit.type.hasPrefix("RLIMIT_"), let number = names.firstIndex(of: String(limit.type.dropFirst(7)))
            else { throw LaunchError(.limit, on: limit.type, "there is no such limit") }
            if all.contains(where: { $0.name == limit.type }) {
                throw LaunchError(.limit, on: limit.type, "it is listed twice")
            }
            if limit.soft > limit.hard {
                throw LaunchError(.limit, on: limit.type, "soft \(limit.soft) is above hard \(limit.hard)")
            }
            all.append(ProcessLimit(name: limit.type, resource: Int32(number), soft: limit.soft, hard: limit.hard))
        }
        return all
    }

    /// Sets it for the calling process. A hard limit that may not be raised stays as it is: a host whose root lacks
    /// CAP_SYS_RESOURCE still runs containers.
    func apply() throws(LaunchError) {
        if clinux_setrlimit(resource, soft, hard) == 0 { return }
        let reason = Errno.current
        var (oldSoft, oldHard): (UInt64, UInt64) = (0, 0)
        guard reason == .notPermitted, clinux_getrlimit(resource, &oldSoft, &oldHard) == 0,
            clinux_setrlimit(resource, min(soft, oldHard), min(hard, oldHard)) == 0
        else { throw LaunchError(.limit, on: name, "\(reason)") }
    }
}
