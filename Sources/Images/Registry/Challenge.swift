/// What a registry wants to let somebody in: one challenge of a `WWW-Authenticate` header, RFC 9110, section 11.6.1.
package struct Challenge: Equatable, Sendable {
    /// In lower case: `basic`, `bearer`.
    package var scheme: String
    /// Names in lower case.
    package var parameters: [String: String] = [:]

    /// All challenges of one header; what makes no sense ends the reading.
    package static func parse(_ header: String) -> [Challenge] {
        var reader = Reader(rest: Array(header.utf8)[...])
        var found: [Challenge] = []
        while let word = reader.token() {
            // A word before = is a parameter of the challenge before it.
            if reader.take(UInt8(ascii: "=")) {
                guard let value = reader.value(), !found.isEmpty else { return found }
                found[found.count - 1].parameters[word.lowercased()] = value
            } else {
                found.append(Challenge(scheme: word.lowercased()))
            }
            reader.skip(UInt8(ascii: ","))
            if found.count > 16 { return found }
        }
        return found
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>

        mutating func skip(_ separator: UInt8) {
            rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == separator }
        }

        mutating func take(_ byte: UInt8) -> Bool {
            guard rest.first == byte else { return false }
            rest = rest.dropFirst()
            return true
        }

        mutating func token() -> String? {
            skip(UInt8(ascii: " "))
            let word = rest.prefix { $0 > 32 && $0 < 127 && !"=,\"".utf8.contains($0) }
            rest = rest[word.endIndex...]
            return word.isEmpty ? nil : String(decoding: word, as: UTF8.self)
        }

        mutating func value() -> String? {
            guard take(UInt8(ascii: "\"")) else { return token() }
            var text: [UInt8] = []
            while let byte = rest.popFirst() {
                if byte == UInt8(ascii: "\"") { return String(decoding: text, as: UTF8.self) }
                if byte == UInt8(ascii: "\\"), let next = rest.popFirst() {
                    text.append(next)
                } else {
                    text.append(byte)
                }
            }
            return nil
        }
    }
}
