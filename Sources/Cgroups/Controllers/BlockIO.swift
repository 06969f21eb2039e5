import Linux

/// Disk rates, a device each.
///
/// | | v2 | v1 |
/// |---|---|---|
/// | bytes | `io.max`: `MAJ:MIN rbps=N wbps=N` | `blkio.throttle.read_bps_device`: `MAJ:MIN N` and its sibling |
/// | operations | `io.max`: `riops=N wiops=N` | `blkio.throttle.read_iops_device` and its sibling |
enum BlockIO {
    private struct Rate {
        let path: any WritableKeyPath<DeviceRate, UInt64?> & Sendable
        let key: String
        let file: String
        let title: String
    }

    private static let rates: [Rate] = [
        Rate(path: \.readBytes, key: "rbps", file: "blkio.throttle.read_bps_device", title: "reading, in bytes,"),
        Rate(path: \.writeBytes, key: "wbps", file: "blkio.throttle.write_bps_device", title: "writing, in bytes,"),
        Rate(path: \.readOperations, key: "riops", file: "blkio.throttle.read_iops_device", title: "reads"),
        Rate(path: \.writeOperations, key: "wiops", file: "blkio.throttle.write_iops_device", title: "writes"),
    ]

    static func write(_ limits: Limits, replacing old: Limits, to group: Cgroup) throws(CgroupError) {
        if limits.devices == old.devices { return }
        guard let directory = try group.directory(of: .io, lifting: limits.devices.isEmpty) else { return }
        let gone = old.devices.filter { was in !limits.devices.contains { $0.isSameDevice(as: was) } }
        for device in gone {
            try write(DeviceRate(major: device.major, minor: device.minor), replacing: device, to: directory)
        }
        for device in limits.devices {
            let was = old.devices.first { $0.isSameDevice(as: device) }
            try write(device, replacing: was ?? DeviceRate(major: device.major, minor: device.minor), to: directory)
        }
    }

    private static func write(
        _ device: DeviceRate, replacing old: DeviceRate, to directory: Directory
    ) throws(CgroupError) {
        let name = "\(device.major):\(device.minor)"
        let changed = rates.filter { device[keyPath: $0.path] != old[keyPath: $0.path] }
        let reasons: [Errno: String] = [
            .noSuchDevice: "there is no such disk; a partition's rate is that of its whole disk",
            .invalid: "a rate is a number above 0", Errno(rawValue: 34): "a rate is a number above 0",  // ERANGE
        ]
        for rate in changed where device[keyPath: rate.path] == 0 {
            throw .limitRefused(limit: "\(rate.title) of disk \(name)", reason: "a rate is a number above 0")
        }
        switch directory.version {
        case .v2:
            if changed.isEmpty { return }
            let words = changed.map { "\($0.key)=\(device[keyPath: $0.path].map(String.init) ?? "max")" }
            let value = "\(name) \(words.joined(separator: " "))"
            try directory.limit("rates of disk \(name)", value, to: "io.max", reasons: reasons)
        case .v1:
            for rate in changed {
                // 0 lifts a rate.
                let value = "\(name) \(device[keyPath: rate.path] ?? 0)"
                try directory.limit("\(rate.title) of disk \(name)", value, to: rate.file, reasons: reasons)
            }
        }
    }

    static func read(_ limits: inout Limits, from directory: Directory) {
        switch directory.version {
        case .v2:
            for line in (directory.text("io.max") ?? "").split(separator: "\n") {
                let words = line.split(separator: " ")
                guard let first = words.first else { continue }
                for word in words.dropFirst() {
                    guard let equals = word.firstIndex(of: "="), let value = UInt64(word[word.index(after: equals)...]),
                        let rate = rates.first(where: { $0.key == word[..<equals] })
                    else { continue }
                    set(rate, of: first, to: value, in: &limits)
                }
            }
        case .v1:
            for rate in rates {
                for line in (directory.text(rate.file) ?? "").split(separator: "\n") {
                    let words = line.split(separator: " ")
                    if words.count == 2, let value = UInt64(words[1]) {
                        set(rate, of: words[0], to: value, in: &limits)
                    }
                }
            }
        }
    }

    private static func set(_ rate: Rate, of device: Substring, to value: UInt64, in limits: inout Limits) {
        let numbers = device.split(separator: ":")
        guard numbers.count == 2, let major = UInt32(numbers[0]), let minor = UInt32(numbers[1]) else { return }
        let wanted = DeviceRate(major: major, minor: minor)
        let index = limits.devices.firstIndex { $0.isSameDevice(as: wanted) } ?? limits.devices.endIndex
        if index == limits.devices.endIndex { limits.devices.append(wanted) }
        limits.devices[index][keyPath: rate.path] = value
    }
}

extension DeviceRate {
    func isSameDevice(as other: DeviceRate) -> Bool { major == other.major && minor == other.minor }
}
