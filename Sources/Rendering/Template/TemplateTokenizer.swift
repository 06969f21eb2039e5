import JSON

enum TemplateToken: Hashable, Sendable {
    /// `.A.B`; empty for the dot alone.
    case path([String])
    /// `$x.A`
    case variable(String, path: [String])
    /// A keyword or a function.
    case word(String)
    case literal(JSONValue)
    case open
    /// `).A`
    case close(path: [String])
    case pipe
    case comma
    case assign
    case declare
}

/// Cuts what stands between braces into tokens.
struct TemplateTokenizer {
    private(set) var rest: Substring.UnicodeScalarView
    /// Whether it ended with `-}}`.
    private(set) var trimsAfter = false

    init(_ rest: Substring.UnicodeScalarView) { self.rest = rest }

    /// The tokens up to the braces that close, which are taken as well; `nil` where nothing closes.
    mutating func tokens() throws(TemplateError) -> [TemplateToken]? {
        var tokens: [TemplateToken] = []
        while true {
            let space = take { $0.properties.isWhitespace }
            guard let first = rest.first else { return nil }
            if takeEnd(isAfterSpace: !space.isEmpty) { return tokens }
            tokens.append(try token(first))
        }
    }

    private mutating func takeEnd(isAfterSpace: Bool) -> Bool {
        if take("}}") { return true }
        trimsAfter = isAfterSpace && take("-}}")
        return trimsAfter
    }

    private mutating func token(_ first: Unicode.Scalar) throws(TemplateError) -> TemplateToken {
        if let sign = takeSign() { return sign }
        switch first {
        case ".": return .path(try path())
        case ")":
            rest.removeFirst()
            return .close(path: try path())
        case "$":
            rest.removeFirst()
            return .variable("$" + take(while: \.isWord), path: try path())
        case "\"", "`":
            var text = TemplateText(rest)
            let value = try first == "`" ? text.raw() : text.quoted()
            rest = text.rest
            return .literal(.string(value))
        case "0"..."9", "+", "-": return .literal(try number())
        case _ where first.isWord: return .word(take(while: \.isWord))
        case "'": throw TemplateError("a text is written in double quotes or backticks")
        default: throw TemplateError("“\(first)” means nothing here")
        }
    }

    private mutating func takeSign() -> TemplateToken? {
        let signs: [(String, TemplateToken)] = [
            ("(", .open), ("|", .pipe), (",", .comma), (":=", .declare), ("=", .assign),
        ]
        return signs.first { take($0.0) }?.1
    }

    /// `.A.B`. A label's or a network's name may have what no name of Go has, such as `-`.
    private mutating func path() throws(TemplateError) -> [String] {
        var path: [String] = []
        while take(".") {
            let name = take { !$0.properties.isWhitespace && !".|(),=\"'`{}".unicodeScalars.contains($0) }
            if name.isEmpty, path.isEmpty, rest.first != "." { return [] }
            guard !name.isEmpty else { throw TemplateError("there is a name missing after a dot") }
            path.append(name)
        }
        return path
    }

    private mutating func number() throws(TemplateError) -> JSONValue {
        let text = take { $0.isWord || "+-.".unicodeScalars.contains($0) }
        if let whole = Int64(text) { return .integer(whole) }
        if text.hasPrefix("0x"), let whole = Int64(text.dropFirst(2), radix: 16) { return .integer(whole) }
        guard let number = Double(text), number.isFinite else { throw TemplateError("“\(text)” is no number") }
        return .number(number)
    }

    private mutating func take(_ text: String) -> Bool {
        guard rest.starts(with: text.unicodeScalars) else { return false }
        rest.removeFirst(text.unicodeScalars.count)
        return true
    }

    private mutating func take(while isWanted: (Unicode.Scalar) -> Bool) -> String {
        let taken = rest.prefix(while: isWanted)
        rest = rest[taken.endIndex...]
        return String(taken)
    }
}

extension Unicode.Scalar {
    fileprivate var isWord: Bool { self == "_" || properties.isAlphabetic || properties.numericType == .decimal }
}
