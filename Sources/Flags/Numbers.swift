extension FlagValue {
    /// A whole number from `range`.
    package func number(in range: ClosedRange<Int64>) throws(FlagError) -> Int64 {
        guard let value = Int64(text), range.contains(value) else {
            throw refused("is not a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// Cores, as in `1.5`; `nil`, no limit, for 0 and `unlimited`.
    ///
    /// The kernel's smallest quota is 1 ms in a period of 100 ms, so 0.01 is the least.
    package func cpus() throws(FlagError) -> Double? {
        if text == "unlimited" || text == "max" { return nil }
        guard let value = decimal(text) else { throw refused("is not a number of cores: write it as in 1.5") }
        if value == 0 { return nil }
        guard value >= 0.01, value <= 100_000 else {
            throw refused("is too little or too much: give at least 0.01 cores, or 0 for no limit")
        }
        return value
    }

    /// Docker's CPU shares, 2…262144 where 1024 is usual, as a weight of 1…10000 where 100 is usual; `nil` for 0.
    package func cpuShares() throws(FlagError) -> UInt64? {
        let shares = try number(in: 0...262_144)
        if shares == 0 { return nil }
        guard shares >= 2 else { throw refused("is too little: give at least 2, or 0 for the usual") }
        return min(10_000, max(1, UInt64((Double(shares) * 100 / 1024).rounded())))
    }

    /// A list of cores as cpuset takes it: `0-2,5`.
    package func cores() throws(FlagError) -> String {
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map { UInt16($0) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last,
                part.utf8.allSatisfy({ $0 != UInt8(ascii: "+") })
            else { throw refused("is not a list of cores: write numbers and ranges, as in 0-2,5") }
        }
        return text
    }

    /// How many processes and threads; `nil`, no limit, for 0, -1 and `unlimited`.
    package func processes() throws(FlagError) -> UInt64? {
        if text == "unlimited" || text == "max" { return nil }
        let value = try number(in: -1...4_194_304)
        return value <= 0 ? nil : UInt64(value)
    }
}

/// A number of at least 0 with digits and at most one point; no signs, exponents, `inf` or `nan`, which `Double` takes.
func decimal(_ text: some StringProtocol) -> Double? {
    var points = 0
    for byte in text.utf8 {
        if byte == UInt8(ascii: ".") { points += 1 } else if !(48...57).contains(byte) { return nil }
    }
    guard points <= 1, text.utf8.count > points, let value = Double(text), value.isFinite else { return nil }
    return value
}
