import Cgroups
import Glibc
import Linux
import Records

/// Whether limits make sense here, before anything is made.
package enum LimitsCheck {
    /// The least memory, in bytes, in which a program can be started at all: below, the kernel kills it as it begins.
    package static let leastMemory: UInt64 = 512 << 10

    /// Cores of this host that are online.
    package static var hostCores: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    package static func check(_ limits: Limits, hostCores: Int = hostCores) throws(ContainerError) {
        if let cpus = limits.cpus {
            guard cpus >= 0.01, cpus <= Double(hostCores) else {
                throw ContainerError(
                    .invalid,
                    "a CPU limit of \(cpus) is not possible: from 0.01 to \(hostCores), the cores of this host")
            }
        }
        if let weight = limits.cpuWeight, !(1...10_000).contains(weight) {
            throw ContainerError(.invalid, "a CPU weight of \(weight) is not possible: from 1 to 10000, 100 is usual")
        }
        if let memory = limits.memory, memory < leastMemory {
            throw ContainerError(
                .invalid, "a memory limit of \(memory) bytes is too small to start a program: at least 512k")
        }
        if let reservation = limits.memoryReservation, let memory = limits.memory, reservation > memory {
            throw ContainerError(
                .invalid, "a memory reservation of \(reservation) bytes is above the limit of \(memory): lower it")
        }
        if limits.swap != nil && limits.memory == nil {
            throw ContainerError(.invalid, "a limit of swap needs one of memory too: add --memory")
        }
        if let processes = limits.processes, processes < 1 || processes > 4_194_304 {
            throw ContainerError(
                .invalid, "a limit of \(processes) processes is not possible: from 1 to 4194304 (the kernel's most)")
        }
        for rate in [limits.networkReceived, limits.networkSent] {
            guard let rate, rate < 8_192 else { continue }
            throw ContainerError(
                .invalid, "a network rate of \(rate) bytes a second is too little for a connection: at least 8k")
        }
        if let cores = limits.cores { try check(cores: cores, hostCores: hostCores) }
    }

    /// Network rates hold at a cable of the container's own, which nothing but a bridge has.
    ///
    /// - Parameter old: rates that were there before, by an older version, are no reason to refuse another change.
    static func check(
        ratesOf limits: Limits, replacing old: Limits = Limits(), in network: NetworkRequest?
    ) throws(ContainerError) {
        let network = network ?? NetworkRequest(.none)
        let isNew =
            limits.networkReceived != nil && limits.networkReceived != old.networkReceived
            || limits.networkSent != nil && limits.networkSent != old.networkSent
        guard isNew, network.mode != .bridges else { return }
        throw ContainerError(
            .unsupported,
            "a network rate is for containers in networks with a bridge, which are root's (--network boxtop): nothing "
                + "would hold it with --network \(network.word)")
    }

    /// A list such as `0-2,5` of cores that the host has.
    private static func check(cores: String, hostCores: Int) throws(ContainerError) {
        let form = "“\(cores)” is not a list of cores of this host: as in 0-2,5, from 0 to \(hostCores - 1)"
        guard !cores.isEmpty else { throw ContainerError(.invalid, form) }
        for part in cores.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1],
                0 <= first, first <= last, last < hostCores
            else { throw ContainerError(.invalid, form) }
        }
    }
}
