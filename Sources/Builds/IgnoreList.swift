/// What of a build's folder is not part of it: `.dockerignore` or `.containerignore`.
package struct IgnoreList: Sendable {
    private struct Rule: Sendable {
        var pattern: [Substring]
        var keeps: Bool
    }

    private let rules: [Rule]

    /// - Parameter name: the file that `text` is of.
    package init(_ text: String, of name: String) throws(BuildError) {
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = LineReader.trimmed(line)
            guard !line.hasPrefix("#"), let reason = Glob.fault(of: line) else { continue }
            throw BuildError("line \(index + 1) of \(name): “\(line)” is no pattern: \(reason)")
        }
        self.init(text)
    }

    package init(_ text: String) {
        rules = text.split(whereSeparator: \.isNewline).compactMap { line in
            var line = LineReader.trimmed(line)[...]
            if line.isEmpty || line.hasPrefix("#") { return nil }
            let keeps = line.hasPrefix("!")
            if keeps { line = LineReader.trimmed(line.dropFirst())[...] }
            let parts = BuildPath.normal(String(line)).split(separator: "/").map { Substring($0) }
            return parts.isEmpty && line != "." ? nil : Rule(pattern: parts, keeps: keeps)
        }
    }

    var isEmpty: Bool { rules.isEmpty }

    /// Whether there is a rule that takes some of what others leave out back in: then folders must be looked into.
    var hasExceptions: Bool { rules.contains(where: \.keeps) }

    /// Whether `path`, from the folder on, is left out: the last rule that fits counts; one for a folder above fits too.
    package func leavesOut(_ path: some StringProtocol) -> Bool {
        let parts = path.split(separator: "/").map { Substring($0) }
        var out = false
        for rule in rules where rule.keeps == out {
            if (0..<parts.count).contains(where: { Glob.matches(parts[...$0], rule.pattern[...]) }) {
                out = !rule.keeps
            }
        }
        return out
    }
}

/// Patterns of file names as Go's filepath.Match has them, with `**` for any number of folders.
enum Glob {
    static func matches(_ path: ArraySlice<Substring>, _ pattern: ArraySlice<Substring>) -> Bool {
        guard let first = pattern.first else { return path.isEmpty }
        if first == "**" {
            // All that is in a folder is not the folder itself.
            if pattern.count == 1 { return !path.isEmpty }
            return (path.startIndex...path.endIndex).contains { matches(path[$0...], pattern.dropFirst()) }
        }
        guard let part = path.first, matches(part[...], first[...]) else { return false }
        return matches(path.dropFirst(), pattern.dropFirst())
    }

    /// What is wrong with `pattern`, as Go's filepath.Match sees it; `nil` where nothing is.
    static func fault(of pattern: String) -> String? {
        var rest = pattern[...]
        while let letter = rest.popFirst() {
            if letter == "\\", rest.popFirst() == nil { return "a \\ at its end is of nothing" }
            if letter == "[" {
                if rest.first == "^" { rest = rest.dropFirst() }
                var count = 0
                while rest.first != "]" || count == 0 {
                    guard takeLetter(from: &rest) else { return "a [ has no end, or nothing in it" }
                    if rest.first == "-" {
                        rest = rest.dropFirst()
                        guard takeLetter(from: &rest) else { return "a range in [ ] has no end" }
                    }
                    count += 1
                }
                rest = rest.dropFirst()
            }
        }
        return nil
    }

    /// One letter of a range in brackets; there is none in place of `-` and `]`.
    private static func takeLetter(from rest: inout Substring) -> Bool {
        guard let first = rest.popFirst(), first != "-", first != "]" else { return false }
        return first != "\\" || rest.popFirst() != nil
    }

    static func isPattern(_ text: String) -> Bool { text.contains { "*?[".contains($0) } }

    /// One part against one pattern, without backtracking further than the last star.
    static func matches(_ text: Substring, _ pattern: Substring) -> Bool {
        var (text, pattern) = (text, pattern)
        var again: (text: Substring, pattern: Substring)?
        while true {
            if pattern.first == "*" {
                pattern = pattern.dropFirst()
                again = (text, pattern)
                continue
            }
            if let letter = text.first, let rest = matchesOne(letter, pattern) {
                (text, pattern) = (text.dropFirst(), rest)
                continue
            }
            if text.isEmpty, pattern.isEmpty { return true }
            guard let last = again, !last.text.isEmpty else { return false }
            again = (last.text.dropFirst(), last.pattern)
            (text, pattern) = (last.text.dropFirst(), last.pattern)
        }
    }

    /// The pattern's rest where its first element fits `letter`.
    private static func matchesOne(_ letter: Character, _ pattern: Substring) -> Substring? {
        guard let first = pattern.first else { return nil }
        switch first {
        case "?": return pattern.dropFirst()
        case "\\": return pattern.dropFirst().first == letter ? pattern.dropFirst(2) : nil
        case "[":
            var rest = pattern.dropFirst()
            let isNegated = rest.first == "^"
            if isNegated { rest = rest.dropFirst() }
            var fits = false
            while let low = rest.popFirst(), low != "]" {
                var high = low
                if rest.first == "-", rest.dropFirst().first != "]" {
                    rest = rest.dropFirst()
                    high = rest.popFirst() ?? low
                }
                if low <= letter, letter <= high { fits = true }
            }
            return fits != isNegated ? rest : nil
        default: return first == letter ? pattern.dropFirst() : nil
        }
    }
}
