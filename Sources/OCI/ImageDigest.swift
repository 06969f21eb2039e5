/// The name of a blob by what is in it: `sha256:` and 64 hex digits in lower case.
///
/// Other algorithms of the image specification ("Descriptors", "Digests") are refused: no image in use has them.
package struct Digest: Hashable, Comparable, Sendable, Codable, LosslessStringConvertible {
    /// The 64 hex digits.
    package let hex: String

    /// The digest whose 64 hex digits these are; `nil` for anything else.
    package init?(hex: some StringProtocol) {
        guard hex.utf8.count == 64, hex.utf8.allSatisfy(\.isLowerHexDigit) else { return nil }
        self.hex = String(hex)
    }

    /// The digest of 32 bytes, as SHA-256 gives them; `nil` for another number of bytes.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in bytes { text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
        hex = String(decoding: text, as: UTF8.self)
    }

    /// The digest that `description` writes as `sha256:…`; `nil` for anything else, capitals included.
    package init?(_ description: String) {
        guard description.hasPrefix("sha256:") else { return nil }
        self.init(hex: description.dropFirst(7))
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let digest = Digest(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\"\(text)\" is no sha256 digest")
        }
        self = digest
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    /// `sha256:` and the hex digits.
    package var description: String { "sha256:\(hex)" }

    /// The first 12 hex digits, as lists show them.
    package var short: String { String(hex.prefix(12)) }

    package static func < (a: Digest, b: Digest) -> Bool { a.hex < b.hex }
}

extension UInt8 {
    fileprivate var isLowerHexDigit: Bool { (48...57).contains(self) || (97...102).contains(self) }
}
