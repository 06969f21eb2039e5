import Cgroups
import OCI

extension Limits {
    /// The limits that `linux.resources` of a config.json asks for, in this project's units.
    package init(_ resources: OCI.RuntimeSpec.Resources?) {
        self.init()
        guard let resources else { return }
        if let quota = resources.cpu?.quota, quota > 0 {
            cpus = Double(quota) / Double(resources.cpu?.period ?? 100_000)
        }
        if let shares = resources.cpu?.shares, shares > 0 { cpuWeight = CPUWeight.weight(fromShares: shares) }
        if let cpus = resources.cpu?.cpus, !cpus.isEmpty { cores = cpus }
        if let limit = resources.memory?.limit, limit > 0 {
            memory = UInt64(limit)
            // The specification's swap is memory and swap together.
            if let both = resources.memory?.swap, both >= limit { swap = UInt64(both - limit) }
        }
        if let reservation = resources.memory?.reservation, reservation > 0 { memoryReservation = UInt64(reservation) }
        if let limit = resources.pids?.limit, limit > 0 { processes = UInt64(limit) }
        addRates(resources.blockIO?.throttleReadBpsDevice, \.readBytes)
        addRates(resources.blockIO?.throttleWriteBpsDevice, \.writeBytes)
        addRates(resources.blockIO?.throttleReadIOPSDevice, \.readOperations)
        addRates(resources.blockIO?.throttleWriteIOPSDevice, \.writeOperations)
    }

    private mutating func addRates(
        _ throttles: [OCI.RuntimeSpec.Throttle]?, _ rate: WritableKeyPath<DeviceRate, UInt64?>
    ) {
        for throttle in throttles ?? [] {
            let (major, minor) = (UInt32(clamping: throttle.major), UInt32(clamping: throttle.minor))
            let index = devices.firstIndex { $0.major == major && $0.minor == minor } ?? devices.count
            if index == devices.count { devices.append(DeviceRate(major: major, minor: minor)) }
            devices[index][keyPath: rate] = throttle.rate
        }
    }
}

/// The device filter of a container: the rules of its config.json, then what every container may use.
enum DeviceFilter {
    /// `nil` where config.json has no rules: then every device may be used.
    static func rules(_ rules: [OCI.RuntimeSpec.DeviceRule]) throws(LaunchError) -> [DeviceRule]? {
        if rules.isEmpty { return nil }
        var filter: [DeviceRule] = []
        for rule in rules {
            guard let access = DeviceRule.Access(letters: rule.access ?? "rwm") else {
                throw LaunchError(.configuration, "the device access \"\(rule.access ?? "")\" is not of r, w and m")
            }
            let kind: DeviceRule.Kind?
            switch rule.type {
            case nil, "", "a": kind = nil
            case "c", "u": kind = .character
            case "b": kind = .block
            default: throw LaunchError(.configuration, "the device type \"\(rule.type ?? "")\" is not a, b or c")
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
    private static let usual: [DeviceRule] =
        [
            DeviceRule(allow: true, kind: .character, access: .make),
            DeviceRule(allow: true, kind: .block, access: .make),
            DeviceRule(allow: true, kind: .character, major: 136),
        ]
        + ([(1, 3), (1, 5), (1, 7), (1, 8), (1, 9), (5, 0), (5, 2)] as [(UInt32, UInt32)]).map {
            DeviceRule(allow: true, kind: .character, major: $0, minor: $1)
        }
}
