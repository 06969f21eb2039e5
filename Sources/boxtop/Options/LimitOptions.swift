import ArgumentParser
import Cgroups
import Containers
import Flags

/// What a container may use: the same for those that make one and for `update`.
struct LimitOptions: ParsableArguments {
    @Option(name: .customLong("cpus"), parsing: .unconditional, help: "Cores that it may use, as in 1.5.")
    var cpus: String?
    @Option(
        name: .customLong("cpu-quota"), parsing: .unconditional,
        help: "The same in microseconds of each --cpu-period; -1 for no limit.")
    var quota: String?
    @Option(name: .customLong("cpu-period"), help: "Microseconds, 100000 unless given.")
    var period: String?
    @Option(
        name: .joined("c", "cpu-shares"), parsing: .unconditional,
        help: "Share of the CPU among neighbours, where 1024 is usual.")
    var cpuShares: String?
    @Option(name: .customLong("cpuset-cpus"), help: "The cores that it may run on, as in 0-2,5.")
    var cores: String?
    @Option(name: .joined("m", "memory"), parsing: .unconditional, help: "Memory with page cache, as in 512m.")
    var memory: String?
    @Option(
        name: .customLong("memory-reservation"), parsing: .unconditional,
        help: "Memory left to it when the host runs short; 0 for none.")
    var memoryReservation: String?
    @Option(
        name: .customLong("memory-swap"), parsing: .unconditional,
        help: "Memory and swap together; the same as --memory for no swap, -1 for no limit.")
    var memorySwap: String?
    @Option(
        name: .customLong("pids-limit"), parsing: .unconditional,
        help: "Processes and threads, 4096 at first; -1 for no limit.")
    var processes: String?
    @Option(
        name: .customLong("network-rate"), parsing: .unconditional,
        help: "Bytes a second that it receives and sends, as in 10m, or 10m/2m; 0 for no limit.")
    var networkRate: String?
    @Option(name: .customLong("device-read-bps"), help: "Bytes a second read from a disk, as in /dev/sda:10m.")
    var readBytes: [String] = []
    @Option(name: .customLong("device-write-bps"), help: "Bytes a second written to a disk.")
    var writeBytes: [String] = []
    @Option(name: .customLong("device-read-iops"), help: "Reads a second from a disk, as in /dev/sda:100.")
    var readOperations: [String] = []
    @Option(name: .customLong("device-write-iops"), help: "Writes a second to a disk.")
    var writeOperations: [String] = []

    /// Whether one of them was given.
    var areGiven: Bool {
        [cpus, quota, period, cpuShares, cores, memory, memoryReservation, memorySwap, processes, networkRate].contains
        {
            $0 != nil
        }
            || [readBytes, writeBytes, readOperations, writeOperations].contains { !$0.isEmpty }
    }

    func apply(to new: inout NewContainer) throws(FlagError) {
        try cpuTime().apply(to: &new.limits.cpus)
        if let cpuShares { new.limits.cpuWeight = try FlagValue("--cpu-shares", cpuShares).cpuShares() }
        if let cores = cores.given { new.limits.cores = try FlagValue("--cpuset-cpus", cores).cores() }
        if let memory { new.limits.memory = try FlagValue("--memory", memory).memory() }
        if let memorySwap {
            new.limits.swap = try FlagValue("--memory-swap", memorySwap).swap(beside: new.limits.memory)
        } else {
            // As in docker: without a word about swap, as much of it as of memory.
            new.limits.swap = new.limits.memory
        }
        if let memoryReservation { new.limits.memoryReservation = try reservation(memoryReservation) }
        if let processes { new.limits.processes = try FlagValue("--pids-limit", processes).processes() }
        if let networkRate {
            (new.limits.networkReceived, new.limits.networkSent) = try networkRates(networkRate)
        }
        new.deviceRates = try rates()
    }

    /// - Parameter memory: the container's limit as it is, for swap.
    func update(memory before: UInt64?) throws(FlagError) -> ContainerUpdate {
        var update = ContainerUpdate()
        update.cpus = try cpuTime()
        if let cpuShares { update.cpuWeight = change(try FlagValue("--cpu-shares", cpuShares).cpuShares()) }
        if let cores { update.cores = cores.isEmpty ? .lift : .set(try FlagValue("--cpuset-cpus", cores).cores()) }
        var limit = before
        if let memory {
            limit = try FlagValue("--memory", memory).memory()
            update.memory = change(limit)
        }
        if let memorySwap { update.swap = change(try FlagValue("--memory-swap", memorySwap).swap(beside: limit)) }
        if let memoryReservation { update.memoryReservation = change(try reservation(memoryReservation)) }
        if let processes { update.processes = change(try FlagValue("--pids-limit", processes).processes()) }
        if let networkRate {
            let (received, sent) = try networkRates(networkRate)
            (update.networkReceived, update.networkSent) = (change(received), change(sent))
        }
        update.deviceRates = try rates()
        return update
    }

    /// By `--cpus`, or by `--cpu-quota`.
    private func cpuTime() throws(FlagError) -> ContainerUpdate.Change<Double> {
        guard let quota else {
            if period != nil {
                throw FlagError("--cpu-period says nothing alone: add --cpu-quota, or write --cpus 1.5")
            }
            guard let cpus else { return .keep }
            return change(try FlagValue("--cpus", cpus).cpus())
        }
        if cpus != nil { throw FlagError("--cpus and --cpu-quota exclude each other: give one of them") }
        let length = try FlagValue("--cpu-period", period ?? "100000").number(in: 1_000...1_000_000)
        let time = try FlagValue("--cpu-quota", quota).number(in: -1...1_000_000_000_000)
        return time <= 0 ? .lift : change(try FlagValue("--cpu-quota", "\(Double(time) / Double(length))").cpus())
    }

    private func reservation(_ text: String) throws(FlagError) -> UInt64? {
        try FlagValue("--memory-reservation", text).memory()
    }

    /// One rate for both directions, or two: `10m/2m`.
    private func networkRates(_ text: String) throws(FlagError) -> (UInt64?, UInt64?) {
        var rates: [UInt64?] = []
        for part in text.split(separator: "/", omittingEmptySubsequences: false) {
            let isLifted = ["0", "-1", "unlimited", "max"].contains(part)
            rates.append(isLifted ? nil : try FlagValue("--network-rate", String(part)).bytes())
        }
        guard let received = rates.first, let sent = rates.last, rates.count <= 2 else {
            throw FlagValue("--network-rate", text).refused("is no rate: write 10m, or 10m/2m")
        }
        return (received, sent)
    }

    private func change<Value>(_ value: Value?) -> ContainerUpdate.Change<Value> { value.map { .set($0) } ?? .lift }

    private func rates() throws(FlagError) -> [DeviceRateRequest] {
        var rates: [DeviceRateRequest] = []
        let flags: [(String, DeviceRateRequest.Kind, [String])] = [
            ("--device-read-bps", .readBytes, readBytes), ("--device-write-bps", .writeBytes, writeBytes),
            ("--device-read-iops", .readOperations, readOperations),
            ("--device-write-iops", .writeOperations, writeOperations),
        ]
        for (name, kind, texts) in flags {
            for text in texts {
                rates.append(
                    try FlagValue(name, text).parsed { text throws(ContainerError) in try Parse.deviceRate(text, kind) }
                )
            }
        }
        return rates
    }
}
