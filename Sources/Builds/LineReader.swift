/// Reads instructions off a Containerfile: comments left out, continued lines joined, heredocs taken along.
struct LineReader {
    private let lines: [Substring]
    private var index = 0
    private(set) var escape: Character = "\\"

    init(_ text: String) {
        let body = text.hasPrefix("\u{FEFF}") ? text.dropFirst() : text[...]
        lines = body.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        readDirectives()
    }

    /// `# escape=`, of which only the first lines may speak.
    private mutating func readDirectives() {
        for line in lines {
            guard line.first == "#", let equals = line.firstIndex(of: "=") else { return }
            let key = line[line.index(after: line.startIndex)..<equals].filter { !$0.isWhitespace }.lowercased()
            guard key.allSatisfy({ $0.isLetter }), !key.isEmpty else { return }
            if key == "escape", line.hasSuffix("`") { escape = "`" }
        }
    }

    /// The next instruction; `nil` at the end.
    mutating func next() throws(BuildError) -> Containerfile.Instruction? {
        while index < lines.count, Self.isBlank(lines[index]) || Self.isComment(lines[index]) { index += 1 }
        guard index < lines.count else { return nil }
        let number = index + 1
        let text = joined()
        let word = text.prefix { !$0.isWhitespace }
        var instruction = Containerfile.Instruction(
            keyword: word.uppercased(), text: Self.trimmed(text[word.endIndex...]), line: number)
        guard word.allSatisfy({ $0.isLetter }) else {
            throw BuildError(line: number, "“\(word.prefix(40))” is no instruction")
        }
        Self.takeFlags(of: &instruction)
        if ["RUN", "COPY", "ADD"].contains(instruction.keyword) { try takeHeredocs(of: &instruction) }
        guard !instruction.text.isEmpty else {
            throw BuildError(line: number, "\(instruction.keyword) wants something")
        }
        return instruction
    }

    /// A line with those that continue it.
    private mutating func joined() -> String {
        var text = ""
        while index < lines.count {
            let line = lines[index]
            index += 1
            // Comments and empty lines between continued ones are not there.
            if !text.isEmpty, Self.isComment(line) || Self.isBlank(line) { continue }
            let end = line.reversed().drop { $0 == " " || $0 == "\t" }
            guard end.first == escape else { return text + line }
            text += String(end.dropFirst().reversed())
        }
        return text
    }

    private static func takeFlags(of instruction: inout Containerfile.Instruction) {
        guard instruction.keyword != "ENV", instruction.keyword != "LABEL" else { return }
        while instruction.text.hasPrefix("--") {
            let word = instruction.text.prefix { !$0.isWhitespace }
            let body = word.dropFirst(2)
            guard let first = body.first, first.isLetter else { return }
            let name = body.prefix { $0 != "=" }
            instruction.flags.append(.init(name: String(name), value: String(body.dropFirst(name.count + 1))))
            instruction.text = trimmed(instruction.text[word.endIndex...])
        }
    }

    private mutating func takeHeredocs(of instruction: inout Containerfile.Instruction) throws(BuildError) {
        for mark in Self.heredocs(in: instruction.text) {
            var body = ""
            while true {
                guard index < lines.count else {
                    throw BuildError(line: instruction.line, "the text after <<\(mark.name) has no end \(mark.name)")
                }
                var line = lines[index]
                index += 1
                if mark.stripsTabs { line = line.drop { $0 == "\t" } }
                if line == mark.name { break }
                body += line + "\n"
            }
            instruction.heredocs.append(.init(name: mark.name, text: body, isExpanded: !mark.isQuoted))
        }
    }

    private struct Mark {
        var name: String
        var stripsTabs: Bool
        var isQuoted: Bool
    }

    /// `<<NAME`, `<<-NAME`, `<<"NAME"` where a word begins, outside of quotes.
    private static func heredocs(in text: String) -> [Mark] {
        var marks: [Mark] = []
        var quote: Character?
        var before: Character = " "
        var rest = text[...]
        while let letter = rest.first {
            if let open = quote {
                if letter == open { quote = nil }
            } else if letter == "'" || letter == "\"" {
                quote = letter
            } else if rest.hasPrefix("<<"), !rest.hasPrefix("<<<"), before.isWhitespace || before.isNumber {
                var mark = rest.dropFirst(2)
                let strips = mark.first == "-"
                if strips { mark = mark.dropFirst() }
                let open = mark.first.flatMap { $0 == "'" || $0 == "\"" ? $0 : nil }
                if open != nil { mark = mark.dropFirst() }
                let name = mark.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." || $0 == "-" }
                if let first = name.first, first.isLetter || first == "_" {
                    marks.append(Mark(name: String(name), stripsTabs: strips, isQuoted: open != nil))
                    rest = mark.dropFirst(name.count + (open == nil ? 0 : 1))
                    before = "x"
                    continue
                }
            }
            before = letter
            rest = rest.dropFirst()
        }
        return marks
    }

    private static func isComment(_ line: Substring) -> Bool { line.drop(while: \.isWhitespace).first == "#" }
    private static func isBlank(_ line: Substring) -> Bool { line.allSatisfy(\.isWhitespace) }

    static func trimmed(_ text: some StringProtocol) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
