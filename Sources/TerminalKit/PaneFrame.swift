/// A rounded, faint frame with a title at the left and what is now at the right.
package struct PaneFrame: Sendable {
    package var title: String
    package var right: [(String, Style)]
    package var focused: Bool

    package init(_ title: String, right: [(String, Style)] = [], focused: Bool = false) {
        self.title = title
        self.right = right
        self.focused = focused
    }

    package func draw(on canvas: inout Canvas, in area: Area) {
        guard area.rows >= 2, area.columns >= 4 else { return }
        let line: Style = focused ? .dim : .faint
        for row in [area.top, area.bottom - 1] {
            canvas.fill("─", row, area.left + 1, count: area.columns - 2, line)
        }
        for row in area.top + 1..<max(area.top + 1, area.bottom - 1) {
            canvas.set(0x2502, row, area.left, line)
            canvas.set(0x2502, row, area.right - 1, line)
        }
        canvas.set(0x256D, area.top, area.left, line)
        canvas.set(0x256E, area.top, area.right - 1, line)
        canvas.set(0x2570, area.bottom - 1, area.left, line)
        canvas.set(0x256F, area.bottom - 1, area.right - 1, line)
        let titled = canvas.put(
            " \(title) ", area.top, area.left + 2, focused ? .strongKey : Style(.text, bold: true),
            width: area.columns - 4)
        // What comes first says most: the rest goes where there is no room.
        var right = right
        func length() -> Int { right.reduce(2) { $0 + $1.0.cells } }
        while !right.isEmpty, titled + length() + 1 > area.right - 2 { right.removeLast() }
        guard !right.isEmpty else { return }
        let length = length()
        var column = canvas.put(" ", area.top, area.right - 2 - length)
        for (text, style) in right { column = canvas.put(text, area.top, column, style) }
        canvas.put(" ", area.top, column)
    }
}
