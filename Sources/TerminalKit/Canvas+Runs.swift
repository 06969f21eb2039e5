/// Cells beside each other in one style, to be put on the terminal in one call.
package struct Run: Hashable, Sendable {
    package var row: Int
    package var column: Int
    package var count: Int
    package var style: Style

    package init(row: Int, column: Int, count: Int, style: Style) {
        self.row = row
        self.column = column
        self.count = count
        self.style = style
    }
}

extension Canvas {
    /// The runs in which this differs from `previous`, or all of it where the sizes differ.
    package func runs(since previous: Canvas?, _ body: (Run) -> Void) {
        guard let previous, previous.rows == rows, previous.columns == columns else {
            for row in 0..<rows { runs(row, 0..<columns, body) }
            return
        }
        cells.withUnsafeBufferPointer { new in
            previous.cells.withUnsafeBufferPointer { old in
                for row in 0..<rows {
                    var column = 0
                    while column < columns {
                        guard new[row * columns + column] != old[row * columns + column] else {
                            column += 1
                            continue
                        }
                        var end = column + 1
                        while end < columns, new[row * columns + end] != old[row * columns + end] { end += 1 }
                        runs(row, widened(row, column..<end, new, old), body)
                        column = end
                    }
                }
            }
        }
    }

    /// Never half of a wide character, neither of the new nor of the old.
    private func widened(
        _ row: Int, _ range: Range<Int>, _ new: UnsafeBufferPointer<Cell>, _ old: UnsafeBufferPointer<Cell>
    ) -> Range<Int> {
        let start = row * columns
        var (low, high) = (range.lowerBound, range.upperBound)
        while low > 0, new[start + low].scalar == 0 || old[start + low].scalar == 0 { low -= 1 }
        while high < columns, new[start + high].scalar == 0 || old[start + high].scalar == 0 { high += 1 }
        return low..<high
    }

    private func runs(_ row: Int, _ range: Range<Int>, _ body: (Run) -> Void) {
        var first = range.lowerBound
        while first < range.upperBound {
            let style = self[row, first].style
            var end = first + 1
            while end < range.upperBound, self[row, end].style == style || self[row, end].scalar == 0 { end += 1 }
            body(Run(row: row, column: first, count: end - first, style: style))
            first = end
        }
    }
}
