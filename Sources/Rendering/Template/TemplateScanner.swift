/// What stands between `{{` and `}}`.
struct TemplateAction {
    var tokens: [TemplateToken]
    /// As it was written, braces included.
    var source: String
}

enum TemplatePart {
    case text(String)
    case action(TemplateAction)
}

/// Cuts a template into its texts and actions.
struct TemplateScanner {
    private let source: String
    private var rest: Substring.UnicodeScalarView
    private var parts: [TemplatePart] = []
    /// The last action ended with `-}}`: spaces after it do not count.
    private var trims = false

    static func parts(of source: String) throws(TemplateError) -> [TemplatePart] {
        var scanner = TemplateScanner(source)
        try scanner.scan()
        return scanner.parts
    }

    private init(_ source: String) {
        self.source = source
        rest = source[...].unicodeScalars
    }

    private mutating func scan() throws(TemplateError) {
        while let open = rest.firstRange(of: "{{".unicodeScalars) {
            let text = rest[..<open.lowerBound]
            rest = rest[open.upperBound...]
            let trimsBefore = rest.first == "-" && rest.dropFirst().first?.properties.isWhitespace == true
            if trimsBefore { rest.removeFirst() }
            add(text, trimsEnd: trimsBefore)
            if !(try skipComment()) { try addAction(from: open.lowerBound) }
        }
        add(rest, trimsEnd: false)
    }

    private mutating func add(_ scalars: Substring.UnicodeScalarView, trimsEnd: Bool) {
        var text = Self.unescaped(scalars)[...].unicodeScalars
        if trims { text = text.drop { $0.properties.isWhitespace } }
        if trimsEnd { while text.last?.properties.isWhitespace == true { text.removeLast() } }
        if !text.isEmpty { parts.append(.text(String(text))) }
        trims = false
    }

    private static func unescaped(_ scalars: Substring.UnicodeScalarView) -> String {
        var text = String.UnicodeScalarView()
        var rest = scalars
        while let scalar = rest.popFirst() {
            switch (scalar, rest.first) {
            case ("\\", "t"): text.append("\t")
            case ("\\", "n"): text.append("\n")
            case ("\\", let next?): text.append(contentsOf: [scalar, next])
            default:
                text.append(scalar)
                continue
            }
            rest.removeFirst()
        }
        return String(text)
    }

    private mutating func skipComment() throws(TemplateError) -> Bool {
        let comment = rest.drop { $0.properties.isWhitespace }
        guard comment.starts(with: "/*".unicodeScalars) else { return false }
        guard let end = comment.dropFirst(2).firstRange(of: "*/".unicodeScalars) else {
            throw TemplateError("the template “\(source)” has /* without */")
        }
        var tokenizer = TemplateTokenizer(comment[end.upperBound...])
        guard try tokenizer.tokens()?.isEmpty == true else {
            throw TemplateError("the template “\(source)” has a comment that does not end with */}}")
        }
        (rest, trims) = (tokenizer.rest, tokenizer.trimsAfter)
        return true
    }

    private mutating func addAction(from start: String.Index) throws(TemplateError) {
        var tokenizer = TemplateTokenizer(rest)
        do throws(TemplateError) {
            guard let tokens = try tokenizer.tokens() else {
                throw TemplateError("the template “\(source)” has {{ without }}")
            }
            let written = String(source[start..<tokenizer.rest.startIndex])
            parts.append(.action(TemplateAction(tokens: tokens, source: written)))
        } catch {
            guard let end = rest.firstRange(of: "}}".unicodeScalars) else {
                throw TemplateError("the template “\(source)” has {{ without }}")
            }
            throw TemplateError(in: String(source[start..<end.upperBound]), error.description)
        }
        (rest, trims) = (tokenizer.rest, tokenizer.trimsAfter)
    }
}
