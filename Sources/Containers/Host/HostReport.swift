/// What this host can do for containers, and what would enable the rest: `boxtop info`.
package struct HostReport: Codable, Sendable, Hashable {
    /// One ability.
    package struct Line: Codable, Sendable, Hashable {
        package enum Verdict: String, Codable, Sendable, Hashable {
            case works
            /// Less than all of it; the remedy says what is missing.
            case limited
            case missing
        }

        /// `user namespaces`, `overlay` …
        package var subject: String
        package var verdict: Verdict
        /// What was seen: `v1, writable`.
        package var detail: String
        /// What would enable it, as a command or a setting, where something would.
        package var remedy: String?

        init(_ subject: String, _ verdict: Verdict, _ detail: String, remedy: String? = nil) {
            self.subject = subject
            self.verdict = verdict
            self.detail = detail
            self.remedy = remedy
        }
    }

    package var name: String
    /// `6.18.5`
    package var kernel: String
    /// The distribution's name for itself, of os-release(5), else `Linux`.
    package var system: String
    /// `x86_64`
    package var architecture: String
    package var cores: Int
    /// Bytes.
    package var memory: UInt64
    /// `cgroup v2`, `cgroup v1+v2`, `cgroup v1`, or `no cgroups`.
    package var cgroups: String
    /// Whether containers are made by root, or in a user's own namespaces.
    package var isRoot: Bool
    /// Where images and containers lie, and where sockets and status files do.
    package var state: String
    package var run: String
    package var lines: [Line]
}
