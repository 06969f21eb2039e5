import Monitoring
import TerminalKit

/// A log's lines, made fit for a screen.
enum LogText {
    /// Without escape sequences, and with tabs as blanks: what a program writes must not draw on our screen. Of a line
    /// that is written over and over, as progress is, the last state is shown.
    static func clean(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return text }
        var row = WrittenRow()
        var isReturned = false
        var scalars = text.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            if isReturned, scalar.value >= 0x20 {
                (row, isReturned) = (WrittenRow(), false)
            }
            switch scalar {
            case "\u{1B}": skipSequence(&scalars)
            case "\t": for _ in 0..<4 - row.cursor % 4 { row.put(" ") }
            case "\r": isReturned = true
            case "\u{7}": continue
            case "\u{8}": row.moveBack()
            default: row.put(scalar)
            }
        }
        return row.text
    }

    /// ECMA-48: `ESC [ … letter`; strings, as `ESC ] … BEL or ESC \`; `ESC ( B` and its like; or one more character.
    private static func skipSequence(_ scalars: inout String.UnicodeScalarView.Iterator) {
        while let kind = scalars.next() {
            let final: ClosedRange<Unicode.Scalar>
            switch kind {
            case "[": final = "@"..."~"
            case "]", "P", "X", "^", "_": final = "\u{7}"..."\u{7}"
            case " "..."/": final = "0"..."~"
            default: return
            }
            var next = scalars.next()
            while let scalar = next, scalar != "\u{1B}", !final.contains(scalar) { next = scalars.next() }
            // An escape ends it too, and begins what is next: `ESC \`, the end of a string, is one of those.
            guard next == "\u{1B}" else { return }
        }
    }

    /// Colour for what is plainly trouble, and for standard error.
    static func style(_ line: LogLine) -> Style {
        let head = line.text.prefix(60).lowercased()
        if head.contains("error") || head.contains("fatal") || head.contains("panic") { return .bad }
        if head.contains("warn") { return .warning }
        return line.isError ? .text : .value
    }
}

/// A row of a terminal on which what comes is written over what is there, once the cursor has gone back.
private struct WrittenRow {
    /// What stands in each cell, with the marks that belong to it; nothing in the second one of a wide character.
    private var cells: [String] = []
    private(set) var cursor = 0

    var text: String { cells.joined() }

    mutating func moveBack() { cursor = max(0, cursor - 1) }

    mutating func put(_ scalar: Unicode.Scalar) {
        let width = CharacterWidth.of(scalar)
        guard width > 0 else {
            // A mark joins the character before it.
            guard let place = cells[..<cursor].lastIndex(where: { !$0.isEmpty }) else { return }
            cells[place].unicodeScalars.append(scalar)
            return
        }
        if cursor < cells.count {
            breakCharacter(at: cursor)
            breakCharacter(at: cursor + width)
        }
        for place in cursor..<cursor + width {
            let cell = place == cursor ? String(scalar) : ""
            if place < cells.count { cells[place] = cell } else { cells.append(cell) }
        }
        cursor += width
    }

    /// A wide character of which `place` is the second cell is no more: both of its cells are blank.
    private mutating func breakCharacter(at place: Int) {
        guard place > 0, place < cells.count, cells[place].isEmpty else { return }
        cells[place - 1] = " "
        cells[place] = " "
    }
}
