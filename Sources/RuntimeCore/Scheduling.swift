import CLinux
import Linux
import OCI

/// How the kernel gives a process its turns. See sched_setattr(2), sched_setaffinity(2).
extension OCI.RuntimeSpec.Scheduler {
    // <linux/sched.h>, <linux/sched/types.h>
    private static let policies: [String: UInt32] = [
        "SCHED_OTHER": 0, "SCHED_FIFO": 1, "SCHED_RR": 2, "SCHED_BATCH": 3, "SCHED_ISO": 4, "SCHED_IDLE": 5,
        "SCHED_DEADLINE": 6,
    ]
    private static let flagNumbers: [String: UInt64] = [
        "SCHED_FLAG_RESET_ON_FORK": 0x01, "SCHED_FLAG_RECLAIM": 0x02, "SCHED_FLAG_DL_OVERRUN": 0x04,
        "SCHED_FLAG_KEEP_POLICY": 0x08, "SCHED_FLAG_KEEP_PARAMS": 0x10, "SCHED_FLAG_UTIL_CLAMP_MIN": 0x20,
        "SCHED_FLAG_UTIL_CLAMP_MAX": 0x40,
    ]

    func check(_ path: String) throws(LaunchError) {
        if Self.policies[policy] == nil { throw wrong("\(path).policy", "there is no policy \(policy)") }
        for flag in flags where Self.flagNumbers[flag] == nil {
            throw wrong("\(path).flags", "there is no flag \(flag)")
        }
        if let nice, !(-20...19).contains(nice) { throw wrong("\(path).nice", "it goes from -20 to 19") }
        if let priority, priority != 0, policy != "SCHED_FIFO", policy != "SCHED_RR" {
            throw wrong("\(path).priority", "only SCHED_FIFO and SCHED_RR have one")
        }
    }

    /// Sets it for the calling process.
    func apply() throws(LaunchError) {
        let flags = flags.reduce(UInt64(0)) { $0 | (Self.flagNumbers[$1] ?? 0) }
        try during(.priority, on: policy) { () throws(SystemCallError) in
            try systemCall("set the scheduler") {
                clinux_sched_setattr(
                    Self.policies[policy] ?? 0, flags, nice ?? 0, UInt32(clamping: priority ?? 0), runtime ?? 0,
                    deadline ?? 0, period ?? 0)
            }
        }
    }
}

extension CoreList {
    /// Lets the calling process run on the cores of `list` alone; no list is no change.
    static func apply(_ list: String?) throws(LaunchError) {
        guard let list, !list.isEmpty, let cores = cores(list) else { return }
        let mask = mask(cores)
        try during(.priority, on: list) { () throws(SystemCallError) in
            try systemCall("run on these cores") { clinux_sched_setaffinity(mask, mask.count * 8) }
        }
    }
}
