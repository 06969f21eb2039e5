/// A pattern of `${A#pattern}` and its kin: `*`, `?`, and all else for itself.
///
///     ShellPattern("*/").beginning(of: "a/b/c", longest: true)     // "a/b/"
///     ShellPattern(".*").end(of: "a.tar.gz", longest: false)       // ".gz"
///     ShellPattern("a").replaced(by: "o", in: "banana", all: true) // "bonono"
struct ShellPattern {
    /// As `Glob` reads it.
    private let pattern: String
    /// How long all that fits is, where there is no `*`: other lengths need no look.
    private let length: Int?

    /// - Parameter pattern: `\` takes the meaning of what follows.
    init(_ pattern: String) {
        var (rest, read, length, isFixed) = (pattern[...], "", 0, true)
        while let letter = rest.popFirst() {
            if letter == "[" || letter == "\\" { read.append("\\") }
            read.append(letter == "\\" ? rest.popFirst() ?? letter : letter)
            if letter == "*" { isFixed = false }
            length += 1
        }
        self.pattern = read
        self.length = isFixed ? length : nil
    }

    /// `text` as a pattern that fits it alone.
    static func escaped(_ text: some StringProtocol) -> String {
        text.reduce(into: "") { $0 += "*?[\\".contains($1) ? "\\\($1)" : "\($1)" }
    }

    private func fits(_ text: Substring) -> Bool { Glob.matches(text, pattern[...]) }

    /// How long what fits in `text` may be, in the order in which it is looked for.
    private func lengths(_ text: Substring, longest: Bool) -> [Int] {
        if let length { return [length] }
        return longest ? (0...text.count).reversed() : Array(0...text.count)
    }

    /// The shortest, or longest, beginning of `text` that fits; `nil` where none does.
    func beginning(of text: Substring, longest: Bool) -> Substring? {
        lengths(text, longest: longest).lazy.map { text.prefix($0) }.first(where: fits)
    }

    /// The shortest, or longest, end of `text` that fits.
    func end(of text: Substring, longest: Bool) -> Substring? {
        lengths(text, longest: longest).lazy.map { text.suffix($0) }.first(where: fits)
    }

    /// `text` with `other` in place of the first that fits, or of each; the longest counts.
    func replaced(by other: String, in text: String, all: Bool) -> String {
        var (result, rest) = ("", text[...])
        while let letter = rest.first {
            guard let found = beginning(of: rest, longest: true), !found.isEmpty else {
                result.append(letter)
                rest = rest.dropFirst()
                continue
            }
            result += other
            rest = rest[found.endIndex...]
            if !all { break }
        }
        return result + rest
    }
}
