import CJSON
import Glibc

/// A value of a parsed document, for a document that is read by hand: the first decoding of a Codable type makes the
/// runtime's tables for each container in it, which for a config.json is 0.7 ms of each launch.
///
///     let spec = try Node.read(bytes) { document throws(JSONError) in try OCI.RuntimeSpec(document) }
///
/// What is null is absent. Errors name the field, as those of `JSON.decode` do. A node is valid in `read` alone.
package struct Node {
    private let value: OpaquePointer?
    private let place: Place

    /// Where a value lies, as a chain up to the root: made into text only for errors.
    fileprivate final class Place {
        let parent: Place?
        let key: StaticString?
        /// A key that the document has made up.
        let name: String?
        let index: Int

        init(in parent: Place? = nil, key: StaticString? = nil, name: String? = nil, index: Int = 0) {
            self.parent = parent
            self.key = key
            self.name = name
            self.index = index
        }

        var text: String {
            guard let parent else { return "" }
            let above = parent.text
            guard let key = key?.description ?? name else { return "\(above)[\(index)]" }
            return above.isEmpty ? "\(key)" : "\(above).\(key)"
        }
    }

    package static func read<T>(
        _ bytes: [UInt8], _ body: (Node) throws(JSONError) -> T
    ) throws(JSONError) -> T {
        let document = try Document(parsing: bytes)
        let node = Node(value: document.root, place: Place())
        try node.check(json_type_object, "an object")
        let result = try body(node)
        // The nodes hold no count of the document.
        _ = document.root
        return result
    }

    // MARK: Members of an object

    /// The object under `key`; `nil` where it is absent.
    package func object(_ key: StaticString) throws(JSONError) -> Node? {
        guard let node = member(key) else { return nil }
        try node.check(json_type_object, "an object")
        return node
    }

    /// What the array under `key` holds; nothing where it is absent.
    package func elements(_ key: StaticString) throws(JSONError) -> Elements {
        guard let node = member(key) else { return Elements(array: nil, place: place, count: 0) }
        try node.check(json_type_array, "an array")
        return Elements(array: node.value, place: node.place, count: json_object_array_length(node.value))
    }

    package func string(_ key: StaticString) throws(JSONError) -> String? { try member(key)?.string() }

    /// Throws where it is absent.
    package func text(_ key: StaticString) throws(JSONError) -> String { try required(key).string() }

    package func strings(_ key: StaticString) throws(JSONError) -> [String] {
        var strings: [String] = []
        for element in try elements(key) { strings.append(try element.string()) }
        return strings
    }

    /// The strings of an object by name; none where it is absent.
    package func table(_ key: StaticString) throws(JSONError) -> [String: String] {
        var table: [String: String] = [:]
        for (name, node) in try members(key) { table[name] = try node.string() }
        return table
    }

    /// The same, where an empty list or object is not as an absent one.
    package func optionalStrings(_ key: StaticString) throws(JSONError) -> [String]? {
        has(key) ? try strings(key) : nil
    }

    package func optionalTable(_ key: StaticString) throws(JSONError) -> [String: String]? {
        has(key) ? try table(key) : nil
    }

    /// The members of the object under `key`, in the document's order; none where it is absent.
    package func members(_ key: StaticString) throws(JSONError) -> [(name: String, value: Node)] {
        guard let node = try object(key) else { return [] }
        var members: [(name: String, value: Node)] = []
        var position = json_object_iter_begin(node.value)
        var end = json_object_iter_end(node.value)
        while json_object_iter_equal(&position, &end) == 0 {
            if let name = json_object_iter_peek_name(&position).map({ String(cString: $0) }) {
                let place = Place(in: node.place, name: name)
                members.append((name, Node(value: json_object_iter_peek_value(&position), place: place)))
            }
            json_object_iter_next(&position)
        }
        return members
    }

    /// False where it is absent.
    package func bool(_ key: StaticString) throws(JSONError) -> Bool { try flag(key) ?? false }
    package func flag(_ key: StaticString) throws(JSONError) -> Bool? {
        guard let node = member(key) else { return nil }
        return try node.scalar { decoder in try decoder.decode(Bool.self) }
    }

    package func int64(_ key: StaticString) throws(JSONError) -> Int64? { try member(key)?.int64() }
    package func uint64(_ key: StaticString) throws(JSONError) -> UInt64? { try member(key)?.uint64() }
    package func int(_ key: StaticString) throws(JSONError) -> Int? {
        try member(key)?.scalar { decoder in try decoder.decode(Int.self) }
    }
    package func double(_ key: StaticString) throws(JSONError) -> Double? {
        try member(key)?.scalar { decoder in try decoder.decode(Double.self) }
    }
    package func int32(_ key: StaticString) throws(JSONError) -> Int32? {
        try member(key)?.scalar { decoder in try decoder.decode(Int32.self) }
    }
    package func uint32(_ key: StaticString) throws(JSONError) -> UInt32? { try member(key)?.uint32() }
    package func uint16(_ key: StaticString) throws(JSONError) -> UInt16? {
        try member(key)?.scalar { decoder in try decoder.decode(UInt16.self) }
    }

    /// Whether there is something under `key`.
    package func has(_ key: StaticString) -> Bool { member(key) != nil }

    /// Whether this is an object without other keys than those of `keys`, which are separated by spaces.
    package func hasOnly(_ keys: StaticString) -> Bool {
        guard json_object_get_type(value) == json_type_object else { return false }
        let known = UnsafeRawBufferPointer(start: keys.utf8Start, count: keys.utf8CodeUnitCount)
        var position = json_object_iter_begin(value)
        var end = json_object_iter_end(value)
        while json_object_iter_equal(&position, &end) == 0 {
            guard let name = json_object_iter_peek_name(&position), Self.isWord(name, in: known) else { return false }
            json_object_iter_next(&position)
        }
        return true
    }

    private static func isWord(_ name: UnsafePointer<CChar>, in words: UnsafeRawBufferPointer) -> Bool {
        let length = strlen(name)
        var start = 0
        while start + length <= words.count {
            let end = words[start...].firstIndex(of: UInt8(ascii: " ")) ?? words.count
            if end - start == length, let base = words.baseAddress, memcmp(base + start, name, length) == 0 {
                return true
            }
            start = end + 1
        }
        return false
    }

    /// That which must be there.
    package func required<T>(_ key: StaticString, _ value: T?) throws(JSONError) -> T {
        if let value { return value }
        throw JSONError(path: Place(in: place, key: key).text, reason: "it is missing")
    }

    /// An error about this value.
    package func wrong(_ reason: String) -> JSONError { JSONError(path: place.text, reason: reason) }

    // MARK: The value itself

    /// Without a NUL, where the kernel would take a shorter one for it.
    package func string() throws(JSONError) -> String {
        let string = try scalar { decoder in try decoder.decode(String.self) }
        if string.utf8.contains(0) { throw wrong("it contains a NUL") }
        return string
    }
    package func int64() throws(JSONError) -> Int64 { try scalar { decoder in try decoder.decode(Int64.self) } }
    package func uint64() throws(JSONError) -> UInt64 { try scalar { decoder in try decoder.decode(UInt64.self) } }
    package func uint32() throws(JSONError) -> UInt32 { try scalar { decoder in try decoder.decode(UInt32.self) } }

    /// `Decodable`, for what is rare.
    package func decode<T: Decodable>(_ type: T.Type) throws(JSONError) -> T {
        try scalar { decoder in try decoder.decode(type) }
    }

    // MARK: Below

    private func member(_ key: StaticString) -> Node? {
        var value: OpaquePointer?
        let name = UnsafeRawPointer(key.utf8Start).assumingMemoryBound(to: CChar.self)
        guard json_object_object_get_ex(self.value, name, &value) != 0, value != nil else { return nil }
        return Node(value: value, place: Place(in: place, key: key))
    }

    private func required(_ key: StaticString) throws(JSONError) -> Node { try required(key, member(key)) }

    private func check(_ type: json_type, _ wanted: String) throws(JSONError) {
        if json_object_get_type(value) == type { return }
        throw wrong(ValueDecoder(value: value, path: .root).wanted(wanted))
    }

    @inline(__always)
    private func scalar<T>(_ read: (ValueDecoder) throws -> T) throws(JSONError) -> T {
        do { return try read(ValueDecoder(value: value, path: .root)) } catch {
            let failure = JSONError(error)
            let (above, below) = (place.text, failure.path)
            let dot = above.isEmpty || below.isEmpty || below.hasPrefix("[") ? "" : "."
            throw JSONError(path: above + dot + below, reason: failure.reason)
        }
    }

    /// The elements of an array, in order.
    package struct Elements: Sequence, IteratorProtocol {
        fileprivate let array: OpaquePointer?
        fileprivate let place: Place
        fileprivate let count: Int
        package var isEmpty: Bool { count == 0 }
        private var index = 0

        fileprivate init(array: OpaquePointer?, place: Place, count: Int) {
            self.array = array
            self.place = place
            self.count = count
        }

        package mutating func next() -> Node? {
            if index >= count { return nil }
            defer { index += 1 }
            return Node(value: json_object_array_get_idx(array, index), place: Place(in: place, index: index))
        }
    }
}
