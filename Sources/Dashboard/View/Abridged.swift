import TerminalKit

/// Sentences about a failure, for little room. The reason stands at their end, often behind a long path.
extension String {
    /// In at most `width` cells: with short ids, then without its middle.
    func abridged(to width: Int) -> String {
        if cells <= width { return self }
        let text = withShortIDs
        if text.cells <= width { return text }
        let start = max(1, width / 3)
        return text.prefix(cells: start) + "…" + text.dropping(cells: text.cells - max(0, width - start - 1))
    }

    /// Folded into at most `rows` rows, abridged where these are too few.
    func folded(_ width: Int, rows: Int) -> [String] {
        let folded = folded(width)
        return folded.count <= rows ? folded : abridged(to: width * rows).wrapped(width)
    }

    /// The ids of containers in it as lists have them, with 12 digits in place of 64.
    private var withShortIDs: String {
        var text = ""
        var rest = self[...]
        while let start = rest.firstIndex(where: \.isHexDigit) {
            let digits = rest[start...].prefix(while: \.isHexDigit)
            text += rest[..<start] + (digits.utf8.count == 64 ? digits.prefix(12) : digits)
            rest = rest[digits.endIndex...]
        }
        return text + rest
    }
}
