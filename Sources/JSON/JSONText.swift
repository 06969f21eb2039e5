import Linux

/// JSON text that is written by hand, for documents that each start of a container writes: the first encoding of a
/// Codable type makes the runtime's tables for each container in it, which for a config.json is 3 ms of a `run`.
///
///     let bytes = JSONText.object { $0.string("name", "web"); $0.strings("args", ["sh"]) }   // {"name":"web","args":["sh"]}
///
/// It writes what `JSON.encode` would, byte by byte: absent members are left out, tables are sorted.
package struct JSONText {
    private var bytes: [UInt8] = []
    /// The next member or element is the first.
    private var isFirst = true

    package static func object(_ body: (inout JSONText) -> Void) -> [UInt8] {
        var text = JSONText()
        text.bytes.reserveCapacity(1 << 14)
        text.braces(body)
        return text.bytes
    }

    // MARK: Members of an object

    package mutating func string(_ key: StaticString, _ value: String?) {
        guard let value else { return }
        begin(key)
        quote(value)
    }

    package mutating func bool(_ key: StaticString, _ value: Bool?) {
        guard let value else { return }
        begin(key)
        append(value ? "true" : "false")
    }

    package mutating func number(_ key: StaticString, _ value: Int64?) {
        guard let value else { return }
        begin(key)
        if value < 0 { append("-") }
        Decimal.append(value.magnitude, to: &bytes)
    }

    package mutating func number(_ key: StaticString, _ value: UInt64?) {
        guard let value else { return }
        begin(key)
        Decimal.append(value, to: &bytes)
    }

    package mutating func number(_ key: StaticString, _ value: UInt32?) { number(key, value.map { UInt64($0) }) }
    package mutating func number(_ key: StaticString, _ value: Int32?) { number(key, value.map { Int64($0) }) }

    /// A finite one.
    package mutating func number(_ key: StaticString, _ value: Double?) {
        guard let value else { return }
        begin(key)
        bytes += value.description.utf8
    }

    package mutating func strings(_ key: StaticString, _ values: [String]?) {
        guard let values else { return }
        array(key, values) { $0.quote($1) }
    }

    package mutating func table(_ key: StaticString, _ values: [String: String]) {
        begin(key)
        braces { text in
            for (name, value) in values.sorted(by: { $0.key < $1.key }) {
                text.separate()
                text.quote(name)
                text.append(":")
                text.quote(value)
            }
        }
    }

    package mutating func object(_ key: StaticString, _ body: (inout JSONText) -> Void) {
        begin(key)
        braces(body)
    }

    /// An array of objects, each written by `body`.
    package mutating func objects<Value>(
        _ key: StaticString, _ values: [Value], _ body: (inout JSONText, Value) -> Void
    ) {
        array(key, values) { text, value in text.braces { body(&$0, value) } }
    }

    package mutating func numbers(_ key: StaticString, _ values: [UInt32]) {
        array(key, values) { Decimal.append(UInt64($1), to: &$0.bytes) }
    }

    // MARK: Below

    private mutating func array<Value>(
        _ key: StaticString, _ values: [Value], _ body: (inout JSONText, Value) -> Void
    ) {
        begin(key)
        append("[")
        isFirst = true
        for value in values {
            separate()
            body(&self, value)
        }
        append("]")
        isFirst = false
    }

    private mutating func braces(_ body: (inout JSONText) -> Void) {
        append("{")
        isFirst = true
        body(&self)
        append("}")
        isFirst = false
    }

    private mutating func separate() {
        if !isFirst { append(",") }
        isFirst = false
    }

    private mutating func begin(_ key: StaticString) {
        separate()
        append("\"")
        append(key)
        append("\":")
    }

    private mutating func append(_ text: StaticString) {
        bytes += UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    }

    private mutating func quote(_ text: String) {
        append("\"")
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\\"): append("\\\\")
            case 0x08: append("\\b")
            case 0x09: append("\\t")
            case 0x0A: append("\\n")
            case 0x0C: append("\\f")
            case 0x0D: append("\\r")
            case 0..<0x20:
                append("\\u00")
                let digits = "0123456789abcdef" as StaticString
                bytes.append(digits.utf8Start[Int(byte >> 4)])
                bytes.append(digits.utf8Start[Int(byte & 15)])
            default: bytes.append(byte)
            }
        }
        append("\"")
    }
}
