/// Words as a shell splits them, and variables in them: docs.docker.com/reference/dockerfile, "Environment replacement".
struct Words {
    let escape: Character
    /// The value of a variable; `nil` where it is not set.
    let variable: (String) -> String?

    /// `text` split at spaces outside of quotes, quotes taken away, variables replaced.
    func split(_ text: String) throws(BuildError) -> [String] {
        var scanner = Scanner(rest: text[...], words: self)
        var found: [String] = []
        while let word = try scanner.word(stopsAtSpace: true) { found.append(word) }
        return found
    }

    /// All of `text` as one word.
    func expand(_ text: String) throws(BuildError) -> String {
        var scanner = Scanner(rest: text[...], words: self)
        return try scanner.word(stopsAtSpace: false) ?? ""
    }

    /// Variables alone, quotes left as they are: what heredocs want.
    func replace(_ text: String) throws(BuildError) -> String {
        var scanner = Scanner(rest: text[...], words: self, keepsQuotes: true)
        return try scanner.plain()
    }

    private struct Scanner {
        var rest: Substring
        let words: Words
        /// A quote is a letter as any.
        var keepsQuotes = false

        mutating func word(stopsAtSpace: Bool) throws(BuildError) -> String? {
            if stopsAtSpace { rest = rest.drop(while: \.isWhitespace) }
            if rest.isEmpty { return nil }
            var result = ""
            while let letter = rest.first {
                if stopsAtSpace, letter.isWhitespace { break }
                rest = rest.dropFirst()
                switch letter {
                case "'": result += try literal()
                case "\"": result += try quoted()
                case "$": result += try value()
                case words.escape:
                    if let next = rest.popFirst() { result.append(next) }
                default: result.append(letter)
                }
            }
            return result
        }

        /// What stands before the next `'`, as it is.
        private mutating func literal() throws(BuildError) -> Substring {
            guard let end = rest.firstIndex(of: "'") else { throw BuildError("a ' has no end") }
            defer { rest = rest[rest.index(after: end)...] }
            return rest[..<end]
        }

        private mutating func quoted() throws(BuildError) -> String {
            var result = ""
            while let letter = rest.popFirst() {
                switch letter {
                case "\"": return result
                case "$": result += try value()
                case words.escape:
                    guard let next = rest.first else { break }
                    // Within quotes it takes the meaning of these alone.
                    if next == "\"" || next == "$" || next == words.escape { rest = rest.dropFirst() }
                    result.append(next == "\"" || next == "$" || next == words.escape ? next : letter)
                default: result.append(letter)
                }
            }
            throw BuildError("a \" has no end")
        }

        mutating func plain() throws(BuildError) -> String {
            var result = ""
            while let letter = rest.popFirst() {
                if letter == words.escape, rest.first == "$" {
                    rest = rest.dropFirst()
                    result.append("$")
                } else {
                    result += letter == "$" ? try value() : String(letter)
                }
            }
            return result
        }

        /// What follows a `$`.
        private mutating func value() throws(BuildError) -> String {
            guard rest.first == "{" else {
                let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
                guard let first = name.first else { return "$" }
                // A digit is a name of its own.
                let taken = first.isNumber ? name.prefix(1) : name
                rest = rest[taken.endIndex...]
                return words.variable(String(taken)) ?? ""
            }
            rest = rest.dropFirst()
            let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
            rest = rest[name.endIndex...]
            let value = words.variable(String(name))
            guard !name.isEmpty, var kind = rest.popFirst() else { throw BuildError("a ${ has no end") }
            if kind == "}" { return value ?? "" }
            if "#%/".contains(kind) { return try changed(value ?? "", kind) }
            var counts = value != nil
            if kind == ":" {
                counts = value.map { !$0.isEmpty } ?? false
                kind = rest.popFirst() ?? "}"
            }
            let other = try inner()
            switch kind {
            case "-": return counts ? value ?? "" : other
            case "+": return counts ? other : ""
            case "?":
                guard counts else { throw BuildError("\(name): \(other.isEmpty ? "it is not set" : other)") }
                return value ?? ""
            default: throw BuildError("${\(name)\(kind)…} is nothing that is known here")
            }
        }

        /// `value` as `#`, `##`, `%`, `%%`, `/` or `//`, of which `kind` is the first letter, say what follows them does.
        private mutating func changed(_ value: String, _ kind: Character) throws(BuildError) -> String {
            let isDoubled = rest.first == kind
            if isDoubled { rest = rest.dropFirst() }
            let pattern = ShellPattern(try self.pattern(endsAtSlash: kind == "/"))
            switch kind {
            case "#":
                let found = pattern.beginning(of: value[...], longest: isDoubled)
                return String(value.dropFirst(found?.count ?? 0))
            case "%":
                let found = pattern.end(of: value[...], longest: isDoubled)
                return String(value.dropLast(found?.count ?? 0))
            default: return pattern.replaced(by: try inner(), in: value, all: isDoubled)
            }
        }

        /// A pattern before a `}`, which is taken, or a `/`, behind which another text stands.
        private mutating func pattern(endsAtSlash: Bool) throws(BuildError) -> String {
            var result = ""
            while let letter = rest.first {
                // Without another text it is an empty one.
                if endsAtSlash, letter == "}" { return result }
                rest = rest.dropFirst()
                switch letter {
                case "}": return result
                case "/" where endsAtSlash: return result
                case "$": result += try value()
                case "'" where !keepsQuotes: result += ShellPattern.escaped(try literal())
                case "\"" where !keepsQuotes: result += ShellPattern.escaped(try quoted())
                case words.escape:
                    if let next = rest.popFirst() { result += next == "/" || next == "}" ? "\(next)" : "\\\(next)" }
                case "\\": result += "\\\\"
                default: result.append(letter)
                }
            }
            throw BuildError("a ${ has no end")
        }

        /// What stands before the `}` that belongs to a `${`, expanded.
        private mutating func inner() throws(BuildError) -> String {
            var result = ""
            while let letter = rest.popFirst() {
                switch letter {
                case "}": return result
                case "$": result += try value()
                case "'" where !keepsQuotes: result += try literal()
                case "\"" where !keepsQuotes: result += try quoted()
                case words.escape: if let next = rest.popFirst() { result.append(next) }
                default: result.append(letter)
                }
            }
            throw BuildError("a ${ has no end")
        }
    }
}
