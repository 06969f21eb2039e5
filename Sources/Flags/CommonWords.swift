/// The words after a verb, read one by one, where all of them are common: flags, options with their values, and then the
/// rest.
///
/// It has no refusals of its own. Whoever reads with it gives up at the first word that is not plainly one of theirs, and
/// has the parser proper read all of them from the start: so help, spelling mistakes and every message are that one's.
///
///     var words = CommonWords(["-it", "--name", "web", "tools", "sh", "-l"])
///     words.read { $0 == "-i" || $0 == "-t" } value: { name, text in name == "--name" }   // true
///     words.rest                                                                          // ["tools", "sh", "-l"]
package struct CommonWords: Sendable {
    /// What has not been read.
    package var rest: ArraySlice<String>

    package init(_ words: some Sequence<String>) { rest = Array(words)[...] }

    /// Reads options up to the first word that is none.
    ///
    /// - Parameters:
    ///   - flag: takes a flag as it is typed, `-i` or `--tty`, also out of several in one word; `false`: it is none.
    ///   - value: takes an option that is no flag with its value; `false`: it is none, or the value will not do.
    /// - Returns: whether all of them were known; where not, `rest` means nothing.
    package mutating func read(
        flag: (String) -> Bool, value: (_ name: String, _ text: String) -> Bool = { _, _ in false }
    ) -> Bool {
        while let word = rest.first, word.hasPrefix("-") {
            rest.removeFirst()
            let letters = word.dropFirst()
            // A dash alone and two of them have meanings that are rarely meant.
            if letters.isEmpty || word == "--" { return false }
            if word.hasPrefix("--"), let split = word.firstIndex(of: "=") {
                let text = word[word.index(after: split)...]
                guard !text.isEmpty, value(String(word[..<split]), String(text)) else { return false }
            } else if word.hasPrefix("--") || letters.count == 1 {
                if flag(word) { continue }
                // A value that looks like an option is a mistake, mostly.
                guard let text = rest.popFirst(), !text.isEmpty, !text.hasPrefix("-"), value(word, text) else {
                    return false
                }
            } else {
                for letter in letters where !flag("-\(letter)") { return false }
            }
        }
        return true
    }
}
