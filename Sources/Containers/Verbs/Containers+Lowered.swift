import Glibc
import Linux

extension Containers {
    /// Says what this process may not give to a program, which then starts with less: a host whose root lacks
    /// CAP_SYS_RESOURCE, and a user without root, still run containers.
    func warnOfLowered(_ new: NewContainer) {
        for limit in new.ulimits {
            guard let number = ResourceLimit.number(limit.name.uppercased()),
                let hard = ResourceLimit.makeRoom(number, for: limit.hard)
            else { continue }
            warn("--ulimit \(limit.name) is lowered to \(hard): to give more needs CAP_SYS_RESOURCE")
        }
        // Root is refused at the launch, by a runtime that may know better.
        guard let score = new.oomScoreAdjustment, geteuid() != 0, let own = Self.ownScore,
            score < own, !Self.mayHave(score, insteadOf: own)
        else { return }
        warn("--oom-score-adj stays at \(own): to go down to \(score) needs root")
    }

    /// See proc_pid_oom_score_adj(5).
    private static let scorePath = "/proc/self/oom_score_adj"

    private static var ownScore: Int? {
        Files.text(scorePath)?.split(separator: "\n").first.flatMap { Int($0) }
    }

    /// Whether this process may have the score. How far down depends on what root has last set, which no file tells.
    private static func mayHave(_ score: Int, insteadOf own: Int) -> Bool {
        guard (try? Files.write("\(score)".utf8, to: scorePath)) != nil else { return false }
        try? Files.write("\(own)".utf8, to: scorePath)
        return true
    }
}
