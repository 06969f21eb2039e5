/// Flags with a value, options with an empty one, and flags and an option with its value in one word, as docker takes
/// them, turned into words for a parser whose flags have none, which gives an option that ends in `=` the next word, and
/// takes a word of several letters with `=` in it for one name.
///
///     let known = FlagWords(flags: [["-i"], ["-t", "--tty"], ["--rm"]], options: ["--name", "-e"], endsAtFirst: true)
///     try known.plain(["--rm", "--name", "web", "--rm=false", "-it=true", "-ieA=b", "--name=", "tools", "--rm=true"])
///     // --name web -i -t -i -e=A=b --name "" tools --rm=true
package struct FlagWords: Sendable {
    /// The first of a flag's names, by each of them.
    private var flags: [String: String] = [:]
    private let options: Set<String>
    private let endsAtFirst: Bool

    /// - Parameters:
    ///   - flags: the names of each, as they are typed. `--no-NAME` takes back `--NAME`.
    ///   - options: the names of what takes a value.
    ///   - endsAtFirst: all that follows the first word which is neither is somebody else's.
    package init(flags: [[String]], options: Set<String>, endsAtFirst: Bool) {
        for names in flags { for name in names { self.flags[name] = names[0] } }
        self.options = options
        self.endsAtFirst = endsAtFirst
    }

    /// Whether one of `words` looks like a flag with a value, or like an option with an empty one.
    package static func hasValues(_ words: [String]) -> Bool {
        words.contains { $0.hasPrefix("-") && (sides(of: $0).isOn != nil || nameOfEmpty($0) != nil) }
    }

    /// Whether one of `words` has several letters behind one dash: flags, mostly, which a parser takes as they are.
    package static func hasLetters(_ words: [String]) -> Bool {
        words.contains { $0.hasPrefix("-") && !$0.hasPrefix("--") && $0.utf8.count > 2 }
    }

    /// `words`, where `--rm=true` is `--rm`, neither it nor what was said before is left of `--rm=false`, `--name=` is
    /// `--name` with an empty word for its value, and `-ieA=b` is `-i` and `-e=A=b`.
    ///
    /// - Throws: for a flag of which `=` says neither yes nor no.
    package func plain(_ words: [String]) throws(FlagError) -> [String] {
        var plain: [String] = []
        var rest = words[...]
        while let word = rest.popFirst() {
            let isPlain = !word.hasPrefix("-") || word == "-"
            if word == "--" || endsAtFirst && isPlain { return plain + [word] + rest }
            if isPlain {
                plain.append(word)
                continue
            }
            if let name = Self.nameOfEmpty(word) {
                guard flags[name] == nil else {
                    throw FlagError("nothing follows the = of \(word): write \(name), or \(name)=false")
                }
                // What is not known, the parser refuses as it is typed.
                plain += options.contains(name) ? [name, ""] : [word]
                continue
            }
            if let letters = letters(of: word) {
                plain += letters
                continue
            }
            let (name, isOn) = Self.sides(of: word)
            let names = name.hasPrefix("--") ? [name] : name.dropFirst().map { "-\($0)" }
            let known = names.prefix { flags[$0] != nil }
            if known.count == names.count, !names.isEmpty, isOn != nil || name == word {
                plain += known.dropLast()
                set(known.last ?? name, isOn ?? true, in: &plain)
            } else {
                plain.append(word)
                // The value of an option that has none in its own word.
                let isOpen = name == word && known.count + 1 == names.count && options.contains(names.last ?? "")
                if isOpen, let value = rest.popFirst() { plain.append(value) }
            }
        }
        return plain
    }

    /// `-fn1` as the flags and the option with its value that it is; `nil` where it is something else.
    private func letters(of word: String) -> [String]? {
        guard !word.hasPrefix("--") else { return nil }
        let before = word.dropFirst().prefix { flags["-\($0)"] != nil }
        let rest = word.dropFirst(1 + before.count)
        guard let letter = rest.first, options.contains("-\(letter)"), rest.count > 1 else { return nil }
        let value = rest.dropFirst()
        return before.map { "-\($0)" } + ["-\(letter)\(value.hasPrefix("=") ? "" : "=")\(value)"]
    }

    private func set(_ name: String, _ isOn: Bool, in words: inout [String]) {
        if isOn { return words.append(name) }
        words.removeAll { flags[$0] != nil && flags[$0] == flags[name] }
        let opposite = name.hasPrefix("--no-") ? "--\(name.dropFirst(5))" : "--no-\(name.drop { $0 == "-" })"
        if flags[opposite] != nil { words.append(opposite) }
    }

    /// What stands before the `=` that a long option ends with; `nil` for any other word. Short ones the parser reads as
    /// they are meant.
    private static func nameOfEmpty(_ word: String) -> String? {
        guard word.hasPrefix("--"), word.firstIndex(of: "=") == word.indices.last else { return nil }
        return String(word.dropLast())
    }

    /// What stands before `=`, and the value after it where it is one of a flag's; the whole word where there is none.
    private static func sides(of word: String) -> (name: String, isOn: Bool?) {
        guard let split = word.firstIndex(of: "=") else { return (word, nil) }
        let name = String(word[..<split])
        switch word[word.index(after: split)...] {
        case "1", "t", "T", "true", "TRUE", "True": return (name, true)
        case "0", "f", "F", "false", "FALSE", "False": return (name, false)
        default: return (name, nil)
        }
    }
}
