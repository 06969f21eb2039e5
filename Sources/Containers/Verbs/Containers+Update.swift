import Cgroups
import Linux
import Networking
import Records

extension Containers {
    /// Gives a container another name.
    package func rename(_ reference: String, to name: String) throws(ContainerError) {
        try ContainerName.check(name)
        var (old, claimed) = ("", false)
        let id = try id(of: reference)
        let claims = Claims.names(layout)
        // What could not be written down is not so: on a full disk it would have both names.
        defer { if claimed { claims.release(name, by: id) } }
        let record = try change(id) { (record) throws(ContainerError) in
            old = record.name
            if old == name { throw ContainerError(.conflict, "container \(name) has that name already") }
            guard try claims.claim(name, for: record.id) else {
                throw ContainerError(.conflict, "the name “\(name)” is taken: remove or rename that container first")
            }
            (record.name, claimed) = (name, true)
        }
        claimed = false
        claims.release(old, by: record.id)
        if record.network?.needsHooks ?? false { try? Networks(layout).rename(record.id, from: old, to: name) }
        say(.renamed, record, "from \(old)")
        reload(record)
    }

    /// Changes limits and restart policy, of a running container at once.
    @discardableResult
    package func update(_ reference: String, _ update: ContainerUpdate) throws(ContainerError) -> ContainerRecord {
        var old = Limits()
        let record = try change(try id(of: reference)) { (record) throws(ContainerError) in
            old = record.limits
            record.limits = try update.applied(to: old)
            try LimitsCheck.check(record.limits)
            try LimitsCheck.check(ratesOf: record.limits, replacing: old, in: record.network)
            if let restart = update.restart {
                guard !record.autoRemove || restart == .no else {
                    throw ContainerError(.conflict, "--rm and --restart exclude each other")
                }
                record.restart = restart
            }
        }
        if record.limits != old { say(.limited, record, LimitsText.describe(record.limits)) }
        reload(record)
        return record
    }

    /// Makes `limits` the limits of a container that runs, in the kernel alone.
    ///
    /// - Parameter old: what it has now; `nil` asks the kernel.
    func apply(
        _ limits: Limits, replacing old: Limits?, to record: ContainerRecord
    ) throws(ContainerError) {
        switch files.state(of: record.id).status {
        case .running, .paused: break
        case .created, .exited, .restarting, .removing: return
        }
        do throws(CgroupError) {
            // Where there is no control group, nothing else has been limited.
            if limits.ofGroup != old?.ofGroup {
                try Cgroup(layout.cgroup(record.id), in: hierarchy).apply(limits, replacing: old)
            }
        } catch {
            throw ContainerError(.failed, "container \(record.name) keeps its limits: \(error)")
        }
        if let old, (limits.networkReceived, limits.networkSent) == (old.networkReceived, old.networkSent) { return }
        guard record.network?.mode == .bridges else { return }
        try ofNetworks { () throws(NetworkError) in
            try Networks(layout).setRates(of: record.id, received: limits.networkReceived, sent: limits.networkSent)
        }
    }

    /// Its supervisor, where it has one, reads the record again; in place of one that was killed comes one that does. One
    /// that is stopped does so when it goes on, and is said.
    func reload(_ record: ContainerRecord) {
        guard let client = try? client(of: record.id) else {
            adoptIfLost(record)
            return
        }
        do throws(ControlError) { _ = try client.ask(.reload) } catch {
            if case .stopped = error { warn(Self.failure(error, record).description) }
        }
    }
}

extension ContainerUpdate {
    /// `limits` with what this changes.
    func applied(to limits: Limits) throws(ContainerError) -> Limits {
        var limits = limits
        cpus.apply(to: &limits.cpus)
        cpuWeight.apply(to: &limits.cpuWeight)
        cores.apply(to: &limits.cores)
        memory.apply(to: &limits.memory)
        swap.apply(to: &limits.swap)
        memoryReservation.apply(to: &limits.memoryReservation)
        // Without a limit of memory there is none of swap.
        if limits.memory == nil, swap == .keep { limits.swap = nil }
        processes.apply(to: &limits.processes)
        networkReceived.apply(to: &limits.networkReceived)
        networkSent.apply(to: &limits.networkSent)
        limits.devices = try BlockDevice.merge(deviceRates, into: limits.devices)
        return limits
    }
}

extension ContainerUpdate.Change {
    package func apply(to value: inout Value?) {
        switch self {
        case .keep: break
        case .set(let new): value = new
        case .lift: value = nil
        }
    }
}

/// Limits as a part of a sentence.
enum LimitsText {
    /// `cpus 1.5, memory 268435456, processes 64`; `no limits`.
    static func describe(_ limits: Limits) -> String {
        var parts: [String] = []
        if let cpus = limits.cpus { parts.append("cpus \(cpus)") }
        if let weight = limits.cpuWeight { parts.append("cpu weight \(weight)") }
        if let cores = limits.cores { parts.append("cores \(cores)") }
        if let memory = limits.memory { parts.append("memory \(bytes(memory))") }
        if let reservation = limits.memoryReservation { parts.append("memory reservation \(bytes(reservation))") }
        if let swap = limits.swap { parts.append("swap \(bytes(swap))") }
        if let processes = limits.processes { parts.append("processes \(processes)") }
        if let rate = limits.networkReceived { parts.append("receives \(bytes(rate))/s") }
        if let rate = limits.networkSent { parts.append("sends \(bytes(rate))/s") }
        if !limits.devices.isEmpty { parts.append("rates of \(limits.devices.count) devices") }
        return parts.isEmpty ? "no limits" : parts.joined(separator: ", ")
    }

    static func bytes(_ value: UInt64) -> String {
        for (shift, unit) in [(30, "GiB"), (20, "MiB"), (10, "KiB")] as [(UInt64, String)] {
            let one = UInt64(1) << shift
            if value >= one { return value % one == 0 ? "\(value / one) \(unit)" : "\(tenths(value, one)) \(unit)" }
        }
        return "\(value) B"
    }

    private static func tenths(_ value: UInt64, _ one: UInt64) -> String {
        "\(value / one).\(value % one * 10 / one)"
    }
}
