/// Ids of containers: 64 hex digits, 256 bits of the kernel's randomness.
package enum ContainerID {
    /// The form that people see: the first 12 digits.
    package static func short(_ id: String) -> String { String(id.prefix(12)) }

    /// Whether `text` may be the beginning of an id.
    static func isPrefix(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 64 && text.utf8.allSatisfy(isHexDigit)
    }

    static func isComplete(_ text: String) -> Bool { text.utf8.count == 64 && isPrefix(text) }

    /// A new one. The system's generator is getrandom(2) on Linux.
    static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        let digits = Array("0123456789abcdef".utf8)
        // Four calls of the kernel, not one for each digit.
        let words = (0..<4).map { _ in generator.next() as UInt64 }
        return String(
            decoding: words.flatMap { word in (0..<16).map { digits[Int(word >> ($0 * 4) & 15)] } }, as: UTF8.self)
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) || (97...102).contains(byte) }
}
