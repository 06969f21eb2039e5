import Cgroups
import Monitoring
import TerminalKit

/// A line of the limits panel.
enum LimitRow: Int, CaseIterable, Hashable, Sendable {
    case cpu, weight, cores, memory, swap, processes, diskRead, diskWrite, received, sent

    var title: String {
        switch self {
        case .cpu: "CPU"
        case .weight: "CPU weight"
        case .cores: "Cores"
        case .memory: "Memory"
        case .swap: "Swap"
        case .processes: "Processes"
        case .diskRead: "Disk read"
        case .diskWrite: "Disk write"
        case .received: "Net receive"
        case .sent: "Net send"
        }
    }

    /// The limit as text; `nil` where there is none.
    func text(_ limits: Limits) -> String? {
        switch self {
        case .cpu: limits.cpus.map(Format.cores)
        case .weight: limits.cpuWeight.map { "\($0)" }
        case .cores: limits.cores
        case .memory: limits.memory.map(Format.limit)
        case .swap: limits.swap.map { $0 == 0 ? "0" : Format.limit($0) }
        case .processes: limits.processes.map { "\($0)" }
        case .diskRead: limits.devices.compactMap(\.readBytes).min().map { "\(Format.limit($0))/s" }
        case .diskWrite: limits.devices.compactMap(\.writeBytes).min().map { "\(Format.limit($0))/s" }
        case .received: limits.networkReceived.map { "\(Format.limit($0))/s" }
        case .sent: limits.networkSent.map { "\(Format.limit($0))/s" }
        }
    }

    /// The same, with what holds where there is no limit.
    func word(_ limits: Limits) -> String {
        if let text = text(limits) { return text }
        return switch self {
        case .weight: "\(Limits.usualCPUWeight)"
        case .cores: "all"
        default: "unlimited"
        }
    }

    /// `limits` without this one.
    func lifted(_ limits: Limits) -> Limits {
        var limits = limits
        switch self {
        case .cpu: limits.cpus = nil
        case .weight: limits.cpuWeight = nil
        case .cores: limits.cores = nil
        case .memory: limits.memory = nil
        case .swap: limits.swap = nil
        case .processes: limits.processes = nil
        case .diskRead: for index in limits.devices.indices { limits.devices[index].readBytes = nil }
        case .diskWrite: for index in limits.devices.indices { limits.devices[index].writeBytes = nil }
        case .received: limits.networkReceived = nil
        case .sent: limits.networkSent = nil
        }
        limits.devices.removeAll { $0 == DeviceRate(major: $0.major, minor: $0.minor) }
        return limits
    }

    /// What a person typed as a limit: `1.5`, `512m`, `2G`, `0-3`, `10M`. Throws what is wrong with it.
    func parsed(_ text: String, into limits: Limits, host: HostReading) throws(Refused) -> Limits {
        var limits = limits
        let word = text.split(separator: " ").joined().lowercased()
        if ["max", "unlimited", "none", "-"].contains(word) { return lifted(limits) }
        switch self {
        case .cpu:
            guard let cores = Double(word), cores >= 0.01, cores <= 1_024 else {
                throw Refused("\"\(text)\" is not a number of cores: 0.5, 2")
            }
            limits.cpus = cores
        case .weight:
            guard let weight = UInt64(word), (1...10_000).contains(weight) else {
                throw Refused("a weight is a whole number from 1 to 10000; 100 is usual")
            }
            limits.cpuWeight = weight
        case .cores:
            guard let list = CoreList(word), let highest = list.cores.max(), highest < host.cores else {
                throw Refused("cores are given as 0-2,5; this machine has 0-\(host.cores - 1)")
            }
            limits.cores = list.description
        case .memory: limits.memory = try bytes(word, text, least: 1 << 20)
        case .swap: limits.swap = try bytes(word, text, least: 0)
        case .processes:
            guard let count = UInt64(word), (1...4_194_304).contains(count) else {
                throw Refused("\"\(text)\" is not a number of processes: 64")
            }
            limits.processes = count
        case .diskRead, .diskWrite:
            let rate = try bytes(word.hasSuffix("/s") ? String(word.dropLast(2)) : word, text, least: 4_096)
            try set(rate, in: &limits, host)
        case .received, .sent:
            let rate = try bytes(word.hasSuffix("/s") ? String(word.dropLast(2)) : word, text, least: 8_192)
            if self == .received { limits.networkReceived = rate } else { limits.networkSent = rate }
        }
        return limits
    }

    /// `limits` of another container with this row's limit of `source`: a disk rate for the disks that it has one for.
    func carried(from source: Limits, to limits: Limits, host: HostReading) -> Limits {
        guard self == .diskRead || self == .diskWrite, let rate = rate(source) else {
            return LimitChange(row: self, limits: source).applied(to: limits)
        }
        return (try? parsed("\(rate)", into: limits, host: host)) ?? limits
    }

    private func bytes(_ word: String, _ text: String, least: UInt64) throws(Refused) -> UInt64 {
        guard let bytes = ByteCount.parse(word) else {
            throw Refused("\"\(text)\" is not a size: 64m, 1.5g")
        }
        guard bytes >= least else { throw Refused("at least \(Format.limit(least))") }
        return bytes
    }

    /// A disk rate holds for each disk that is limited already, else for the one under the containers.
    private func set(_ rate: UInt64, in limits: inout Limits, _ host: HostReading) throws(Refused) {
        if limits.devices.isEmpty {
            guard let disk = host.disks.first else {
                throw Refused("no disk is known whose rate could be limited")
            }
            limits.devices = [DeviceRate(major: disk.major, minor: disk.minor)]
        }
        for index in limits.devices.indices {
            if self == .diskRead { limits.devices[index].readBytes = rate }
            if self == .diskWrite { limits.devices[index].writeBytes = rate }
        }
    }
}

/// Sizes as people type them.
enum ByteCount {
    /// `512`, `64k`, `64m`, `1.5g`, `2GiB`; powers of 1024. `nil` for anything else.
    static func parse(_ text: String) -> UInt64? {
        var word = text.lowercased()[...]
        for ending in ["ib", "b"] where word.hasSuffix(ending) && word.count > ending.count {
            word = word.dropLast(ending.count)
            break
        }
        var scale = 1.0
        if let unit = word.last, let power = "kmgt".firstIndex(of: unit) {
            for _ in 0...("kmgt".distance(from: "kmgt".startIndex, to: power)) { scale *= 1_024 }
            word = word.dropLast()
        }
        guard word.allSatisfy({ ("0"..."9").contains($0) || $0 == "." }), let value = Double(word), value >= 0,
            value * scale < 1e18
        else { return nil }
        return UInt64((value * scale).rounded())
    }
}

/// A set of cores as the kernel writes it: `0-2,5`.
struct CoreList: Hashable, CustomStringConvertible {
    var cores: Set<Int>

    init(cores: Set<Int>) { self.cores = cores }

    init?(_ text: String) {
        cores = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard let first = ends[0], let last = ends.count == 2 ? ends[1] : first, ends.count <= 2, first >= 0,
                last >= first, last < 8_192
            else { return nil }
            cores.formUnion(first...last)
        }
        if cores.isEmpty { return nil }
    }

    var description: String {
        let sorted = cores.sorted()
        var parts: [String] = []
        var index = 0
        while index < sorted.count {
            var end = index
            while end + 1 < sorted.count, sorted[end + 1] == sorted[end] + 1 { end += 1 }
            parts.append(end == index ? "\(sorted[index])" : "\(sorted[index])-\(sorted[end])")
            index = end + 1
        }
        return parts.joined(separator: ",")
    }
}
