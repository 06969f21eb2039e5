import Glibc

/// Parses what a file of the kernel said where it lies: gauges are read for a thousand containers each second, so not
/// one byte of them becomes a `String`. What is no number is `nil`, never 0.
package enum KernelText {
    /// The decimal number at the start, past spaces; `nil` for `max`, a minus sign, garbage, and what is over 64 bits.
    package static func number(_ bytes: UnsafeRawBufferPointer) -> UInt64? {
        var index = skipSpaces(bytes, from: 0)
        return number(bytes, at: &index)
    }

    /// The number after `key ` at the start of a line, as in memory.stat.
    package static func number(after key: StaticString, in bytes: UnsafeRawBufferPointer) -> UInt64? {
        let length = key.utf8CodeUnitCount
        var line = 0
        while line + length < bytes.count {
            if isSpace(bytes[line + length]), starts(bytes, at: line, with: key) {
                var index = skipSpaces(bytes, from: line + length)
                return number(bytes, at: &index)
            }
            line = nextLine(bytes, from: line)
        }
        return nil
    }

    /// The sum of the numbers that follow `key` and one separator wherever it stands as a word: `rbytes=10` or
    /// `254:0 Read 10`, a line a device. A group that has done nothing has no such line: 0.
    package static func sum(of key: StaticString, in bytes: UnsafeRawBufferPointer) -> UInt64 {
        let length = key.utf8CodeUnitCount
        var total: UInt64 = 0
        var index = 0
        while index + length < bytes.count {
            if isWordStart(bytes, index), starts(bytes, at: index, with: key), isSeparator(bytes[index + length]) {
                var digits = index + length + 1
                if let value = number(bytes, at: &digits) { total &+= value }
                index = digits
            } else {
                index += 1
            }
        }
        return total
    }

    /// The number with decimals after `key`, which stands as a word: `avg10=0.25`.
    package static func decimal(after key: StaticString, in bytes: UnsafeRawBufferPointer) -> Double? {
        guard var index = find(key, in: bytes), let whole = number(bytes, at: &index) else { return nil }
        guard index < bytes.count, bytes[index] == UInt8(ascii: ".") else { return Double(whole) }
        index += 1
        let start = index
        guard let fraction = number(bytes, at: &index) else { return Double(whole) }
        var scale = 1.0
        for _ in start..<index { scale *= 10 }
        return Double(whole) + Double(fraction) / scale
    }

    /// Where `key`, which stands as a word, ends; `nil` where it does not occur.
    package static func find(_ key: StaticString, in bytes: UnsafeRawBufferPointer) -> Int? {
        var index = 0
        while index + key.utf8CodeUnitCount <= bytes.count {
            if isWordStart(bytes, index), starts(bytes, at: index, with: key) { return index + key.utf8CodeUnitCount }
            index += 1
        }
        return nil
    }

    /// The number at `index`, which is moved past it.
    @inline(__always)
    package static func number(_ bytes: UnsafeRawBufferPointer, at index: inout Int) -> UInt64? {
        var value: UInt64 = 0
        let start = index
        while index < bytes.count {
            let digit = bytes[index] &- UInt8(ascii: "0")
            if digit > 9 { break }
            let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflow) = product.addingReportingOverflow(UInt64(digit))
            if tooLarge || overflow { return nil }
            value = sum
            index += 1
        }
        return index > start ? value : nil
    }

    /// The start of the line after the one that `index` is in; the end where there is none.
    package static func nextLine(_ bytes: UnsafeRawBufferPointer, from index: Int) -> Int {
        guard index < bytes.count, let base = bytes.baseAddress,
            let end = memchr(base + index, 10, bytes.count - index)
        else { return bytes.count }
        return UnsafeRawPointer(end) - base + 1
    }

    @inline(__always)
    package static func starts(_ bytes: UnsafeRawBufferPointer, at index: Int, with key: StaticString) -> Bool {
        guard index + key.utf8CodeUnitCount <= bytes.count, let base = bytes.baseAddress else { return false }
        return memcmp(base + index, key.utf8Start, key.utf8CodeUnitCount) == 0
    }

    package static func skipSpaces(_ bytes: UnsafeRawBufferPointer, from index: Int) -> Int {
        var index = index
        while index < bytes.count, isSpace(bytes[index]) { index += 1 }
        return index
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
    private static func isSeparator(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "=") || byte == UInt8(ascii: " ") }

    private static func isWordStart(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> Bool {
        index == 0 || bytes[index - 1] == UInt8(ascii: " ") || bytes[index - 1] == UInt8(ascii: "\n")
    }
}
