import CJSON

/// The place that an encoder fills: the value, and how to put it where it belongs. json-c's containers own what is
/// added to them, so a slot hands its value over at once.
final class Slot {
    private(set) var value: OpaquePointer?
    let path: Path
    private let place: (OpaquePointer?) -> Void

    init(path: Path, place: @escaping (OpaquePointer?) -> Void = { _ in }) {
        self.path = path
        self.place = place
    }

    func fill(_ value: OpaquePointer?) {
        self.value = value
        place(value)
    }

    /// The object in this slot, made when first asked for: an encoder may ask for its container twice.
    func object() -> OpaquePointer? {
        if value == nil { fill(json_object_new_object()) }
        return value
    }

    func array() -> OpaquePointer? {
        if value == nil { fill(json_object_new_array()) }
        return value
    }
}

struct ValueEncoder: Encoder, SingleValueEncodingContainer {
    let slot: Slot

    var codingPath: [any CodingKey] { slot.path.keys }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(ObjectEncoder(slot: slot))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer { ArrayEncoder(slot: slot) }
    func singleValueContainer() -> any SingleValueEncodingContainer { self }

    func encodeNil() { slot.fill(nil) }
    func encode(_ value: Bool) { slot.fill(json_object_new_boolean(value ? 1 : 0)) }

    func encode(_ value: String) {
        var value = value
        slot.fill(
            value.withUTF8 { utf8 in
                utf8.withMemoryRebound(to: CChar.self) { json_object_new_string_len($0.baseAddress, Int32($0.count)) }
            })
    }

    func encode(_ value: Double) throws {
        guard value.isFinite else {
            throw EncodingError.invalidValue(
                value, .init(codingPath: codingPath, debugDescription: "\(value) cannot be written in JSON"))
        }
        // Swift's is the shortest text that reads back as the same number; json-c's has 17 digits.
        slot.fill(json_object_new_double_s(value, value.description))
    }

    func encode(_ value: Float) throws { try encode(Double(value)) }
    func encode(_ value: Int) { slot.fill(json_object_new_int64(Int64(value))) }
    func encode(_ value: Int8) { slot.fill(json_object_new_int64(Int64(value))) }
    func encode(_ value: Int16) { slot.fill(json_object_new_int64(Int64(value))) }
    func encode(_ value: Int32) { slot.fill(json_object_new_int64(Int64(value))) }
    func encode(_ value: Int64) { slot.fill(json_object_new_int64(value)) }
    func encode(_ value: UInt) { slot.fill(json_object_new_uint64(UInt64(value))) }
    func encode(_ value: UInt8) { slot.fill(json_object_new_uint64(UInt64(value))) }
    func encode(_ value: UInt16) { slot.fill(json_object_new_uint64(UInt64(value))) }
    func encode(_ value: UInt32) { slot.fill(json_object_new_uint64(UInt64(value))) }
    func encode(_ value: UInt64) { slot.fill(json_object_new_uint64(value)) }

    func encode<T: Encodable>(_ value: T) throws {
        if let dictionary = value as? any SortedEncodable {
            _ = slot.object()
            try dictionary.encodeSorted(to: self)
        } else {
            try value.encode(to: self)
        }
    }
}

/// A dictionary, whose own order differs from run to run.
private protocol SortedEncodable {
    func encodeSorted(to encoder: ValueEncoder) throws
}

extension Dictionary: SortedEncodable where Key == String, Value: Encodable {
    fileprivate func encodeSorted(to encoder: ValueEncoder) throws {
        let container = ObjectEncoder<NameKey>(slot: encoder.slot)
        for (key, value) in sorted(by: { $0.key < $1.key }) {
            try container.encode(value, forKey: NameKey(stringValue: key))
        }
    }
}

struct ObjectEncoder<Key: CodingKey>: KeyedEncodingContainerProtocol {
    private let object: OpaquePointer?
    private let path: Path

    init(slot: Slot) {
        object = slot.object()
        path = slot.path
    }

    var codingPath: [any CodingKey] { path.keys }

    func encodeNil(forKey key: Key) { at(key).encodeNil() }
    func encode(_ value: Bool, forKey key: Key) { at(key).encode(value) }
    func encode(_ value: String, forKey key: Key) { at(key).encode(value) }
    func encode(_ value: Double, forKey key: Key) throws { try at(key).encode(value) }
    func encode(_ value: Float, forKey key: Key) throws { try at(key).encode(value) }
    func encode(_ value: Int, forKey key: Key) { at(key).encode(value) }
    func encode(_ value: Int8, forKey key: Key) { at(key).encode(value) }
    func encode(_ value: Int16, forKey key: Key) { at(key).encode(value) }
    func encode(_ value: Int32, forKey key: Key) { at(key).encode(value) }
    func encode(_ value: Int64, forKey key: Key) { at(key).encode(value) }
    func encode(_ value: UInt, forKey key: Key) { at(key).encode(value) }
    func encode(_ value: UInt8, forKey key: Key) { at(key).encode(value) }
    func encode(_ value: UInt16, forKey key: Key) { at(key).encode(value) }
    func encode(_ value: UInt32, forKey key: Key) { at(key).encode(value) }
    func encode(_ value: UInt64, forKey key: Key) { at(key).encode(value) }
    func encode<T: Encodable>(_ value: T, forKey key: Key) throws { try at(key).encode(value) }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        at(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { at(key).unkeyedContainer() }
    func superEncoder() -> any Encoder { encoder(for: NameKey(stringValue: "super")) }
    func superEncoder(forKey key: Key) -> any Encoder { at(key) }

    private func at(_ key: Key) -> ValueEncoder { encoder(for: key) }

    private func encoder(for key: some CodingKey) -> ValueEncoder {
        let object = self.object
        let name = key.stringValue
        return ValueEncoder(slot: Slot(path: path.appending(key)) { json_object_object_add(object, name, $0) })
    }
}

struct ArrayEncoder: UnkeyedEncodingContainer {
    private let array: OpaquePointer?
    private let path: Path

    init(slot: Slot) {
        array = slot.array()
        path = slot.path
    }

    var codingPath: [any CodingKey] { path.keys }
    var count: Int { json_object_array_length(array) }

    func encodeNil() { next().encodeNil() }
    func encode<T: Encodable>(_ value: T) throws { try next().encode(value) }

    func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        next().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { next().unkeyedContainer() }
    func superEncoder() -> any Encoder { next() }

    private func next() -> ValueEncoder {
        let array = self.array
        return ValueEncoder(slot: Slot(path: path.appending(IndexKey(count))) { json_object_array_add(array, $0) })
    }
}
