/// Numbers and times as docker words them.
package enum Human {
    /// A length of time: `Less than a second`, `3 seconds`, `About a minute`, `2 hours`, `3 weeks`.
    package static func duration(_ seconds: Double) -> String {
        let whole = Int(min(max(seconds, 0), 1e12))
        let minutes = whole / 60
        // Hours are rounded, all else is cut off.
        let hours = Int((Double(whole) / 3_600).rounded())
        switch true {
        case whole < 1: return "Less than a second"
        case whole == 1: return "1 second"
        case whole < 60: return "\(whole) seconds"
        case minutes == 1: return "About a minute"
        case minutes < 60: return "\(minutes) minutes"
        case hours == 1: return "About an hour"
        case hours < 48: return "\(hours) hours"
        case hours < 24 * 7 * 2: return "\(hours / 24) days"
        case hours < 24 * 30 * 2: return "\(hours / 24 / 7) weeks"
        case hours < 24 * 365 * 2: return "\(hours / 24 / 30) months"
        default: return "\(hours / 24 / 365) years"
        }
    }

    /// Bytes in powers of 1024, to four digits: `121.4MiB`, `1.5GiB`, `0B`.
    package static func binary(_ bytes: some BinaryInteger) -> String {
        scaled(Double(bytes), 1024, ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"], digits: 4)
    }

    /// Bytes in powers of 1000, to three digits: `340kB`, `1.2MB`.
    package static func decimal(_ bytes: some BinaryInteger) -> String {
        scaled(Double(bytes), 1000, ["B", "kB", "MB", "GB", "TB", "PB", "EB"], digits: 3)
    }

    /// A share of 1 in percent: `12.34%`.
    package static func percent(_ share: Double) -> String { fixed(share * 100, 2) + "%" }

    /// `value` with `digits` places after the point, rounded.
    package static func fixed(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "–" }
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int((abs(value) * scale).rounded())
        let text = String(scaled)
        let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
        let sign = value < 0 && scaled != 0 ? "-" : ""
        return digits == 0 ? sign + text : sign + padded.dropLast(digits) + "." + padded.suffix(digits)
    }

    private static func scaled(_ value: Double, _ base: Double, _ units: [String], digits: Int) -> String {
        var (value, unit) = (value, 0)
        while value >= base, unit < units.count - 1 { (value, unit) = (value / base, unit + 1) }
        let before = value >= 1000 ? 4 : value >= 100 ? 3 : value >= 10 ? 2 : 1
        var text = fixed(value, max(0, digits - before))
        if text.contains(".") {
            while text.hasSuffix("0") { text.removeLast() }
            if text.hasSuffix(".") { text.removeLast() }
        }
        return text + units[unit]
    }
}
