import Linux

/// Memory and swap.
///
/// | | v2 | v1 |
/// |---|---|---|
/// | memory | `memory.max` | `memory.limit_in_bytes` |
/// | reservation | `memory.low` | `memory.soft_limit_in_bytes` |
/// | swap | `memory.swap.max`, on top of memory | `memory.memsw.limit_in_bytes`, memory and swap together |
enum Memory {
    /// What is no limit on v1 is the largest number of pages, in bytes.
    private static let unlimited: UInt64 = 1 << 62

    static func write(_ limits: Limits, replacing old: Limits, to group: Cgroup) throws(CgroupError) {
        let reserves = limits.memoryReservation != old.memoryReservation
        if limits.memory == old.memory && limits.swap == old.swap && !reserves { return }
        let lifting = limits.memory == nil && limits.swap == nil && limits.memoryReservation == nil
        guard let directory = try group.directory(of: .memory, lifting: lifting) else { return }
        switch directory.version {
        case .v2: try writeUnified(limits, replacing: old, to: directory)
        case .v1: try writeLegacy(limits, replacing: old, to: directory)
        }
        if reserves { try writeReservation(limits.memoryReservation, to: directory) }
    }

    private static func writeReservation(_ bytes: UInt64?, to directory: Directory) throws(CgroupError) {
        let sentence = "memory reservation to \(bytes.map { size($0) } ?? "none")"
        switch directory.version {
        case .v2: try directory.limit(sentence, String(bytes ?? 0), to: "memory.low", reasons: [:])
        case .v1:
            let text = bytes.map { String(min($0, unlimited)) } ?? "-1"
            try directory.limit(sentence, text, to: "memory.soft_limit_in_bytes", reasons: [:])
        }
    }

    private static func writeUnified(
        _ limits: Limits, replacing old: Limits, to directory: Directory
    ) throws(CgroupError) {
        if limits.memory != old.memory {
            if let memory = limits.memory { try makeRoom(for: memory, in: directory) }
            try directory.limit(
                sentence(limits.memory), limits.memory.map(String.init) ?? "max", to: "memory.max", reasons: [:])
        }
        if limits.swap != old.swap {
            try directory.limit(
                swapSentence(limits.swap), limits.swap.map(String.init) ?? "max", to: "memory.swap.max",
                reasons: [.noSuchFile: "the kernel counts no swap: boot with swapaccount=1, or add swap space"])
        }
    }

    /// On v2 a limit below what is in use kills, where v1 refuses it. So what is used above the limit is reclaimed
    /// first, by `memory.high`; what cannot be is a refusal.
    private static func makeRoom(for memory: UInt64, in directory: Directory) throws(CgroupError) {
        guard let used = directory.number("memory.current"), used > memory else { return }
        let high = directory.text("memory.high") ?? "max"
        defer { try? directory.write(high, to: "memory.high") }
        for _ in 0..<5 {
            try? directory.write(String(memory), to: "memory.high")
            guard let used = directory.number("memory.current"), used > memory else { return }
        }
        throw .limitRefused(limit: sentence(memory), reason: inUse(directory.number("memory.current") ?? used))
    }

    private static func writeLegacy(
        _ limits: Limits, replacing old: Limits, to directory: Directory
    ) throws(CgroupError) {
        if limits.swap != nil && limits.memory == nil {
            throw .limitRefused(
                limit: swapSentence(limits.swap), reason: "cgroup v1 limits swap only together with memory")
        }
        func memory() throws(CgroupError) {
            if limits.memory == old.memory { return }
            let used = directory.number("memory.usage_in_bytes") ?? 0
            try directory.limit(
                sentence(limits.memory), limits.memory.map(String.init) ?? "-1", to: "memory.limit_in_bytes",
                reasons: [.busy: inUse(used), .invalid: "it is above the limit of memory and swap together"])
        }
        // Memory may never be above memory and swap together, at no moment.
        let (total, oldTotal) = (together(limits), together(old))
        if total > oldTotal { try writeTotal(total, limits, to: directory) }
        try memory()
        if total < oldTotal { try writeTotal(total, limits, to: directory) }
    }

    private static func together(_ limits: Limits) -> UInt64 {
        guard let memory = limits.memory, let swap = limits.swap else { return unlimited }
        let (sum, overflow) = memory.addingReportingOverflow(swap)
        return overflow ? unlimited : min(sum, unlimited)
    }

    private static func writeTotal(_ total: UInt64, _ limits: Limits, to directory: Directory) throws(CgroupError) {
        let used = directory.number("memory.memsw.usage_in_bytes") ?? 0
        try directory.limit(
            swapSentence(limits.swap), total == unlimited ? "-1" : String(total), to: "memory.memsw.limit_in_bytes",
            reasons: [
                .busy: inUse(used), .invalid: "it is below the limit of memory alone",
                .noSuchFile: "the kernel counts no swap: boot with swapaccount=1",
            ])
    }

    private static func sentence(_ bytes: UInt64?) -> String { "memory to \(bytes.map { size($0) } ?? "no limit")" }
    private static func swapSentence(_ bytes: UInt64?) -> String { "swap to \(bytes.map { size($0) } ?? "no limit")" }
    private static func inUse(_ bytes: UInt64) -> String { "\(size(bytes)) is in use and cannot be given back" }

    static func read(_ limits: inout Limits, from directory: Directory) {
        switch directory.version {
        case .v2:
            limits.memory = directory.number("memory.max")
            limits.memoryReservation = directory.number("memory.low").flatMap { $0 == 0 ? nil : $0 }
            limits.swap = directory.number("memory.swap.max")
        case .v1:
            limits.memory = directory.number("memory.limit_in_bytes").flatMap { $0 >= unlimited ? nil : $0 }
            limits.memoryReservation =
                directory.number("memory.soft_limit_in_bytes").flatMap { $0 >= unlimited ? nil : $0 }
            guard let total = directory.number("memory.memsw.limit_in_bytes"), total < unlimited,
                let memory = limits.memory
            else { return }
            limits.swap = total - min(total, memory)
        }
    }
}

/// `512 MiB`: bytes in the largest unit that leaves at least 1, with a decimal where it is not whole.
func size(_ bytes: UInt64) -> String {
    var value = Double(bytes)
    var unit = "bytes"
    for next in ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"] where value >= 1024 { (value, unit) = (value / 1024, next) }
    let tenths = UInt64((value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10) \(unit)" : "\(tenths / 10).\(tenths % 10) \(unit)"
}
