import TerminalKit

/// Rows of text in columns as wide as their widest cell, three spaces apart.
struct TextTable {
    private var alignments: [Column.Alignment]
    private var rows: [[String]] = []

    /// - Parameter alignments: of the columns from the left; those beyond are left-aligned.
    init(alignments: [Column.Alignment]) { self.alignments = alignments }

    mutating func add(_ cells: [String]) {
        // A control character in a name or a command must not reach the terminal.
        rows.append(cells.map { $0.unicodeScalars.allSatisfy(CharacterWidth.isPrintable) ? $0 : printable($0) })
    }

    /// The table; lines have no spaces at their ends.
    var text: String {
        var widths: [Int] = []
        for row in rows {
            for (index, cell) in row.enumerated() {
                if index == widths.count { widths.append(0) }
                widths[index] = max(widths[index], cell.cells)
            }
        }
        return rows.map { line($0, widths) + "\n" }.joined()
    }

    private func line(_ row: [String], _ widths: [Int]) -> String {
        var line = ""
        for (index, cell) in row.enumerated() {
            let padding = String(repeating: " ", count: widths[index] - cell.cells)
            let right = alignments.indices.contains(index) && alignments[index] == .right
            line += (index == 0 ? "" : "   ") + (right ? padding + cell : cell + padding)
        }
        while line.last == " " { line.removeLast() }
        return line
    }
}

private func printable(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\n": result += "\\n"
        case "\t": result += "\\t"
        case _ where CharacterWidth.isPrintable(scalar): result.unicodeScalars.append(scalar)
        default: result += "?"
        }
    }
    return result
}
