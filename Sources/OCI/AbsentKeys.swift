// The specifications let lists, maps and switches be left out, and Go's encoder writes empty ones as null. The calls
// that the compiler writes for a Codable type in this room pick these overloads, so both mean "none" without an
// `init(from:)` by hand in each type.
extension KeyedDecodingContainer {
    func decode<T: Decodable>(_ type: [T].Type, forKey key: Key) throws -> [T] {
        try decodeIfPresent(type, forKey: key) ?? []
    }

    func decode<T: Decodable>(_ type: [String: T].Type, forKey key: Key) throws -> [String: T] {
        try decodeIfPresent(type, forKey: key) ?? [:]
    }

    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool {
        try decodeIfPresent(type, forKey: key) ?? false
    }

    /// Without a terminal it must be ignored, whatever it says: config.md, `consoleSize`.
    func decodeIfPresent(
        _ type: RuntimeSpec.ConsoleSize.Type, forKey key: Key
    ) throws -> RuntimeSpec.ConsoleSize? {
        guard let terminal = Key(stringValue: "terminal"), try decode(Bool.self, forKey: terminal), contains(key),
            try !decodeNil(forKey: key)
        else { return nil }
        return try decode(type, forKey: key)
    }
}
