import Cgroups
import Linux
import Monitoring
import Records

/// Sets limits of containers at once: the kernel first, which may refuse, then the record.
package struct LiveLimiter: ContainerLimiter {
    private let containers: Containers

    package init(_ containers: Containers) { self.containers = containers }

    package mutating func apply(_ limits: Limits, to id: String) throws(LimitRefused) {
        do { try containers.setLimits(limits, of: id) } catch { throw LimitRefused(error.description) }
    }
}

extension Containers {
    /// Makes `limits` the limits of container `id`, in the kernel where it runs, and in its record.
    func setLimits(_ limits: Limits, of id: String) throws(ContainerError) {
        try LimitsCheck.check(limits)
        var old = Limits()
        let record = try change(id) { (record) throws(ContainerError) in
            old = record.limits
            if limits == old { return }
            try apply(limits, replacing: old, to: record)
            record.limits = limits
        }
        if limits == old { return }
        say(.limited, record, LimitsText.change(from: old, to: limits))
        // Not waited for: its supervisor only needs to know before the next start.
        if let client = try? ControlClient(connectingTo: layout.controlSocket(id)) { try? client.send(.reload) }
    }
}

extension LimitsText {
    /// What differs, as a part of a sentence: `memory 1 GiB → 512 MiB, processes 64 → no limit`.
    static func change(from old: Limits, to new: Limits) -> String {
        func each(_ limits: Limits) -> [(String, String?)] {
            [
                ("CPU", limits.cpus.map { "\($0) cores" }), ("CPU weight", limits.cpuWeight.map(String.init)),
                ("cores", limits.cores), ("memory", limits.memory.map(bytes)),
                ("memory reservation", limits.memoryReservation.map(bytes)), ("swap", limits.swap.map(bytes)),
                ("processes", limits.processes.map(String.init)),
                ("received", limits.networkReceived.map { "\(bytes($0))/s" }),
                ("sent", limits.networkSent.map { "\(bytes($0))/s" }),
            ]
        }
        var parts = zip(each(old), each(new)).filter { $0.1 != $1.1 }
            .map { "\($0.0) \($0.1 ?? "no limit") → \($1.1 ?? "no limit")" }
        if old.devices != new.devices { parts.append("rates of disks") }
        return parts.joined(separator: ", ")
    }
}
