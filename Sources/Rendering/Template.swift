/// A line out of fields, in the form that docker borrows of Go: `{{.Name}}: {{json .Limits}}`.
///
/// `{{.}}`, `{{.Path.To.Field}}`, `{{index .Path "key"}}` and docker's `{{.Label "key"}}`, each alone or after `json`, `upper`, `lower`, `len`;
/// `\t` and `\n` outside of the braces are a tab and a new line. There are no conditions and no loops.
package struct Template: Hashable, Sendable {
    private enum Part: Hashable, Sendable {
        case text(String)
        case field(path: [String], function: Function?)
    }

    private enum Function: String, Hashable, Sendable { case json, upper, lower, len }

    private var parts: [Part] = []

    package init(_ source: String) throws(TemplateError) {
        var rest = source[...]
        while let open = rest.firstRange(of: "{{") {
            add(text: rest[..<open.lowerBound])
            rest = rest[open.upperBound...]
            guard let close = rest.firstRange(of: "}}") else {
                throw TemplateError("the template “\(source)” has {{ without }}")
            }
            parts.append(try Self.field(rest[..<close.lowerBound]))
            rest = rest[close.upperBound...]
        }
        add(text: rest)
    }

    private mutating func add(text: Substring) {
        var plain = ""
        var escaped = false
        for character in text {
            switch (escaped, character) {
            case (false, "\\"): escaped = true
            case (false, _): plain.append(character)
            case (true, "t"): (plain, escaped) = (plain + "\t", false)
            case (true, "n"): (plain, escaped) = (plain + "\n", false)
            case (true, _): (plain, escaped) = (plain + "\\\(character)", false)
            }
        }
        if escaped { plain += "\\" }
        if !plain.isEmpty { parts.append(.text(plain)) }
    }

    private static func field(_ text: Substring) throws(TemplateError) -> Part {
        var words = text.split(separator: " ").map(String.init)
        if words.first == "-" { words.removeFirst() }
        if words.last == "-" { words.removeLast() }
        let function = words.first.flatMap(Function.init)
        if function != nil { words.removeFirst() }
        var path: [String] = []
        if words.first == "index", words.count >= 3 {
            path = words.dropFirst(2).map { $0.trimming("\"") }
            words = [words[1]]
        }
        if words.count == 2, words[0].lowercased() == ".label" {
            path = [words[1].trimming("\"")]
            words = [".Labels"]
        }
        guard words.count == 1, words[0].hasPrefix(".") else {
            throw TemplateError(
                "“{{\(text)}}” is no field: write {{.Name}}, {{json .Name}} or {{index .Labels \"key\"}}")
        }
        return .field(path: words[0].split(separator: ".").map(String.init) + path, function: function)
    }

    /// The line, with each field's text in its place.
    func text(of fields: TemplateFields) throws(TemplateError) -> String {
        var text = ""
        for part in parts {
            switch part {
            case .text(let plain): text += plain
            case .field(let path, let function): text += try Self.text(of: fields.field(path), function)
            }
        }
        return text
    }

    /// The line of headers, with each field's title in its place.
    func headers(_ title: (String) -> String) -> String {
        parts.map { part in
            switch part {
            case .text(let plain): plain
            case .field(let path, _): title(path.first ?? "")
            }
        }.joined()
    }

    private static func text(of field: TemplateFields.Field, _ function: Function?) -> String {
        switch function {
        case nil: field.text
        case .json: field.value.compact
        case .upper: field.text.uppercased()
        case .lower: field.text.lowercased()
        case .len:
            switch field.value {
            case .array(let values): "\(values.count)"
            case .object(let members), .map(let members): "\(members.count)"
            default: "\(field.text.utf8.count)"
            }
        }
    }
}

/// What a template may name.
package struct TemplateFields {
    struct Field {
        var text: String
        var value: JSONValue
    }

    private let whole: JSONValue
    private let docker: JSONValue
    private let named: (String) -> Field?

    /// - Parameter docker: what docker calls by other names, or prints where `whole` has null.
    init(whole: JSONValue, docker: JSONValue = .object([]), named: @escaping (String) -> Field? = { _ in nil }) {
        self.whole = whole
        self.docker = docker
        self.named = named
    }

    func field(_ path: [String]) throws(TemplateError) -> Field {
        guard let first = path.first else { return Field(text: whole.plain, value: whole) }
        let named = named(first)
        if path.count == 1, let named { return named }
        let found = [named?.value.value(at: path.dropFirst()), whole.value(at: path), docker.value(at: path)]
            .compactMap { $0 }
        guard let value = found.first(where: { $0 != .null }) ?? found.first else { throw missing(path) }
        return Field(text: value.plain, value: value)
    }

    private func missing(_ path: [String]) -> TemplateError {
        let sentence = "there is no field .\(path.joined(separator: "."))"
        for length in path.indices.reversed() {
            let start = path.prefix(length)
            var keys: [String] = []
            for key in [whole, docker].flatMap({ $0.value(at: start)?.keys ?? [] })
            where !keys.contains(where: { $0.lowercased() == key.lowercased() }) {
                keys.append(key)
            }
            if !keys.isEmpty {
                return TemplateError(
                    "\(sentence): \(length == 0 ? "there are" : ".\(start.joined(separator: ".")) has") "
                        + keys.joined(separator: ", "))
            }
        }
        return TemplateError(sentence)
    }
}

extension Template {
    /// The line for any value of JSON.
    ///
    /// - Parameter docker: what docker calls by other names, or prints where `value` has null.
    package func text(of value: JSONValue, docker: JSONValue = .object([])) throws(TemplateError) -> String {
        try text(of: TemplateFields(whole: value, docker: docker))
    }
}

/// Why a format cannot be used, as a sentence.
package struct TemplateError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

extension String {
    fileprivate func trimming(_ character: Character) -> String {
        var text = self[...]
        while text.first == character { text.removeFirst() }
        while text.last == character { text.removeLast() }
        return String(text)
    }
}
