/// Any value of JSON. Objects keep the order of their keys.
package enum JSONValue: Hashable, Sendable {
    package struct Member: Hashable, Sendable {
        package var key: String
        package var value: JSONValue

        package init(key: String, value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([Member])
    /// An object whose keys are anybody's, as those of labels are: a template may ask for one that is not there.
    case map([Member])

    /// The whole number, or null where it is absent.
    package static func integer(_ value: (some BinaryInteger)?) -> JSONValue {
        value.map { .integer(Int64(clamping: $0)) } ?? .null
    }

    /// The number to `digits` places, or null where it is absent: a rate has no 17 true digits.
    package static func number(_ value: Double?, digits: Int = 3) -> JSONValue {
        guard let value, value.isFinite else { return .null }
        let scale = [1.0, 10, 100, 1_000, 10_000, 100_000, 1_000_000][min(max(digits, 0), 6)]
        return .number((value * scale).rounded() / scale)
    }

    package static func string(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }

    /// An object of these members, in order.
    package static func of(_ members: [(key: String, value: JSONValue)]) -> JSONValue {
        .object(members.map { Member(key: $0.key, value: $0.value) })
    }

    /// An object with these members behind its own; any other value is as it was.
    package func with(_ members: [(key: String, value: JSONValue)]) -> JSONValue {
        guard case .object(let own) = self else { return self }
        return .object(own + members.map { Member(key: $0.key, value: $0.value) })
    }

    /// An object with the members of `other` behind its own, but for those whose very key it has; any other value is as
    /// it was.
    package func with(_ other: JSONValue) -> JSONValue {
        guard case .object(let members) = other else { return self }
        let keys = Set(keys)
        return with(members.filter { !keys.contains($0.key) }.map { ($0.key, $0.value) })
    }

    package static func of(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }

    /// A map of these texts, sorted by key.
    package static func of(_ texts: [String: String]) -> JSONValue {
        .map(texts.sorted { $0.key < $1.key }.map { Member(key: $0.key, value: .string($0.value)) })
    }

    /// The member of an object called `key`, in any case, or the element of an array of that number.
    package func member(_ key: String) -> JSONValue? {
        switch self {
        case .object(let members), .map(let members):
            (members.first { $0.key == key } ?? members.first { $0.key.lowercased() == key.lowercased() })?.value
        case .array(let values): Int(key).flatMap { values.indices.contains($0) ? values[$0] : nil }
        default: nil
        }
    }

    /// The keys of an object.
    package var keys: [String] {
        switch self {
        case .object(let members), .map(let members): members.map(\.key)
        default: []
        }
    }

    /// As a person reads it: strings without quotes, lists with spaces between, nothing for null.
    package var plain: String {
        switch self {
        case .null: ""
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .number(let value): value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
        case .string(let value): value
        case .array(let values): "[" + values.map(\.plain).joined(separator: " ") + "]"
        case .object(let members), .map(let members):
            "map[" + members.map { "\($0.key):\($0.value.plain)" }.joined(separator: " ") + "]"
        }
    }

    /// As JSON, on one line.
    package var compact: String { text(pretty: false) }

    /// As JSON, indented.
    package var pretty: String { text(pretty: true) }

    private func text(pretty: Bool) -> String {
        (try? JSON.encode(self, pretty: pretty)).map { String(decoding: $0, as: UTF8.self) } ?? "null"
    }
}

extension JSONValue: Codable {
    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    package init(from decoder: any Decoder) throws {
        if let container = try? decoder.container(keyedBy: Key.self) {
            self = .object(
                try container.allKeys.map {
                    Member(key: $0.stringValue, value: try container.decode(JSONValue.self, forKey: $0))
                })
            return
        }
        if var container = try? decoder.unkeyedContainer() {
            var values: [JSONValue] = []
            while !container.isAtEnd { values.append(try container.decode(JSONValue.self)) }
            self = .array(values)
            return
        }
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else {
            self = .string(try container.decode(String.self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .object(let members), .map(let members):
            var container = encoder.container(keyedBy: Key.self)
            for member in members { try container.encode(member.value, forKey: Key(stringValue: member.key)) }
        case .array(let values):
            var container = encoder.unkeyedContainer()
            for value in values { try container.encode(value) }
        case .null:
            var container = encoder.singleValueContainer()
            try container.encodeNil()
        case .bool(let value):
            var container = encoder.singleValueContainer()
            try container.encode(value)
        case .integer(let value):
            var container = encoder.singleValueContainer()
            try container.encode(value)
        case .number(let value):
            var container = encoder.singleValueContainer()
            try container.encode(value)
        case .string(let value):
            var container = encoder.singleValueContainer()
            try container.encode(value)
        }
    }
}
