/// A JSON document that can be changed at any place, into something wrong too.
indirect enum Document: Codable, Hashable, Sendable {
    case null
    case bool(Bool)
    case number(Int64)
    case text(String)
    case list([Document])
    case object([String: Document])

    init(from decoder: any Decoder) throws {
        if let keyed = try? decoder.container(keyedBy: FieldName.self) {
            var object: [String: Document] = [:]
            for key in keyed.allKeys { object[key.stringValue] = try keyed.decode(Document.self, forKey: key) }
            self = .object(object)
            return
        }
        if var list = try? decoder.unkeyedContainer() {
            var all: [Document] = []
            while !list.isAtEnd { all.append(try list.decode(Document.self)) }
            self = .list(all)
            return
        }
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let flag = try? value.decode(Bool.self) {
            self = .bool(flag)
        } else if let number = try? value.decode(Int64.self) {
            self = .number(number)
        } else {
            self = .text(try value.decode(String.self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        switch self {
        case .object(let object):
            var keyed = encoder.container(keyedBy: FieldName.self)
            for (name, value) in object { try keyed.encode(value, forKey: FieldName(name)) }
        case .list(let list):
            var all = encoder.unkeyedContainer()
            for value in list { try all.encode(value) }
        case .null:
            var value = encoder.singleValueContainer()
            try value.encodeNil()
        case .bool(let flag):
            var value = encoder.singleValueContainer()
            try value.encode(flag)
        case .number(let number):
            var value = encoder.singleValueContainer()
            try value.encode(number)
        case .text(let text):
            var value = encoder.singleValueContainer()
            try value.encode(text)
        }
    }

    private struct FieldName: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.init(stringValue) }
        init?(intValue: Int) { nil }
    }

    /// The value at a path such as `linux.namespaces`; set to `nil`, it is taken away.
    subscript(path: String) -> Document? {
        get { self[path.split(separator: ".").map(String.init)[...]] }
        set { self[path.split(separator: ".").map(String.init)[...]] = newValue }
    }

    private subscript(path: ArraySlice<String>) -> Document? {
        get {
            guard let first = path.first else { return self }
            guard case .object(let object) = self else { return nil }
            return object[first]?[path.dropFirst()]
        }
        set {
            guard let first = path.first else { return self = newValue ?? .null }
            var object: [String: Document] = [:]
            if case .object(let before) = self { object = before }
            if path.count == 1 {
                object[first] = newValue
            } else {
                var inner = object[first] ?? .object([:])
                inner[path.dropFirst()] = newValue
                object[first] = inner
            }
            self = .object(object)
        }
    }

    mutating func append(_ value: Document, to path: String) { self[path] = .list((self[path]?.items ?? []) + [value]) }

    var items: [Document] { if case .list(let list) = self { list } else { [] } }
    var string: String? { if case .text(let text) = self { text } else { nil } }
    var integer: Int64? { if case .number(let number) = self { number } else { nil } }
    var keys: [String] { if case .object(let object) = self { object.keys.sorted() } else { [] } }
    var strings: [String] { items.compactMap(\.string) }
}

extension Document: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    init(stringLiteral value: String) { self = .text(value) }
    init(integerLiteral value: Int64) { self = .number(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(arrayLiteral elements: Document...) { self = .list(elements) }
    init(dictionaryLiteral elements: (String, Document)...) {
        self = .object(Dictionary(elements, uniquingKeysWith: { $1 }))
    }
}
