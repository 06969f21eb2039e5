/// Where in a document a value lies, as a chain from it up to the root: one cell a level, made into text only for errors.
final class Path: Sendable {
    let key: (any CodingKey)?
    let parent: Path?

    static let root = Path(nil, in: nil)

    private init(_ key: (any CodingKey)?, in parent: Path?) {
        self.key = key
        self.parent = parent
    }

    func appending(_ key: any CodingKey) -> Path { Path(key, in: self) }

    var keys: [any CodingKey] {
        var keys: [any CodingKey] = []
        var path = self
        while let key = path.key, let parent = path.parent {
            keys.append(key)
            path = parent
        }
        return keys.reversed()
    }

    /// `mounts[3].type`.
    static func text(_ keys: [any CodingKey]) -> String {
        var text = ""
        for key in keys {
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += text.isEmpty ? key.stringValue : ".\(key.stringValue)"
            }
        }
        return text
    }
}

struct IndexKey: CodingKey {
    let index: Int

    init(_ index: Int) { self.index = index }
    init?(stringValue: String) { nil }
    init?(intValue: Int) { index = intValue }

    var stringValue: String { String(index) }
    var intValue: Int? { index }
}

struct NameKey: CodingKey {
    let stringValue: String

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }

    var intValue: Int? { nil }
}
