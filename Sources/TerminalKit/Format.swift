/// Numbers as people read them at a glance: few digits, always in the same place.
package enum Format {
    /// Bytes in at most four characters: `0`, `12K`, `1.2M`, `512M`, `31.3G` is never needed: `31G`.
    package static func bytes(_ bytes: Double) -> String {
        guard bytes >= 1 else { return "0" }
        if bytes < 1_000 { return "\(Int(bytes))B" }
        var value = bytes / 1_024
        for unit in units {
            if value < 9.95 { return "\(fixed(value, 1))\(unit)" }
            if value < 999.5 { return "\(Int(value.rounded()))\(unit)" }
            value /= 1_024
        }
        return "\(Int(value.rounded()))Z"
    }

    package static func bytes(_ bytes: UInt64) -> String { self.bytes(Double(bytes)) }

    /// Bytes to the digits that `bytes` shows: what is shown alike is alike.
    package static func rounded(_ bytes: Double) -> Double {
        guard bytes >= 1_000 else { return max(0, bytes).rounded(.down) }
        var unit = 1_024.0
        while bytes / unit >= 999.5 { unit *= 1_024 }
        let value = bytes / unit
        return (value < 9.95 ? (value * 10).rounded() / 10 : value.rounded()) * unit
    }

    /// Bytes as a limit was asked for, exactly where that is short: `512 MiB`, `1.5 GiB`, else rounded.
    package static func limit(_ bytes: UInt64) -> String {
        guard bytes >= 1_024 else { return "\(bytes) B" }
        var unit = 0
        var size: UInt64 = 1_024
        while unit + 1 < units.count, bytes >= size * 1_024 {
            size *= 1_024
            unit += 1
        }
        if bytes % size == 0 { return "\(bytes / size) \(units[unit])iB" }
        // A limit is told exactly where four digits of the next smaller unit do it: `1536 MiB`.
        if unit > 0, bytes % (size / 1_024) == 0, bytes / (size / 1_024) < 10_000 {
            return "\(bytes / (size / 1_024)) \(units[unit - 1])iB"
        }
        return self.size(bytes)
    }

    /// Bytes in use, rounded: `9.6 MiB`, `466 MiB`.
    package static func size(_ bytes: UInt64) -> String {
        var value = Double(bytes)
        guard value >= 1_000 else { return "\(bytes) B" }
        var unit = -1
        while unit + 1 < units.count, value >= 1_000 {
            value /= 1_024
            unit += 1
        }
        return "\(fixed(value, value < 9.95 ? 1 : 0)) \(units[unit])iB"
    }

    private static let units: [Character] = ["K", "M", "G", "T", "P"]

    /// Seconds as the two biggest units: `4s`, `12m`, `3h12m`, `6d`, `6d04h` is never needed.
    package static func duration(_ seconds: Double) -> String {
        let whole = Int(min(max(seconds, 0), 1e10))
        switch whole {
        case ..<60: return "\(whole)s"
        case ..<600: return "\(whole / 60)m\(padded(whole % 60))s"
        case ..<3_600: return "\(whole / 60)m"
        case ..<86_400: return "\(whole / 3_600)h\(padded(whole / 60 % 60))m"
        case ..<(365 * 86_400): return "\(whole / 86_400)d"
        default: return "\(whole / (365 * 86_400))y"
        }
    }

    /// Seconds as the biggest unit alone, for what lies back: `4s`, `2m`, `3h`, `6d`.
    package static func age(_ seconds: Double) -> String {
        let whole = Int(min(max(seconds, 0), 1e10))
        switch whole {
        case ..<60: return "\(whole)s"
        case ..<3_600: return "\(whole / 60)m"
        case ..<86_400: return "\(whole / 3_600)h"
        default: return duration(seconds)
        }
    }

    /// A share as a whole percentage.
    package static func percent(_ fraction: Double) -> String { "\(Int((min(fraction, 1e6) * 100).rounded()))%" }

    /// `value` with `places` digits after the point, without the C library's locale.
    package static func fixed(_ value: Double, _ places: Int) -> String {
        var scale = 1
        for _ in 0..<places { scale *= 10 }
        let scaled = Int((min(max(abs(value), 0), 1e15) * Double(scale)).rounded())
        let sign = value < 0 && scaled > 0 ? "-" : ""
        if places == 0 { return "\(sign)\(scaled)" }
        let fraction = String(scaled % scale)
        return "\(sign)\(scaled / scale)." + String(repeating: "0", count: places - fraction.count) + fraction
    }

    /// Cores, as `1.0`, `0.25`, `2.0`: two places only where they say something.
    package static func cores(_ cores: Double) -> String {
        let hundredths = Int((cores * 100).rounded())
        return hundredths % 10 == 0 ? fixed(cores, 1) : fixed(cores, 2)
    }

    /// A count with a comma at the thousands.
    package static func count(_ count: Int) -> String {
        let digits = String(abs(count))
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return count < 0 ? "-\(text)" : text
    }

    package static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }

    /// `10:42:07`, from seconds since midnight or since 1970.
    package static func clock(_ seconds: Int) -> String {
        let day = ((seconds % 86_400) + 86_400) % 86_400
        return "\(padded(day / 3_600)):\(padded(day / 60 % 60)):\(padded(day % 60))"
    }
}
