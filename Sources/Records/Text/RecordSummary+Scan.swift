import Linux

// A list reads a hundred records, for five members of each: json-c, which makes an object of every value in one, took
// half of all that `ps` executed. What is out of the ordinary gives `nil`, and is parsed.

extension RecordSummary {
    /// The summary out of a record's text as boxtop writes it: without spaces, keys and short values without escapes.
    init?(scanning text: [UInt8]) {
        self.init(id: "", name: "", created: Timestamp(nanoseconds: 0), image: "", command: [], ports: [])
        var (found, isPlain) = (0, true)
        let isWhole = text.withUnsafeBufferPointer { bytes in
            var scan = Scan(bytes: bytes)
            return scan.members { key, value in
                switch key.count {
                case 2 where Scan.is(key, "id"): isPlain = isPlain && Scan.read(value, into: &id)
                case 4 where Scan.is(key, "name"): isPlain = isPlain && Scan.read(value, into: &name)
                case 5 where Scan.is(key, "image"): isPlain = isPlain && Scan.read(value, into: &image)
                case 7 where Scan.is(key, "created"):
                    var time = ""
                    isPlain = isPlain && Scan.read(value, into: &time)
                    guard let time = Timestamp(time) else {
                        isPlain = false
                        return
                    }
                    created = time
                case 7 where Scan.is(key, "command"):
                    var scan = Scan(bytes: UnsafeBufferPointer(rebasing: value))
                    isPlain = isPlain && scan.strings(into: &command)
                case 7 where Scan.is(key, "network"):
                    // Published ports are parsed.
                    isPlain = isPlain && Scan.ends(value, with: #""ports":[]}"#)
                    return
                case 7 where Scan.is(key, "builder"):
                    // Few and short-lived: parsed as well.
                    isPlain = false
                    return
                default: return
                }
                found += 1
            }
        }
        // Each of the five, once.
        guard isWhole, isPlain, found == 5 else { return nil }
    }
}

/// A walk over JSON text that skips what is not wanted.
private struct Scan {
    typealias Bytes = UnsafeBufferPointer<UInt8>

    let bytes: Bytes
    var index = 0

    init(bytes: Bytes) { self.bytes = bytes }

    /// Gives each member of the object, the key without its quotes; whether the text was one.
    mutating func members(_ body: (Bytes.SubSequence, Bytes.SubSequence) -> Void) -> Bool {
        guard take("{") else { return false }
        if take("}") { return true }
        repeat {
            guard let key = value(), key.first == UInt8(ascii: "\""), take(":"), let value = value() else {
                return false
            }
            body(key.dropFirst().dropLast(), value)
        } while take(",")
        return take("}")
    }

    /// Reads an array of plain strings; whether it was one.
    mutating func strings(into strings: inout [String]) -> Bool {
        guard take("[") else { return false }
        if take("]") { return true }
        repeat {
            var text = ""
            guard let value = value(), Self.read(value, into: &text) else { return false }
            strings.append(text)
        } while take(",")
        return take("]")
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    /// The text of the value that begins here, of whatever kind; `nil` where it has no end.
    private mutating func value() -> Bytes.SubSequence? {
        let start = index
        var depth = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                index += 1
                while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
                    index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
                }
                guard index < bytes.count else { return nil }
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return bytes[start..<index] }
                depth -= 1
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                if depth == 0 { return bytes[start..<index] }
            default: break
            }
            index += 1
        }
        return nil
    }

    static func `is`(_ key: Bytes.SubSequence, _ name: StaticString) -> Bool {
        key.elementsEqual(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    }

    static func ends(_ value: Bytes.SubSequence, with text: StaticString) -> Bool {
        `is`(value.suffix(text.utf8CodeUnitCount), text)
    }

    /// Reads a string without escapes.
    static func read(_ value: Bytes.SubSequence, into text: inout String) -> Bool {
        let quote = UInt8(ascii: "\"")
        guard value.count >= 2, value.first == quote, value.last == quote else { return false }
        let inner = UnsafeBufferPointer(rebasing: value.dropFirst().dropLast())
        guard !inner.contains(where: { $0 == UInt8(ascii: "\\") || $0 < 0x20 || $0 == quote }),
            let valid = String(validating: inner, as: UTF8.self)
        else { return false }
        text = valid
        return true
    }
}
