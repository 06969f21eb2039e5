import Glibc
import Linux

/// CPU time and weight.
///
/// | | v2 | v1 |
/// |---|---|---|
/// | time | `cpu.max`: `QUOTA PERIOD`, in µs | `cpu.cfs_quota_us`, `cpu.cfs_period_us` |
/// | weight | `cpu.weight`, 1…10000, usually 100 | `cpu.shares`, 2…262144, usually 1024 |
enum CPU {
    /// The kernel's usual period, in microseconds.
    static let period: UInt64 = 100_000
    /// The kernel takes no quota below this, in microseconds a period.
    private static let minimumQuota: UInt64 = 1_000

    static func write(_ limits: Limits, replacing old: Limits, to group: Cgroup) throws(CgroupError) {
        if limits.cpus != old.cpus { try write(cpus: limits.cpus, to: group) }
        if limits.cpuWeight != old.cpuWeight { try write(weight: limits.cpuWeight, to: group) }
    }

    private static func write(cpus: Double?, to group: Cgroup) throws(CgroupError) {
        let what = "CPU time to \(cpus.map { "\($0) cores" } ?? "no limit")"
        if let cpus, !(cpus * Double(period) >= Double(minimumQuota)) {
            throw .limitRefused(limit: what, reason: "the least that the kernel takes is 0.01")
        }
        if let cpus, cpus > 1_000_000 { throw .limitRefused(limit: what, reason: "no machine has so many") }
        guard let directory = try group.directory(of: .cpu, lifting: cpus == nil) else { return }
        let quota = cpus.map { UInt64(($0 * Double(period)).rounded()) }
        let reasons: [Errno: String] = [
            .invalid: "a group above it has less CPU time itself",
            .noSuchFile: "the kernel has no CPU bandwidth control",
        ]
        switch directory.version {
        case .v2:
            let value = "\(quota.map(String.init) ?? "max") \(period)"
            try directory.limit(what, value, to: "cpu.max", reasons: reasons)
        case .v1:
            if directory.number("cpu.cfs_period_us") != period {
                try directory.limit(what, String(period), to: "cpu.cfs_period_us", reasons: reasons)
            }
            try directory.limit(what, quota.map(String.init) ?? "-1", to: "cpu.cfs_quota_us", reasons: reasons)
        }
    }

    private static func write(weight: UInt64?, to group: Cgroup) throws(CgroupError) {
        let what = "CPU weight to \(weight.map(String.init) ?? "the usual")"
        if let weight, !(1...10_000).contains(weight) {
            throw .limitRefused(limit: what, reason: "it goes from 1 to 10000, where 100 is usual")
        }
        guard let directory = try group.directory(of: .cpu, lifting: weight == nil) else { return }
        let weight = weight ?? Limits.usualCPUWeight
        switch directory.version {
        case .v2: try directory.limit(what, String(weight), to: "cpu.weight")
        case .v1: try directory.limit(what, String(CPUWeight.shares(fromWeight: weight)), to: "cpu.shares")
        }
    }

    static func read(_ limits: inout Limits, from directory: Directory) {
        switch directory.version {
        case .v2:
            let words = (directory.text("cpu.max") ?? "").split(separator: " ")
            if words.count == 2, let quota = Double(words[0]), let period = Double(words[1]), period > 0 {
                limits.cpus = quota / period
            }
            let weight = directory.number("cpu.weight")
            if weight != Limits.usualCPUWeight { limits.cpuWeight = weight }
        case .v1:
            if let quota = directory.number("cpu.cfs_quota_us"), let period = directory.number("cpu.cfs_period_us"),
                period > 0
            {
                limits.cpus = Double(quota) / Double(period)
            }
            if let shares = directory.number("cpu.shares"), shares != 1024 {
                limits.cpuWeight = CPUWeight.weight(fromShares: shares)
            }
        }
    }
}

/// The two scales of CPU weight: v1's shares (2…262144, usually 1024), which docker's `--cpu-shares` takes too, and
/// v2's weight (1…10000, usually 100).
///
/// The curve goes through both ends and the usual values of both scales, so that a container without a wish competes
/// as an equal: log10(weight) = (l² + 125 l) ÷ 612 − 7 ÷ 34, where l = log2(shares). OCI runtimes agreed on it in 2024.
package enum CPUWeight {
    package static func weight(fromShares shares: UInt64) -> UInt64 {
        let l = log2(Double(min(max(shares, 2), 262_144)))
        // Less a little, so that 2, 1024 and 262144, which are exact on paper, are not lifted by a rounding error.
        return UInt64(min(max(pow(10, (l * l + 125 * l) / 612 - 7.0 / 34) - 1e-6, 1).rounded(.up), 10_000))
    }

    /// The largest number of shares that `weight(fromShares:)` turns into `weight`.
    package static func shares(fromWeight weight: UInt64) -> UInt64 {
        let exponent = log10(Double(min(max(weight, 1), 10_000))) + 7.0 / 34
        let shares = UInt64(pow(2, ((15_625 + 4 * 612 * exponent).squareRoot() - 125) / 2) + 1e-6)
        return min(max(shares, 2), 262_144)
    }
}
