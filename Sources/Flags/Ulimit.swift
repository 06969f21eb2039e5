/// What `--ulimit` asks for. See getrlimit(2).
package struct UlimitFlag: Hashable, Sendable {
    /// `RLIMIT_NOFILE`, as the runtime specification names it.
    package var type: String
    /// `UInt64.max` is no limit, as RLIM_INFINITY is.
    package var soft: UInt64
    package var hard: UInt64

    package init(type: String, soft: UInt64, hard: UInt64) {
        self.type = type
        self.soft = soft
        self.hard = hard
    }
}

extension Flag {
    /// `NAME=SOFT[:HARD]`, as in `nofile=1024:2048`; -1 is no limit.
    package func ulimit() throws(FlagError) -> UlimitFlag {
        let pair = try pair(example: "\(name) nofile=1024:2048")
        guard Self.resources.contains(pair.key) else {
            throw refused("\(pair.key) is no resource; it is one of \(Self.resources.joined(separator: ", "))")
        }
        let values = (pair.value ?? "").split(separator: ":", omittingEmptySubsequences: false).map {
            $0 == "-1" || $0 == "unlimited" ? UInt64.max : UInt64($0)
        }
        guard (1...2).contains(values.count), let soft = values.first ?? nil, let hard = values.last ?? nil else {
            throw refused("write NAME=SOFT:HARD, as in \(name) nofile=1024:2048")
        }
        guard soft <= hard else { throw refused("the soft limit, first, cannot be above the hard one") }
        return UlimitFlag(type: "RLIMIT_\(pair.key.uppercased())", soft: soft, hard: hard)
    }

    private static let resources = [
        "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio",
        "rttime", "sigpending", "stack",
    ]
}
