/// Whole numbers as decimal digits, straight: the standard library's way knows any radix, and a launch that goes it
/// touches four more pieces of the program.
package enum Decimal {
    /// Adds the digits of `number`, with zeros in front of those that are fewer than `width`, at most 20.
    package static func append(_ number: UInt64, width: Int = 1, to bytes: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var (start, rest) = (20, number)
            while rest > 0 || 20 - start < width {
                start -= 1
                digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: digits[start...]))
        }
    }

    fileprivate static func text(_ magnitude: UInt64, negative: Bool = false) -> String {
        var bytes: [UInt8] = []
        if negative { bytes.append(UInt8(ascii: "-")) }
        append(magnitude, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension DefaultStringInterpolation {
    package mutating func appendInterpolation(_ number: Int) {
        appendLiteral(Decimal.text(UInt64(number.magnitude), negative: number < 0))
    }

    package mutating func appendInterpolation(_ number: Int32) {
        appendLiteral(Decimal.text(UInt64(number.magnitude), negative: number < 0))
    }

    package mutating func appendInterpolation(_ number: UInt32) { appendLiteral(Decimal.text(UInt64(number))) }
    package mutating func appendInterpolation(_ number: UInt64) { appendLiteral(Decimal.text(number)) }
}
