/// One place of the screen.
package struct Cell: Hashable, Sendable {
    /// A Unicode scalar; 0 in the right half of a wide one.
    package var scalar: UInt32
    /// A combining mark on it, or 0.
    package var mark: UInt32
    package var style: Style

    package init(_ scalar: UInt32 = 0x20, mark: UInt32 = 0, style: Style = .text) {
        self.scalar = scalar
        self.mark = mark
        self.style = style
    }

    /// The nearest that 7-bit ASCII has; what text brings along beyond our own signs becomes `?`.
    package var ascii: UInt32 {
        if scalar < 0x7F { return scalar }
        switch scalar {
        case 0x2501, 0x2578, 0x257A: return 0x3D  // ━ ╸ ╺ =
        case 0x2500, 0x2013, 0x2014, 0x2015: return 0x2D  // ─ – —
        case 0x2502, 0x258C, 0x2016: return 0x7C  // │ ▌ ‖ |
        case 0x256D...0x2570, 0x250C...0x254B: return 0x2B  // corners +
        case 0x25CF: return 0x2A  // ● *
        case 0x25CB: return 0x6F  // ○ o
        case 0x25D0: return 0x25  // ◐ %
        case 0x25B8, 0x203A, 0x2192, 0x25B6: return 0x3E  // ▸ › → >
        case 0x25C2, 0x2039, 0x2190: return 0x3C  // ◂ ‹ ← <
        case 0x2193, 0x25BE: return 0x76  // ↓ ▾ v
        case 0x2191, 0x25B4: return 0x5E  // ↑ ▴ ^
        case 0x2713: return 0x2B  // ✓ +
        case 0x00B7: return 0x2E  // · .
        case 0x2026: return 0x7E  // … ~
        case 0x221E: return 0x2D  // ∞ -
        case 0x00D7: return 0x78  // × x
        case 0x2581...0x2583: return 0x2E
        case 0x2584...0x2586: return 0x3A
        case 0x2587...0x2588: return 0x23
        case 0x2801...0x28FF: return Self.asciiBraille(scalar)
        case 0x2800, 0x00A0: return 0x20
        default: return 0x3F
        }
    }

    /// For a terminal that has the letters of Unicode but few of its signs: what our own are drawn with becomes ASCII,
    /// text stays as it is.
    package var plain: UInt32 {
        let nearest = ascii
        return nearest == 0x3F ? scalar : nearest
    }

    private static func asciiBraille(_ scalar: UInt32) -> UInt32 {
        switch (scalar & 0xFF).nonzeroBitCount {
        case 0: 0x20
        case 1...3: 0x2E
        case 4...5: 0x3A
        default: 0x23
        }
    }
}
