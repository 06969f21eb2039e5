/// Reads a text in quotes as Go writes it.
struct TemplateText {
    private(set) var rest: Substring.UnicodeScalarView

    /// - Parameter rest: begins with the quote.
    init(_ rest: Substring.UnicodeScalarView) { self.rest = rest }

    /// Between backticks, in which nothing is special.
    mutating func raw() throws(TemplateError) -> String {
        let text = rest.dropFirst().prefix { $0 != "`" }
        guard text.endIndex != rest.endIndex else { throw TemplateError("a text has no closing backtick") }
        rest = rest[text.endIndex...].dropFirst()
        return String(text)
    }

    /// Between double quotes.
    mutating func quoted() throws(TemplateError) -> String {
        rest.removeFirst()
        var text = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\"": return String(text)
            case "\\": text.append(try escaped())
            default: text.append(scalar)
            }
        }
        throw TemplateError("a text has no closing quote")
    }

    private mutating func escaped() throws(TemplateError) -> Unicode.Scalar {
        let letter = rest.popFirst() ?? "\\"
        switch letter {
        case "n": return "\n"
        case "t": return "\t"
        case "r": return "\r"
        case "\\", "\"", "'": return letter
        case "x": return try hexadecimal(2)
        case "u": return try hexadecimal(4)
        case "U": return try hexadecimal(8)
        default: throw TemplateError("“\\\(letter)” means nothing in a text")
        }
    }

    private mutating func hexadecimal(_ count: Int) throws(TemplateError) -> Unicode.Scalar {
        let digits = String(rest.prefix(count))
        rest = rest.dropFirst(count)
        guard digits.utf8.count == count, let scalar = UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init)
        else { throw TemplateError("“\(digits)” is no character's number") }
        return scalar
    }
}
