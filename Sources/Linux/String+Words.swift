extension String {
    /// The parts between `separator`, none of them empty. By bytes: `split` of a string compares whole characters, for
    /// which it looks at their neighbours.
    package func words(_ separator: Unicode.Scalar) -> [String] {
        utf8.split(separator: UInt8(ascii: separator)).map { String(decoding: $0, as: UTF8.self) }
    }
}
