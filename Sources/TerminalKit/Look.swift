/// What the terminal can show, as far as drawing depends on it.
package struct Look: Hashable, Sendable {
    /// Without it, signs come from 7-bit ASCII.
    package var unicode: Bool
    /// Without it, nothing may be told by colour alone: gauges get a track of another shape.
    package var coloured: Bool

    package init(unicode: Bool = true, coloured: Bool = true) {
        self.unicode = unicode
        self.coloured = coloured
    }
}
