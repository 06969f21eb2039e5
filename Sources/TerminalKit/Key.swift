/// A key as a person thinks of it.
package enum Key: Hashable, Sendable {
    case character(Character)
    /// With Ctrl; the letter is small.
    case control(Character)
    case function(Int)
    case up, down, left, right, home, end, pageUp, pageDown
    case enter, escape, tab, backtab, backspace, delete
}

extension Key: CustomStringConvertible {
    /// As the footer and the help show it.
    package var description: String {
        switch self {
        case .character(" "): "Space"
        case .character(let character): String(character)
        case .control(let character): "^\(character.uppercased())"
        case .function(let number): "F\(number)"
        case .up: "↑"
        case .down: "↓"
        case .left: "←"
        case .right: "→"
        case .home: "Home"
        case .end: "End"
        case .pageUp: "PgUp"
        case .pageDown: "PgDn"
        case .enter: "Enter"
        case .escape: "Esc"
        case .tab: "Tab"
        case .backtab: "Shift-Tab"
        case .backspace: "Backspace"
        case .delete: "Del"
        }
    }
}

/// What a person did at the terminal.
package enum Input: Hashable, Sendable {
    case key(Key)
    case click(row: Int, column: Int)
    /// −1 up, 1 down.
    case wheel(Int, row: Int, column: Int)
    /// Text that was pasted, as one: its letters are no keys.
    case paste(String)
}
