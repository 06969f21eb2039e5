extension Flag {
    /// Bytes: `512m`, `1g`, `1.5GiB`, `1048576`. All units are powers of 1024, as docker's are; `b` is one byte.
    ///
    /// - Parameter least: the smallest that makes sense here.
    package func size(atLeast least: UInt64 = 0, example: String = "512m") throws(FlagError) -> UInt64 {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = text[digits.endIndex...].drop { $0 == " " }.lowercased()
        guard let value = decimal(digits), let scale = Self.scale(unit) else {
            let sign = text.hasPrefix("-") ? "cannot be negative" : "not a size"
            throw refused("\(sign); write a number with b, k, m, g or t, as in \(name) \(example)")
        }
        let bytes = value * Double(scale)
        // Half of what 64 bits hold: the kernel's files are signed, and sums must not overflow.
        guard bytes < Double(1 << 62) else { throw refused("too large; write it as in \(name) \(example)") }
        // Whole numbers in whole arithmetic, so that no digit is lost.
        let exact = UInt64(digits).map { $0 * scale } ?? UInt64(bytes)
        guard exact >= least else {
            throw refused("too small; \(least) bytes is the least, as in \(name) \(example)")
        }
        return exact
    }

    private static func scale(_ unit: String) -> UInt64? {
        switch unit {
        case "", "b": 1
        case "k", "kb", "kib": 1 << 10
        case "m", "mb", "mib": 1 << 20
        case "g", "gb", "gib": 1 << 30
        case "t", "tb", "tib": 1 << 40
        default: nil
        }
    }

    /// The least memory that a program can be started in: below, the kernel kills it before its first instruction.
    package static let leastMemory: UInt64 = 512 << 10

    /// A memory limit in bytes; `nil`, no limit, for 0 and `-1`.
    package func memory() throws(FlagError) -> UInt64? {
        if text == "0" || text == "-1" { return nil }
        return try size(atLeast: Self.leastMemory)
    }

    /// Swap on top of memory, out of docker's `--memory-swap`, which is memory and swap together: -1 is no limit, the
    /// same as memory is none.
    package func swap(beside memory: UInt64?) throws(FlagError) -> UInt64? {
        if text == "-1" { return nil }
        let total = try size(example: "1g")
        guard let memory else { throw refused("needs --memory too: it is the sum of memory and swap") }
        if total == 0 { return memory }
        guard total >= memory else {
            throw refused("is memory and swap together, so must be at least --memory, \(memory) bytes")
        }
        return total - memory
    }
}
