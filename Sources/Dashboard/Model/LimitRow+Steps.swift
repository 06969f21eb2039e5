import Cgroups
import Monitoring
import TerminalKit

extension LimitRow {
    /// A step less (−1) or more (1). From no limit, less starts at what makes a difference, and more ends at none where
    /// the machine has no more; `nil` where there is no further step.
    func nudged(_ limits: Limits, by direction: Int, _ container: ContainerReading, _ host: HostReading) -> Limits? {
        var new = limits
        switch self {
        case .cpu:
            guard let cpus = limits.cpus else {
                new.cpus = direction < 0 ? Double(host.cores) : nil
                return direction < 0 ? new : nil
            }
            let tenths = (cpus * 10).rounded() + Double(direction)
            new.cpus = direction > 0 && tenths > Double(host.cores) * 10 ? nil : max(0.1, tenths / 10)
        case .weight:
            let weight = limits.cpuWeight ?? Limits.usualCPUWeight
            new.cpuWeight = UInt64(min(max(stepped(weight, direction, parts: 8), 1), 10_000))
        case .cores:
            let count = limits.cores.flatMap(CoreList.init)?.cores.count ?? host.cores
            let next = min(max(count + direction, 1), host.cores)
            new.cores = next == host.cores ? nil : CoreList(cores: Set(0..<next)).description
        case .memory:
            guard let memory = limits.memory else {
                guard direction < 0 else { return nil }
                new.memory = roundedUp(max(container.usage.memory ?? 0, 4 << 20) * 2)
                return new
            }
            let next = max(4 << 20, stepped(memory, direction, parts: 8))
            new.memory = direction > 0 && next > host.memory ?? .max ? nil : next
        case .swap:
            guard let swap = limits.swap else {
                new.swap = direction < 0 ? roundedUp(max(container.usage.swap ?? 0, 64 << 20)) : nil
                return direction < 0 ? new : nil
            }
            if swap == 0 && direction < 0 { return nil }
            new.swap = swap == 0 ? 16 << 20 : swap <= 16 << 20 && direction < 0 ? 0 : stepped(swap, direction, parts: 8)
        case .processes:
            guard let processes = limits.processes else {
                new.processes = direction < 0 ? roundedUp(max(container.usage.processes ?? 0, 16) * 2) : nil
                return direction < 0 ? new : nil
            }
            new.processes = max(1, stepped(processes, direction, parts: 8))
        case .diskRead, .diskWrite, .received, .sent: return rateNudged(limits, by: direction, container, host)
        }
        return new == limits ? nil : new
    }

    /// The limit of a row of rates, in bytes a second.
    func rate(_ limits: Limits) -> UInt64? {
        switch self {
        case .diskRead: limits.devices.compactMap(\.readBytes).min()
        case .diskWrite: limits.devices.compactMap(\.writeBytes).min()
        case .received: limits.networkReceived
        case .sent: limits.networkSent
        case .cpu, .weight, .cores, .memory, .swap, .processes: nil
        }
    }

    /// Whether the row is one of rates.
    var isRate: Bool { [.diskRead, .diskWrite, .received, .sent].contains(self) }

    private func rateNudged(
        _ limits: Limits, by direction: Int, _ container: ContainerReading, _ host: HostReading
    ) -> Limits? {
        let now = rate(limits)
        let inUse =
            switch self {
            case .diskRead: container.diskRead ?? 0
            case .diskWrite: container.diskWritten ?? 0
            case .received: container.received ?? 0
            case .sent: container.sent ?? 0
            default: 0.0
            }
        if now == nil, direction > 0 { return nil }
        let rate =
            now.map { max(64 << 10, stepped($0, direction, parts: 4)) }
            ?? roundedUp(max(UInt64(min(inUse, 1e15)), 8 << 20) * 2)
        let new = try? parsed("\(rate)", into: limits, host: host)
        return new == limits ? nil : new
    }

    /// The value a step further: an eighth (`parts`) of the power of two at or below it, so that a few presses change
    /// any size by half and every value is round.
    private func stepped(_ value: UInt64, _ direction: Int, parts: UInt64) -> UInt64 {
        func power(_ value: UInt64) -> UInt64 { value == 0 ? 1 : 1 << UInt64(63 - value.leadingZeroBitCount) }
        let step = max(1, power(direction < 0 ? max(1, value - 1) : value) / parts)
        if direction > 0 { return (value / step + 1) * step }
        return value <= step ? 1 : (value - 1) / step * step
    }

    private func roundedUp(_ value: UInt64) -> UInt64 {
        var power: UInt64 = 1
        while power < value, power < 1 << 62 { power <<= 1 }
        return power
    }

    /// The next of a few usual values, in a circle.
    func preset(after limits: Limits, _ host: HostReading) -> Limits? {
        let words: [String]
        switch self {
        case .cpu: words = ["0.25", "0.5", "1", "2", "4", "8"].filter { (Double($0) ?? 0) <= Double(host.cores) }
        case .weight: words = ["25", "50", "100", "200", "400"]
        case .cores: words = (0..<min(host.cores, 4)).map { "0-\($0)" } + ["max"]
        case .memory: words = ["64m", "128m", "256m", "512m", "1g", "2g", "4g", "8g"]
        case .swap: words = ["0", "64m", "256m", "512m", "1g"]
        case .processes: words = ["16", "32", "64", "128", "256", "512", "1024"]
        case .diskRead, .diskWrite, .received, .sent: words = ["1m", "5m", "10m", "50m", "100m", "max"]
        }
        let values = words.compactMap { try? parsed($0, into: limits, host: host) }
        guard let here = values.firstIndex(of: limits) else {
            return values.first { magnitude($0) > magnitude(limits) } ?? values.first
        }
        return values[(here + 1) % values.count]
    }

    private func magnitude(_ limits: Limits) -> Double {
        switch self {
        case .cpu: limits.cpus ?? .infinity
        case .weight: Double(limits.cpuWeight ?? Limits.usualCPUWeight)
        case .cores: Double(limits.cores.flatMap(CoreList.init)?.cores.count ?? 0)
        case .memory: limits.memory.map { Double($0) } ?? .infinity
        case .swap: limits.swap.map { Double($0) } ?? .infinity
        case .processes: limits.processes.map { Double($0) } ?? .infinity
        case .diskRead, .diskWrite, .received, .sent: rate(limits).map { Double($0) } ?? .infinity
        }
    }

    /// What follows when the limit in `limits` is below what is in use; `nil` where it is not.
    func danger(_ limits: Limits, _ container: ContainerReading) -> String? {
        switch self {
        case .memory:
            // Page cache is given up for the asking.
            let usage = container.usage
            guard let limit = limits.memory, let used = usage.memoryOfPrograms ?? usage.memoryInUse, limit < used
            else { return nil }
            return
                "below the \(Format.size(used)) in use: the kernel will reclaim \(Format.size(used - limit)), or kill."
        case .swap:
            guard let limit = limits.swap, let used = container.usage.swap, limit < used else { return nil }
            return "below the \(Format.size(used)) swapped out: the kernel may refuse, or reclaim slowly."
        case .processes:
            guard let limit = limits.processes, let used = container.usage.processes, limit < used else { return nil }
            return "below the \(used) that are there: they stay, but none can start another."
        case .cpu, .weight, .cores, .diskRead, .diskWrite, .received, .sent: return nil
        }
    }
}
