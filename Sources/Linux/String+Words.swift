extension String {
    /// The parts between `separator`, none of them empty. By bytes: `split` of a string compares whole characters, for
    /// which it looks at their neighbours.
    package func words(_ separator: Unicode.Scalar) -> [String] {
        utf8.split(separator: UInt8(ascii: separator)).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Its lines, none of them empty, without their ends, LF or CR LF. By bytes: to `split`, CR LF is one character, and
    /// not the one that LF is.
    package var lines: [Substring] {
        utf8.split(separator: UInt8(ascii: "\n")).compactMap { line in
            let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            return line.isEmpty ? nil : Substring(line)
        }
    }
}

extension String {
    /// Whether its bytes begin with those of `prefix`. `hasPrefix` asks as well whether a character ends there, which a
    /// launch would touch Unicode's tables for.
    package func begins(with prefix: StaticString) -> Bool { utf8.starts(with: prefix.bytes) }
}

extension Substring {
    /// As of a whole string.
    package func begins(with prefix: StaticString) -> Bool { utf8.starts(with: prefix.bytes) }
}

extension StaticString {
    fileprivate var bytes: UnsafeBufferPointer<UInt8> { .init(start: utf8Start, count: utf8CodeUnitCount) }
}
