import CJSON

/// One value of a parsed document. The document outlives all decoders, which hold no count of their own.
struct ValueDecoder: Decoder, SingleValueDecodingContainer {
    /// `nil` is JSON's null.
    let value: OpaquePointer?
    let parent: Path
    /// Under which key it lies in `parent`; absent for the document itself. Kept apart, since a path costs an allocation
    /// and most values are never asked for theirs.
    let key: (any CodingKey)?

    init(value: OpaquePointer?, path: Path, key: (any CodingKey)? = nil) {
        self.value = value
        parent = path
        self.key = key
    }

    private var path: Path { key.map(parent.appending) ?? parent }

    var codingPath: [any CodingKey] { path.keys }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard json_object_get_type(value) == json_type_object else { throw mismatch("an object") }
        return KeyedDecodingContainer(ObjectDecoder(object: value, path: path))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard json_object_get_type(value) == json_type_array else { throw mismatch("an array") }
        return ArrayDecoder(array: value, path: path)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { self }

    func decodeNil() -> Bool { value == nil }

    func decode(_ type: Bool.Type) throws -> Bool {
        guard json_object_get_type(value) == json_type_boolean else { throw mismatch("true or false") }
        return json_object_get_boolean(value) != 0
    }

    func decode(_ type: String.Type) throws -> String {
        guard json_object_get_type(value) == json_type_string, let text = json_object_get_string(value) else {
            throw mismatch("a string")
        }
        let bytes = UnsafeRawBufferPointer(start: text, count: Int(json_object_get_string_len(value)))
        return String(decoding: bytes, as: UTF8.self)
    }

    func decode(_ type: Double.Type) throws -> Double {
        let kind = json_object_get_type(value)
        guard kind == json_type_double || kind == json_type_int else { throw mismatch("a number") }
        return json_object_get_double(value)
    }

    func decode(_ type: Float.Type) throws -> Float { Float(try decode(Double.self)) }
    func decode(_ type: Int.Type) throws -> Int { try integer() }
    func decode(_ type: Int8.Type) throws -> Int8 { try integer() }
    func decode(_ type: Int16.Type) throws -> Int16 { try integer() }
    func decode(_ type: Int32.Type) throws -> Int32 { try integer() }
    func decode(_ type: Int64.Type) throws -> Int64 { try integer() }
    func decode(_ type: UInt.Type) throws -> UInt { try integer() }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try integer() }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try integer() }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try integer() }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try integer() }

    func decode<T: Decodable>(_ type: T.Type) throws -> T { try T(from: self) }

    private func integer<T: FixedWidthInteger>() throws -> T {
        let kind = json_object_get_type(value)
        if kind == json_type_double, let exact = T(exactly: json_object_get_double(value)) { return exact }
        guard kind == json_type_int else { throw mismatch("a whole number") }
        // json-c clamps what does not fit, so the two readings tell a number in range from one beyond it.
        let signed = json_object_get_int64(value)
        let number = signed < .max ? T(exactly: signed) : T(exactly: json_object_get_uint64(value))
        guard let number else { throw corrupted("a number from \(T.min) to \(T.max) is wanted, not \(text)") }
        return number
    }

    private func mismatch(_ type: String) -> DecodingError { corrupted(wanted(type)) }

    /// `a string is wanted, not 3`
    func wanted(_ type: String) -> String { "\(type) is wanted, not \(value == nil ? "null" : text)" }

    private func corrupted(_ reason: String) -> DecodingError {
        .dataCorrupted(.init(codingPath: codingPath, debugDescription: reason))
    }

    /// The start of the value as it stands in the document.
    private var text: String {
        guard let text = json_object_to_json_string_ext(value, JSON_C_TO_STRING_NOSLASHESCAPE) else { return "?" }
        let whole = String(cString: text)
        return whole.count > 40 ? whole.prefix(40) + "…" : whole
    }
}

struct ObjectDecoder<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let object: OpaquePointer?
    let path: Path

    var codingPath: [any CodingKey] { path.keys }

    var allKeys: [Key] {
        var keys: [Key] = []
        var position = json_object_iter_begin(object)
        var end = json_object_iter_end(object)
        while json_object_iter_equal(&position, &end) == 0 {
            if let name = json_object_iter_peek_name(&position), let key = Key(stringValue: String(cString: name)) {
                keys.append(key)
            }
            json_object_iter_next(&position)
        }
        return keys
    }

    func contains(_ key: Key) -> Bool { json_object_object_get_ex(object, key.stringValue, nil) != 0 }

    func decodeNil(forKey key: Key) throws -> Bool { try find(key).value == nil }
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try find(key).decode(type) }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try find(key).decode(type) }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try find(key).decode(type) }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float { try find(key).decode(type) }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try find(key).decode(type) }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try find(key).decode(type) }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try find(key).decode(type) }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try find(key).decode(type) }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try find(key).decode(type) }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try find(key).decode(type) }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try find(key).decode(type) }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try find(key).decode(type) }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try find(key).decode(type) }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try find(key).decode(type) }
    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try T(from: find(key)) }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        try find(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try find(key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { ValueDecoder(value: object, path: path) }
    func superDecoder(forKey key: Key) throws -> any Decoder { try find(key) }

    private func find(_ key: Key) throws -> ValueDecoder {
        var value: OpaquePointer?
        guard json_object_object_get_ex(object, key.stringValue, &value) != 0 else {
            throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: "it is missing"))
        }
        return ValueDecoder(value: value, path: path, key: key)
    }
}

struct ArrayDecoder: UnkeyedDecodingContainer {
    let array: OpaquePointer?
    let path: Path
    private(set) var currentIndex = 0

    init(array: OpaquePointer?, path: Path) {
        self.array = array
        self.path = path
    }

    var codingPath: [any CodingKey] { path.keys }
    var count: Int? { json_object_array_length(array) }
    var isAtEnd: Bool { currentIndex >= json_object_array_length(array) }

    mutating func decodeNil() throws -> Bool {
        guard !isAtEnd, json_object_array_get_idx(array, currentIndex) == nil else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try T(from: next()) }

    mutating func decode(_ type: String.Type) throws -> String { try next().decode(type) }

    mutating func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        try next().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try next().unkeyedContainer() }

    mutating func superDecoder() throws -> any Decoder { try next() }

    private mutating func next() throws -> ValueDecoder {
        let key = IndexKey(currentIndex)
        guard !isAtEnd else {
            throw DecodingError.valueNotFound(
                Void.self, .init(codingPath: path.appending(key).keys, debugDescription: "the array ends too early"))
        }
        defer { currentIndex += 1 }
        return ValueDecoder(value: json_object_array_get_idx(array, currentIndex), path: path, key: key)
    }
}
