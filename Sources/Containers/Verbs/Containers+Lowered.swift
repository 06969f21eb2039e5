import Glibc
import Linux
import OCI
import Records

/// What a program is to have that whoever launches it may not be able to give.
private struct Grants {
    var ulimits: [(name: String, hard: UInt64)] = []
    var score: Int?
}

extension Containers {
    /// Says what this process may not give to a program, which then starts with less: a host whose root lacks
    /// CAP_SYS_RESOURCE, and a user without root, still run containers.
    func warnOfLowered(_ new: NewContainer) {
        let grants = Grants(ulimits: new.ulimits.map { ($0.name, $0.hard) }, score: new.oomScoreAdjustment)
        for sentence in lowered(grants, by: nil) { warn(sentence) }
    }

    /// The same of a container that was made before, and is launched now.
    ///
    /// - Parameter supervisor: the process that launches it, where it is no child of this one.
    func warnOfLowered(_ record: ContainerRecord, by supervisor: ProcessIdentity? = nil) {
        guard let grants = grants(of: record.id) else { return }
        for sentence in lowered(grants, by: supervisor?.pid) { warn("container \(record.name): \(sentence)") }
    }

    /// As its bundle has them. Nearly none has any, and to read a bundle takes longer than to look for the words.
    private func grants(of id: String) -> Grants? {
        guard let text = Files.text(layout.configuration(id)),
            strstr(text, "\"rlimits\"") != nil || strstr(text, "\"oomScoreAdj\"") != nil,
            let process = try? specification(id).process
        else { return nil }
        let ulimits = process.rlimits.map { limit in
            (name: limit.type.hasPrefix("RLIMIT_") ? limit.type.dropFirst(7).lowercased() : limit.type, limit.hard)
        }
        return Grants(ulimits: ulimits, score: process.oomScoreAdj)
    }

    /// What of `grants` cannot be given by `supervisor`, or by this process where there is none.
    private func lowered(_ grants: Grants, by supervisor: pid_t?) -> [String] {
        var sentences = grants.ulimits.compactMap { limit -> String? in
            guard let number = ResourceLimit.number(limit.name.uppercased()) else { return nil }
            let ceiling =
                supervisor.map { ResourceLimit.ceiling(number, of: $0, for: limit.hard) }
                ?? ResourceLimit.makeRoom(number, for: limit.hard)
            return ceiling.map { "--ulimit \(limit.name) is lowered to \($0): to give more needs CAP_SYS_RESOURCE" }
        }
        // Root is refused at the launch, by a runtime that may know better.
        if let score = grants.score, geteuid() != 0, let own = Self.score(of: supervisor), score < own,
            !Self.mayHave(score)
        {
            sentences.append("--oom-score-adj stays at \(own): to go down to \(score) needs root")
        }
        return sentences
    }

    /// See proc_pid_oom_score_adj(5).
    private static func score(of process: pid_t?) -> Int? {
        Files.text("/proc/\(process.map(String.init) ?? "self")/oom_score_adj")?.split(separator: "\n").first
            .flatMap { Int($0) }
    }

    /// Whether this process may have the score. How far down depends on what root has last set, which no file tells, and
    /// which a supervisor has from a process like this one.
    private static func mayHave(_ score: Int) -> Bool {
        let path = "/proc/self/oom_score_adj"
        guard let own = Self.score(of: nil), (try? Files.write("\(score)".utf8, to: path)) != nil else { return false }
        try? Files.write("\(own)".utf8, to: path)
        return true
    }
}
