import Cgroups
import Linux
import Monitoring
import Records

/// Changes limits of containers at once, in the kernel and in the record, and signals single processes.
package struct LiveControls: ContainerControls {
    private let containers: Containers

    package init(_ containers: Containers) { self.containers = containers }

    package mutating func limit(_ id: String, _ change: (Limits) -> Limits) throws(Refused) -> Limits {
        do { return try containers.limit(id, change) } catch { throw Refused(error.description) }
    }

    package mutating func signal(_ process: ProcessIdentity, of id: String, _ name: String) throws(Refused) {
        guard let number = SignalNames.number(name) else { throw Refused("there is no signal \(name)") }
        do { try containers.send(number, to: process, of: id) } catch { throw Refused(error.description) }
    }
}

extension Containers {
    /// Changes the limits of container `id`. Returns what they are then.
    func limit(_ id: String, _ change: (Limits) -> Limits) throws(ContainerError) -> Limits {
        var old = Limits()
        let record = try self.change(id) { (record) throws(ContainerError) in
            old = record.limits
            record.limits = change(old)
            try LimitsCheck.check(record.limits)
            try LimitsCheck.check(ratesOf: record.limits, replacing: old, in: record.network)
        }
        if record.limits == old { return old }
        say(.limited, record, LimitsText.change(from: old, to: record.limits))
        // Not waited for: its supervisor only needs to know before the next start.
        if let client = try? client(of: id) { try? client.send(.reload) }
        return record.limits
    }
}

extension LimitsText {
    /// What differs, as a part of a sentence: `memory 1 GiB → 512 MiB, processes 64 → no limit`.
    static func change(from old: Limits, to new: Limits) -> String {
        func each(_ limits: Limits) -> [(String, String?)] {
            [
                ("CPU", limits.cpus.map { "\($0) cores" }),
                ("CPU weight", "\(limits.cpuWeight ?? Limits.usualCPUWeight)"), ("cores", limits.cores ?? "all"),
                ("memory", limits.memory.map(bytes)),
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
