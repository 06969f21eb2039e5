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

    /// The kernel's number of `RLIMIT_NOFILE`, …; `nil` for no limit.
    static func number(_ name: String) -> Int32? {
        name.begins(with: "RLIMIT_") ? ResourceLimit.number(String(name.dropFirst(7))) : nil
    }

    /// Those of a document that has been checked, with room made for each.
    static func all(_ limits: [OCI.RuntimeSpec.ResourceLimit]) -> [ProcessLimit] {
        let all = limits.compactMap { Self($0) }
        for limit in all { limit.makeRoom() }
        return all
    }

    init?(_ limit: OCI.RuntimeSpec.ResourceLimit) {
        guard let number = Self.number(limit.type) else { return nil }
        self.init(name: limit.type, resource: number, soft: limit.soft, hard: limit.hard)
    }

    private init(name: String, resource: Int32, soft: UInt64, hard: UInt64) {
        (self.name, self.resource, self.soft, self.hard) = (name, resource, soft, hard)
    }

    /// Raises this process's own hard limit where the program is to have a higher one: in a user namespace nobody may.
    ///
    /// - Returns: the limit that the program will have in place of it where this process may not either.
    @discardableResult func makeRoom() -> UInt64? { ResourceLimit.makeRoom(resource, for: hard) }

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
