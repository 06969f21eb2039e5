import TerminalKit

/// What a person has chosen and wants to find again: `~/.config/boxtop/config`.
package struct Settings: Hashable, Sendable {
    package var columns: [ListColumn] = ListColumn.usual
    package var sort: SortKey = .cpu
    package var reverse = false
    /// Text rises from row to row, amounts fall, unless turned.
    var rises: Bool { (sort == .name || sort == .image) != reverse }
    /// Seconds from sweep to sweep.
    package var rate: Double = 1
    package var theme: Theme = .auto
    /// Those that don't run are listed as well.
    package var all = true

    package init() {}

    package static let rates: [Double] = [0.25, 0.5, 1, 2, 3, 5, 10]

    /// The file's text, with a word on each setting.
    package var text: String {
        """
        # boxtop's dashboard. Written by the key S; edit it as you like. What is not understood is passed over.

        # Columns after the name, in order: \(ListColumn.allCases.map(\.rawValue).joined(separator: " "))
        columns = \(columns.map(\.rawValue).joined(separator: " "))
        # One of: \(SortKey.allCases.map(\.rawValue).joined(separator: " "))
        sort = \(sort.rawValue)
        reverse = \(reverse ? "yes" : "no")
        # Seconds between two readings, 0.1 to 60.
        rate = \(Format.fixed(rate, 2))
        # One of: \(Theme.allCases.map(\.rawValue).joined(separator: " "))
        theme = \(theme.rawValue)
        # Also list containers that do not run.
        all = \(all ? "yes" : "no")

        """
    }

    /// Reads what `text` wrote; a line that says nothing known leaves the usual value.
    package init(text: String) {
        for line in text.split(whereSeparator: \.isNewline) where line.first != "#" {
            let parts = line.split(separator: "=", maxSplits: 1).map { $0.split(separator: " ") }
            guard parts.count == 2, let name = parts[0].first, let word = parts[1].first.map(String.init) else {
                continue
            }
            switch name {
            case "columns":
                let known = parts[1].compactMap { ListColumn(rawValue: String($0)) }
                if !known.isEmpty { columns = known }
            case "sort": sort = SortKey(rawValue: word) ?? sort
            case "reverse": reverse = word == "yes"
            case "rate": if let seconds = Double(word), (0.1...60).contains(seconds) { rate = seconds }
            case "theme": theme = Theme(rawValue: word) ?? theme
            case "all": all = word != "no"
            default: break
            }
        }
    }
}
