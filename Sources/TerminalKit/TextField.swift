/// One line of text being typed, with its cursor.
package struct TextField: Hashable, Sendable {
    package private(set) var characters: [Character]
    package private(set) var cursor: Int

    package init(_ text: String = "") {
        characters = Array(text)
        cursor = characters.count
    }

    package var text: String { String(characters) }

    /// Takes a key that edits; `false` for any other.
    package mutating func take(_ key: Key) -> Bool {
        switch key {
        case .character(let character):
            guard character.unicodeScalars.allSatisfy(CharacterWidth.isPrintable) else { return false }
            characters.insert(character, at: cursor)
            cursor += 1
        case .backspace:
            guard cursor > 0 else { return true }
            cursor -= 1
            characters.remove(at: cursor)
        case .delete:
            if cursor < characters.count { characters.remove(at: cursor) }
        case .left: cursor = max(0, cursor - 1)
        case .right: cursor = min(characters.count, cursor + 1)
        case .home, .control("a"): cursor = 0
        case .end, .control("e"): cursor = characters.count
        case .control("u"):
            characters.removeFirst(cursor)
            cursor = 0
        case .control("k"): characters.removeLast(characters.count - cursor)
        case .control("w"):
            let start = characters[..<cursor].trimmed(while: { $0 == " " }).trimmed(while: { $0 != " " }).endIndex
            characters.removeSubrange(start..<cursor)
            cursor = start
        default: return false
        }
        return true
    }

    /// Draws it `width` cells wide, scrolled so that the cursor shows; sets the terminal's cursor where `focused`.
    package func draw(
        on canvas: inout Canvas, _ row: Int, _ column: Int, width: Int, style: Style, focused: Bool
    ) {
        guard width > 0 else { return }
        var first = 0
        func used(_ range: Range<Int>) -> Int { String(characters[range]).cells }
        if focused {
            while first < cursor, used(first..<cursor) >= width { first += 1 }
        }
        canvas.fill(" ", row, column, count: width, style)
        canvas.put(String(characters[first...]), row, column, style, width: width)
        if focused { canvas.cursor = (row, column + used(first..<cursor)) }
    }
}

extension ArraySlice where Element == Character {
    fileprivate func trimmed(while condition: (Character) -> Bool) -> Self {
        var slice = self
        while let last = slice.last, condition(last) { slice.removeLast() }
        return slice
    }
}
