import Cgroups
import Glibc
import Linux

/// Block devices by path, as the controllers want them: by number, and whole.
enum BlockDevice {
    /// Major and minor of the disk that `path` is, or is a partition of: rates hold for whole disks only.
    static func number(_ path: String) throws(ContainerError) -> (major: UInt32, minor: UInt32) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw ContainerError(.notFound, "cannot limit \(path): \(Errno.current)")
        }
        guard status.st_mode & S_IFMT == S_IFBLK else {
            throw ContainerError(.invalid, "cannot limit \(path): it is not a block device (lsblk lists them)")
        }
        let number = DeviceNumber.split(status.st_rdev)
        let folder = "/sys/dev/block/\(number.major):\(number.minor)"
        guard Files.exists("\(folder)/partition"), let whole = Files.text("\(folder)/../dev") else { return number }
        let parts = whole.split { $0 == ":" || $0 == "\n" }.compactMap { UInt32($0) }
        return parts.count == 2 ? (parts[0], parts[1]) : number
    }

    /// `rates` merged into one entry a device; 0 lifts a rate.
    static func merge(_ requests: [DeviceRateRequest], into rates: [DeviceRate]) throws(ContainerError) -> [DeviceRate]
    {
        var rates = rates
        for request in requests {
            let (major, minor) = try number(request.path)
            let index = rates.firstIndex { $0.major == major && $0.minor == minor }
            var rate = index.map { rates[$0] } ?? DeviceRate(major: major, minor: minor)
            let value = request.rate == 0 ? nil : request.rate
            switch request.kind {
            case .readBytes: rate.readBytes = value
            case .writeBytes: rate.writeBytes = value
            case .readOperations: rate.readOperations = value
            case .writeOperations: rate.writeOperations = value
            }
            if let index { rates[index] = rate } else { rates.append(rate) }
        }
        return rates
    }
}

/// A device's number in stat(2), taken apart: the macros `major` and `minor` of <sys/sysmacros.h>.
enum DeviceNumber {
    static func split(_ device: dev_t) -> (major: UInt32, minor: UInt32) {
        let device = UInt64(device)
        return (
            UInt32(truncatingIfNeeded: (device >> 8 & 0xFFF) | (device >> 32 & ~0xFFF)),
            UInt32(truncatingIfNeeded: (device & 0xFF) | (device >> 12 & ~0xFF))
        )
    }
}
