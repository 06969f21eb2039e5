import Monitoring
import TerminalKit

/// A log's lines, made fit for a screen.
enum LogText {
    /// Without escape sequences, and with tabs as blanks: what a program writes must not draw on our screen. Of a line
    /// that is written over and over, as progress is, the last state is shown.
    static func clean(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return text }
        var clean = ""
        var isReturned = false
        var scalars = text.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            if isReturned, scalar.value >= 0x20 {
                (clean, isReturned) = ("", false)
            }
            switch scalar {
            case "\u{1B}": skipSequence(&scalars)
            case "\t": clean += String(repeating: " ", count: 4 - clean.unicodeScalars.count % 4)
            case "\r": isReturned = true
            case "\u{7}", "\u{8}": continue
            default: clean.unicodeScalars.append(scalar)
            }
        }
        return clean
    }

    /// ECMA-48: `ESC [ … letter`, `ESC ] … BEL or ESC \`, or one more character.
    private static func skipSequence(_ scalars: inout String.UnicodeScalarView.Iterator) {
        switch scalars.next() {
        case "[":
            while let next = scalars.next(), !("@"..."~").contains(next) {}
        case "]":
            while let next = scalars.next(), next != "\u{7}" {
                if next == "\u{1B}" {
                    _ = scalars.next()
                    return
                }
            }
        default: return
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
