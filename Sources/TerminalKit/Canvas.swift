/// A grid of cells that views draw on. Whatever falls outside is cut off; text never carries controls into a cell.
package struct Canvas: Hashable, Sendable {
    package let columns: Int
    package let rows: Int
    package private(set) var cells: [Cell]
    /// Where the terminal's own cursor stands, for text fields; hidden where absent.
    package var cursor: (row: Int, column: Int)? {
        get { cursorPlace.map { ($0.row, $0.column) } }
        set { cursorPlace = newValue.map { Place(row: $0.row, column: $0.column) } }
    }
    private var cursorPlace: Place?

    private struct Place: Hashable { var row: Int, column: Int }

    package init(columns: Int, rows: Int) {
        self.columns = max(0, columns)
        self.rows = max(0, rows)
        cells = [Cell](repeating: Cell(), count: self.columns * self.rows)
    }

    package subscript(row: Int, column: Int) -> Cell { cells[row * columns + column] }

    /// Writes `text`, at most `width` cells of it; what is cut ends with `…`.
    ///
    /// - Returns: the column after it.
    @discardableResult
    package mutating func put(
        _ text: String, _ row: Int, _ column: Int, _ style: Style = .text, width: Int = .max
    ) -> Int {
        guard row >= 0, row < rows, column < columns else { return column }
        let limit = min(columns, width >= columns ? columns : column + max(0, width))
        var text = text
        return text.withUTF8 { utf8 in
            // Almost all text here is ASCII: one byte, one cell.
            guard utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else { return nil }
            return putASCII(utf8, row, column, style, limit: limit)
        } ?? putScalars(text, row, column, style, limit: limit)
    }

    private mutating func putASCII(
        _ text: UnsafeBufferPointer<UInt8>, _ row: Int, _ column: Int, _ style: Style, limit: Int
    ) -> Int {
        let fits = min(text.count, limit - column)
        guard fits > 0 else { return column }
        let start = row * columns
        for index in max(0, -column)..<max(fits, max(0, -column)) {
            cells[start + column + index] = Cell(UInt32(text[index]), style: style)
        }
        if fits < text.count { cells[start + column + fits - 1] = Cell(0x2026, style: style) }
        return column + fits
    }

    private mutating func putScalars(_ text: String, _ row: Int, _ column: Int, _ style: Style, limit: Int) -> Int {
        let start = row * columns
        var column = column
        var last = -1
        for scalar in text.unicodeScalars {
            let scalar = CharacterWidth.isPrintable(scalar) ? scalar : "\u{FFFD}"
            let width = CharacterWidth.of(scalar)
            if width == 0 {
                // Joiners and marks beyond the first say nothing in a single cell.
                if last >= 0, cells[start + last].mark == 0, scalar.properties.generalCategory != .format {
                    cells[start + last].mark = scalar.value
                }
                continue
            }
            if column + width > limit {
                if last >= 0 { ellipsis(start + last, style) }
                break
            }
            if column >= 0 {
                cells[start + column] = Cell(scalar.value, style: style)
                if width == 2 { cells[start + column + 1] = Cell(0, style: style) }
                last = column
            }
            column += width
        }
        return column
    }

    private mutating func ellipsis(_ index: Int, _ style: Style) {
        if index + 1 < cells.count, cells[index + 1].scalar == 0 { cells[index + 1] = Cell(style: style) }
        cells[index] = Cell(0x2026, style: style)
    }

    /// Writes `text` so that it ends just before `end`; what is cut is cut on the left side of the screen.
    package mutating func putRight(_ text: String, _ row: Int, end: Int, _ style: Style = .text) {
        put(text, row, end - text.cells, style)
    }

    /// Writes one scalar `count` times.
    package mutating func fill(
        _ scalar: Unicode.Scalar, _ row: Int, _ column: Int, count: Int, _ style: Style = .text
    ) {
        guard row >= 0, row < rows else { return }
        let end = min(columns, column + count)
        for index in max(0, column)..<max(end, max(0, column)) {
            cells[row * columns + index] = Cell(scalar.value, style: style)
        }
    }

    package mutating func set(_ scalar: UInt32, _ row: Int, _ column: Int, _ style: Style) {
        guard row >= 0, row < rows, column >= 0, column < columns else { return }
        cells[row * columns + column] = Cell(scalar, style: style)
    }

    /// Changes what is under the text of part of a row.
    package mutating func ground(_ ground: Ground, _ row: Int, _ range: Range<Int>) {
        guard row >= 0, row < rows else { return }
        for column in range.clamped(to: 0..<columns) { cells[row * columns + column].style.ground = ground }
    }

    /// Empties a rectangle.
    package mutating func clear(_ area: Area, _ style: Style = .text) {
        for row in area.top..<max(area.top, area.bottom) {
            fill(" ", row, area.left, count: area.columns, style)
        }
    }

    /// The text of the screen, a line a row, without blanks at the ends: what tests compare.
    package var text: String {
        var lines: [String] = []
        for row in 0..<rows {
            var line = ""
            for cell in cells[row * columns..<(row + 1) * columns] where cell.scalar != 0 {
                if let scalar = Unicode.Scalar(cell.scalar) { line.unicodeScalars.append(scalar) }
                if cell.mark != 0, let mark = Unicode.Scalar(cell.mark) { line.unicodeScalars.append(mark) }
            }
            while line.last == " " { line.removeLast() }
            lines.append(line)
        }
        return lines.joined(separator: "\n")
    }
}

/// A rectangle of the screen.
package struct Area: Hashable, Sendable {
    package var top: Int
    package var left: Int
    package var rows: Int
    package var columns: Int

    package init(top: Int, left: Int, rows: Int, columns: Int) {
        self.top = top
        self.left = left
        self.rows = rows
        self.columns = columns
    }

    package var bottom: Int { top + rows }
    package var right: Int { left + columns }
    /// What a frame around this area leaves.
    package var inside: Area { Area(top: top + 1, left: left + 2, rows: rows - 2, columns: columns - 4) }

    package func contains(row: Int, column: Int) -> Bool {
        row >= top && row < bottom && column >= left && column < right
    }
}
