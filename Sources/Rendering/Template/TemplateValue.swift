import JSON

/// A value as a template sees it: ours and docker's at once, and for a list's fields what a person reads.
struct TemplateValue {
    private let own: JSONValue?
    private let docker: JSONValue?
    /// It was found by a name in docker's spelling, which is not ours.
    private let prefersDocker: Bool
    private let text: String?
    private let named: (String) -> TemplateValue?

    init(_ value: JSONValue, text: String? = nil) { self.init(own: value, text: text) }

    /// - Parameter docker: what docker calls by other names, or prints where `own` has null.
    /// - Parameter named: the fields of a list's row, by all their names.
    init(
        own: JSONValue?, docker: JSONValue? = nil, prefersDocker: Bool = false, text: String? = nil,
        named: @escaping (String) -> TemplateValue? = { _ in nil }
    ) {
        (self.own, self.docker, self.prefersDocker, self.text, self.named) = (own, docker, prefersDocker, text, named)
    }

    /// The one that is preferred, unless it is null.
    var value: JSONValue {
        let values = (prefersDocker ? [docker, own] : [own, docker]).compactMap { $0 }
        return values.first { $0 != .null } ?? .null
    }

    /// As a person reads it.
    var plain: String { text ?? value.plain }

    /// Whether a person reads what is not the value.
    var isWorded: Bool { text != nil }

    /// As Go has it: 0, false, and what is empty or absent are false.
    var isTrue: Bool {
        switch value {
        case .null: false
        case .bool(let value): value
        case .integer(let value): value != 0
        case .number(let value): value != 0
        case .string(let value): !value.isEmpty
        case .array(let values): !values.isEmpty
        case .object(let members), .map(let members): !members.isEmpty
        }
    }

    /// The names of its fields.
    var keys: [String] {
        var keys: [String] = []
        for key in (own?.keys ?? []) + (docker?.keys ?? [])
        where !keys.contains(where: { $0.lowercased() == key.lowercased() }) {
            keys.append(key)
        }
        return keys
    }

    /// Its field called `key`, in any case: null where a map has none, and of null; `nil` where there is no such field.
    func member(_ key: String) -> TemplateValue? {
        let field = named(key)
        let own = field?.own ?? own?.field(key)
        let docker = docker?.field(key)
        guard own != nil || docker != nil else { return nil }
        let isDockers = self.docker?.keys.contains(key) == true && self.own?.keys.contains(key) != true
        return TemplateValue(own: own, docker: docker, prefersDocker: isDockers, text: field?.text)
    }

    /// What `path` leads to.
    ///
    /// - Parameter name: how this is called in the template, for the error; empty for the dot.
    func member(at path: [String], of name: String = "") throws(TemplateError) -> TemplateValue {
        var values = [self]
        for key in path {
            guard let next = values[values.count - 1].member(key) else {
                throw Self.missing(path, of: name, among: values)
            }
            values.append(next)
        }
        return values[values.count - 1]
    }

    /// - Parameter values: those that the path's beginning leads to.
    private static func missing(
        _ path: [String], of name: String, among values: [TemplateValue]
    ) -> TemplateError {
        func written(_ count: Int) -> String { name + path.prefix(count).map { ".\($0)" }.joined() }
        let sentence = "there is no field \(written(path.count))"
        guard let last = values.lastIndex(where: { !$0.keys.isEmpty }) else { return TemplateError(sentence) }
        let place = written(last).isEmpty ? "there are" : "\(written(last)) has"
        return TemplateError("\(sentence): \(place) \(values[last].keys.joined(separator: ", "))")
    }
}

extension JSONValue {
    fileprivate func field(_ key: String) -> JSONValue? {
        switch self {
        case .null: .null
        case .map: member(key) ?? .null
        default: member(key)
        }
    }
}
