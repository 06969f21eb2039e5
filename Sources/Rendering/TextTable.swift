import TerminalKit

/// Rows of text in columns as wide as their widest cell, three spaces apart.
struct TextTable {
    private var alignments: [Column.Alignment]
    private var rows: [[String]] = []

    /// - Parameter alignments: of the columns from the left; those beyond are left-aligned.
    init(alignments: [Column.Alignment]) { self.alignments = alignments }

    mutating func add(_ cells: [String]) {
        // A control character in a name or a command must not reach the terminal.
        rows.append(
            cells.map { isPlain($0) || $0.unicodeScalars.allSatisfy(CharacterWidth.isPrintable) ? $0 : printable($0) })
    }

    /// The table; lines have no spaces at their ends.
    var text: String {
        var widths: [Int] = []
        for row in rows {
            for (index, cell) in row.enumerated() {
                if index == widths.count { widths.append(0) }
                widths[index] = max(widths[index], width(cell))
            }
        }
        return rows.map { line($0, widths) + "\n" }.joined()
    }

    private func line(_ row: [String], _ widths: [Int]) -> String {
        var line = ""
        for (index, cell) in row.enumerated() {
            let padding = String(repeating: " ", count: widths[index] - width(cell))
            let right = alignments.indices.contains(index) && alignments[index] == .right
            line += (index == 0 ? "" : "   ") + (right ? padding + cell : cell + padding)
        }
        // By bytes: taking characters off the end one by one looks for their bounds each time.
        let end = line.utf8.lastIndex { $0 != UInt8(ascii: " ") }.map { line.utf8.index(after: $0) }
        return String(line[..<(end ?? line.startIndex)])
    }
}

/// Printable ASCII: nearly all cells, and much quicker to tell than by the properties of each character.
private func isPlain(_ text: String) -> Bool { text.utf8.allSatisfy { (0x20..<0x7F).contains($0) } }

private func width(_ cell: String) -> Int { isPlain(cell) ? cell.utf8.count : cell.cells }

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
