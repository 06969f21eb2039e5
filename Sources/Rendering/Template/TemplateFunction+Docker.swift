import JSON

extension TemplateFunction {
    /// See https://docs.docker.com/engine/cli/formatting.
    static let docker: [String: TemplateFunction] = [
        "json": .init(1...1, "json .Config.Cmd") { text($0[0].value.compact) },
        "join": .init(2...2, #"join .Config.Cmd " ""#) { (values) throws(TemplateError) in
            switch values[0].value {
            case .array(let parts): text(parts.map(\.plain).joined(separator: values[1].plain))
            case .null: text("")
            case let other: throw TemplateError("join takes a list first, not \(other.compact)")
            }
        },
        "split": .init(2...2, #"split .Image ":""#) { TemplateValue(.of(split($0[0].plain, by: $0[1].plain))) },
        "upper": .init(1...1, "upper .Name") { text($0[0].plain.uppercased()) },
        "lower": .init(1...1, "lower .Name") { text($0[0].plain.lowercased()) },
        "title": .init(1...1, "title .Name") { text(titled($0[0].plain)) },
        "pad": .init(3...3, "pad .Name 1 1") { (values) throws(TemplateError) in
            let (before, after) = (try values[1].whole("pad"), try values[2].whole("pad"))
            let plain = values[0].plain
            return text(plain.isEmpty ? "" : try spaces(before) + plain + spaces(after))
        },
        "truncate": .init(2...2, "truncate .Name 8") { (values) throws(TemplateError) in
            text(String(values[0].plain.prefix(max(0, try values[1].whole("truncate")))))
        },
    ]

    /// - Throws: for more than anybody can want, which would only fill the memory.
    static func spaces(_ count: Int, of letter: Character = " ") throws(TemplateError) -> String {
        guard count <= 10_000 else { throw TemplateError("\(count) letters are too many to fill up to: 10000 at most") }
        return String(repeating: letter, count: max(0, count))
    }

    private static func split(_ text: String, by separator: String) -> [String] {
        guard !separator.isEmpty else { return text.map(String.init) }
        return text.split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }

    private static func titled(_ text: String) -> String {
        var titled = ""
        for character in text {
            let isInside = titled.last.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false
            titled += isInside ? String(character) : character.uppercased()
        }
        return titled
    }
}

extension TemplateValue {
    func whole(_ function: String) throws(TemplateError) -> Int {
        guard case .integer(let number) = value else {
            throw TemplateError("\(function) takes a whole number, not \(value.compact)")
        }
        return Int(number)
    }
}
