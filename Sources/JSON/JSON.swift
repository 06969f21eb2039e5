import CJSON

/// JSON of RFC 8259 to Codable values and back, parsed and printed by json-c.
///
/// The core must not carry Foundation, whose decoder costs 0.8 ms of every start and 4 MB of every supervisor.
package enum JSON {
    /// The value that `bytes` describe.
    ///
    /// Unknown keys are ignored. Throws the path of the field that is wrong and why.
    package static func decode<T: Decodable>(_ type: T.Type = T.self, from bytes: [UInt8]) throws(JSONError) -> T {
        let document = try Document(parsing: bytes)
        do {
            return try ValueDecoder(value: document.root, path: .root).decode(type)
        } catch {
            throw JSONError(error)
        }
    }

    /// The text of `value` in UTF-8. Keys keep the order they are encoded in; those of a dictionary are sorted, so that
    /// equal values give equal bytes.
    package static func encode(_ value: some Encodable, pretty: Bool = false) throws(JSONError) -> [UInt8] {
        let slot = Slot(path: .root)
        do { try ValueEncoder(slot: slot).encode(value) } catch { throw JSONError(error) }
        defer { json_object_put(slot.value) }
        let style = pretty ? JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED : JSON_C_TO_STRING_PLAIN
        var length = 0
        guard let text = json_object_to_json_string_length(slot.value, style | JSON_C_TO_STRING_NOSLASHESCAPE, &length)
        else { throw JSONError(path: "", reason: "there is not enough memory to write it") }
        return UnsafeRawBufferPointer(start: text, count: length).map { $0 }
    }
}

/// Why a document is not what it should be: the field's path, as in `linux.namespaces[2].type`, and the reason.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Empty for the document itself.
    package let path: String
    package let reason: String

    package init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }

    package var description: String { path.isEmpty ? reason : "\(path): \(reason)" }

    init(_ error: any Error) {
        switch error {
        case let error as JSONError:
            self = error
        case DecodingError.keyNotFound(let key, let context):
            self.init(path: Path.text(context.codingPath + [key]), reason: "it is missing")
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
            DecodingError.dataCorrupted(let context):
            self.init(path: Path.text(context.codingPath), reason: context.debugDescription)
        case EncodingError.invalidValue(_, let context):
            self.init(path: Path.text(context.codingPath), reason: context.debugDescription)
        default:
            self.init(path: "", reason: "\(error)")
        }
    }
}

/// A parsed document, freed when it goes out of scope.
struct Document: ~Copyable {
    let root: OpaquePointer?

    /// How deep objects and arrays may lie in one another: more than any real document, less than a stack.
    static let depth: Int32 = 100

    init(parsing bytes: [UInt8]) throws(JSONError) {
        if let line = Self.lineOfOverflow(in: bytes) {
            throw JSONError(path: "", reason: "a number in line \(line) does not fit 64 bits")
        }
        guard let tokener = json_tokener_new_ex(Self.depth), let count = Int32(exactly: bytes.count) else {
            throw JSONError(path: "", reason: "it is too large")
        }
        defer { json_tokener_free(tokener) }
        json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8)
        // json-c wants to see the terminating zero to know that a number at the end has ended.
        let root = (bytes + [0]).withUnsafeBytes {
            json_tokener_parse_ex(tokener, $0.baseAddress?.assumingMemoryBound(to: CChar.self), count + 1)
        }
        let outcome = json_tokener_get_error(tokener)
        guard outcome == json_tokener_success else {
            let line = bytes.prefix(Int(json_tokener_get_parse_end(tokener))).count { $0 == 10 } + 1
            let what = json_tokener_error_desc(outcome).map { String(cString: $0) } ?? "an error"
            throw JSONError(path: "", reason: "not JSON: \(what) in line \(line)")
        }
        self.root = root
    }

    /// In which line a whole number stands that 64 bits do not hold: json-c takes the nearest that they do, without a
    /// word.
    private static func lineOfOverflow(in bytes: [UInt8]) -> Int? {
        // None has less than 19 digits, so each holds one of these bytes; as a rule nothing has.
        let isSuspect = stride(from: 0, to: bytes.count, by: 19).contains { probe in
            guard isDigit(bytes[probe]) else { return false }
            let start = bytes[..<probe].suffix(19).reversed().prefix(while: isDigit).count
            return start + bytes[probe...].prefix(19).prefix(while: isDigit).count >= 19
        }
        if !isSuspect { return nil }
        var (inString, escaped, line, index) = (false, false, 1, 0)
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\n") { line += 1 }
            if inString {
                inString = escaped || byte != UInt8(ascii: "\"")
                escaped = !escaped && byte == UInt8(ascii: "\\")
            } else if isDigit(byte) {
                let digits = bytes[index...].prefix(while: isDigit)
                if isOverflow(digits, in: bytes) { return line }
                index = digits.endIndex
                continue
            } else {
                inString = byte == UInt8(ascii: "\"")
            }
            index += 1
        }
        return nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

    private static func isOverflow(_ digits: ArraySlice<UInt8>, in bytes: [UInt8]) -> Bool {
        let before = bytes[..<digits.startIndex].last ?? 0
        let after = bytes[digits.endIndex...].first ?? 0
        if digits.count < 19 || ".eE+".utf8.contains(before) || ".eE".utf8.contains(after) { return false }
        let text = String(decoding: digits, as: UTF8.self)
        return before == UInt8(ascii: "-") ? Int64("-\(text)") == nil : UInt64(text) == nil
    }

    deinit { json_object_put(root) }
}
