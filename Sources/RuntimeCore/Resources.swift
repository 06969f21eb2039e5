import Cgroups
import OCI

extension Limits {
    /// The limits that `linux.resources` of a config.json asks for, in this project's units. What has none of this
    /// project's is in `Setting.all`.
    package init(_ resources: OCI.RuntimeSpec.Resources?) {
        self.init()
        if let resources { take(resources) }
    }

    /// Changes what `resources` names; the rest stays.
    package mutating func take(_ resources: OCI.RuntimeSpec.Resources) {
        let total = total
        if let cpus = resources.cpu?.cpus, !cpus.isEmpty { cores = cpus }
        if let limit = resources.memory?.limit, limit != 0 {
            memory = limit > 0 ? UInt64(limit) : nil
            if limit < 0 { swap = nil }
        }
        // The specification's swap is memory and swap together; what is said of memory alone leaves that as it is.
        if let both = resources.memory?.swap, both != 0 {
            swap = both > 0 ? UInt64(both) - min(UInt64(both), memory ?? 0) : nil
        } else if let total, let memory {
            swap = total - min(total, memory)
        }
        if let reservation = resources.memory?.reservation, reservation != 0 {
            memoryReservation = reservation > 0 ? UInt64(reservation) : nil
        }
        if let limit = resources.pids?.limit { processes = limit > 0 ? UInt64(limit) : nil }
        if let disks = resources.blockIO {
            addRates(disks.throttleReadBpsDevice, \.readBytes)
            addRates(disks.throttleWriteBpsDevice, \.writeBytes)
            addRates(disks.throttleReadIOPSDevice, \.readOperations)
            addRates(disks.throttleWriteIOPSDevice, \.writeOperations)
        }
    }

    /// Memory and swap together.
    fileprivate var total: UInt64? {
        guard let memory, let swap else { return nil }
        let (sum, overflow) = memory.addingReportingOverflow(swap)
        return overflow ? nil : sum
    }

    private mutating func addRates(
        _ throttles: [OCI.RuntimeSpec.Throttle], _ rate: WritableKeyPath<DeviceRate, UInt64?>
    ) {
        for throttle in throttles {
            let (major, minor) = (UInt32(clamping: throttle.major), UInt32(clamping: throttle.minor))
            let index = devices.firstIndex { $0.major == major && $0.minor == minor } ?? devices.count
            if index == devices.count { devices.append(DeviceRate(major: major, minor: minor)) }
            // 0 lifts it, as the kernel's own files have it.
            devices[index][keyPath: rate] = throttle.rate == 0 ? nil : throttle.rate
        }
    }
}

extension OCI.RuntimeSpec.Resources {
    /// Refuses what `update` could not do with a group that has `limits`, with the field's path.
    package func checkUpdate(of limits: Limits) throws(LaunchError) {
        try check(updating: true)
        try memory?.checkUpdate(of: limits)
    }
    package func deviceRules() throws(LaunchError) -> [DeviceRule] { try DeviceFilter.rules(devices) ?? [] }
}

extension OCI.RuntimeSpec.Memory {
    fileprivate func checkUpdate(of limits: Limits) throws(LaunchError) {
        let path = "linux.resources.memory"
        let (limit, both) = (limit ?? 0, swap ?? 0)
        let memory = limit == 0 ? limits.memory : limit > 0 ? UInt64(limit) : nil
        if both > 0 {
            guard let memory else { throw wrong("\(path).swap", "it needs a limit of memory") }
            if UInt64(both) < memory { throw wrong("\(path).swap", "\(both) is below the limit of memory, \(memory)") }
        } else if both == 0, limit > 0, let total = limits.total, UInt64(limit) > total {
            throw wrong("\(path).limit", "\(limit) is above the limit of memory and swap together, \(total)")
        }
    }
}

/// The device filter of a container: the rules of its config.json, then what every container may use.
enum DeviceFilter {
    /// Of a container whose config.json has no rules: what every container may use, and nothing else.
    static var none: [DeviceRule] { [DeviceRule(allow: false, access: .all)] + usual }

    /// `nil` where there are no rules.
    static func rules(_ rules: [OCI.RuntimeSpec.DeviceRule]) throws(LaunchError) -> [DeviceRule]? {
        if rules.isEmpty { return nil }
        var filter: [DeviceRule] = []
        for (index, rule) in rules.enumerated() {
            let name = "linux.resources.devices[\(index)]"
            guard let access = DeviceRule.Access(letters: rule.access ?? "rwm") else {
                throw wrong("\(name).access", "\"\(rule.access ?? "")\" is not of r, w and m")
            }
            let kind: DeviceRule.Kind?
            switch rule.type {
            case nil, "", "a": kind = nil
            case "c", "u": kind = .character
            case "b": kind = .block
            default: throw wrong("\(name).type", "\"\(rule.type ?? "")\" is not a, b or c")
            }
            func number(_ value: Int64?) -> UInt32? { value.flatMap { $0 < 0 ? nil : UInt32(clamping: $0) } }
            filter.append(
                DeviceRule(
                    allow: rule.allow, kind: kind, major: number(rule.major), minor: number(rule.minor), access: access)
            )
        }
        return filter + usual
    }

    /// Any node may be made, since what it stands for may still not be opened; and these may be opened: null, zero,
    /// full, random, urandom, tty, the terminals.
    private static let usual = [
        DeviceRule(allow: true, kind: .character, access: .make),
        DeviceRule(allow: true, kind: .block, access: .make),
        DeviceRule(allow: true, kind: .character, major: 136),
        DeviceRule(allow: true, kind: .character, major: 1, minor: 3),
        DeviceRule(allow: true, kind: .character, major: 1, minor: 5),
        DeviceRule(allow: true, kind: .character, major: 1, minor: 7),
        DeviceRule(allow: true, kind: .character, major: 1, minor: 8),
        DeviceRule(allow: true, kind: .character, major: 1, minor: 9),
        DeviceRule(allow: true, kind: .character, major: 5, minor: 0),
        DeviceRule(allow: true, kind: .character, major: 5, minor: 2),
    ]
}
