import Cgroups

/// One limit that is changed. The others stay as they are, whoever has set them meanwhile.
package struct LimitChange: Hashable, Sendable {
    var row: LimitRow
    /// Only the limit of `row` is meant.
    var limits: Limits

    /// `limits` with this change.
    package func applied(to limits: Limits) -> Limits {
        let source = self.limits
        var limits = limits
        switch row {
        case .cpu: limits.cpus = source.cpus
        case .weight: limits.cpuWeight = source.cpuWeight
        case .cores: limits.cores = source.cores
        case .memory: limits.memory = source.memory
        case .swap: limits.swap = source.swap
        case .processes: limits.processes = source.processes
        case .diskRead: set(\.readBytes, in: &limits)
        case .diskWrite: set(\.writeBytes, in: &limits)
        case .received: limits.networkReceived = source.networkReceived
        case .sent: limits.networkSent = source.networkSent
        }
        return limits
    }

    private func set(_ rate: WritableKeyPath<DeviceRate, UInt64?>, in limits: inout Limits) {
        limits = row.lifted(limits)
        for device in self.limits.devices where device[keyPath: rate] != nil {
            let known = limits.devices.firstIndex { $0.major == device.major && $0.minor == device.minor }
            if known == nil { limits.devices.append(DeviceRate(major: device.major, minor: device.minor)) }
            limits.devices[known ?? limits.devices.count - 1][keyPath: rate] = device[keyPath: rate]
        }
    }
}
