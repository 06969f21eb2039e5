/// What this host can do for containers, and what would enable the rest: `boxtop info`.
package struct HostReport: Codable, Sendable, Hashable {
    /// One ability.
    package struct Line: Codable, Sendable, Hashable {
        package enum Verdict: String, Codable, Sendable, Hashable {
            case works, limited, missing
        }

        /// `user namespaces`, `overlay` …
        package var subject: String
        package var verdict: Verdict
        /// What was seen: `v1, writable`.
        package var detail: String
        /// What would enable it, as a command or a setting, where something would.
        package var remedy: String?
    }

    /// Name, kernel, architecture, cores, memory.
    package var host: [String: String] = [:]
    package var lines: [Line] = []
}
