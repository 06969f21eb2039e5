/// What a piece of text means; a palette says how that looks.
package enum Role: UInt8, Sendable, CaseIterable {
    /// Names and numbers.
    case value
    /// Words beside them.
    case text
    /// Units, limits, times.
    case dim
    /// Zeros, absent values, tracks of gauges, frames.
    case faint
    case good
    case warning
    case bad
    /// Keys, selection, links, and the program's own name.
    case key
}

/// What it is written on.
package enum Ground: UInt8, Sendable, CaseIterable {
    /// The terminal's own.
    case plain
    /// The row under the cursor, and dialogs' fields.
    case selected
    /// A dialog.
    case raised
}

/// How a cell looks, in two bytes.
package struct Style: Hashable, Sendable {
    package var role: Role
    private var bits: UInt8

    package init(_ role: Role, on ground: Ground = .plain, bold: Bool = false, underline: Bool = false) {
        self.role = role
        bits = ground.rawValue | (bold ? 4 : 0) | (underline ? 8 : 0)
    }

    package var ground: Ground {
        get { Ground(rawValue: bits & 3) ?? .plain }
        set { bits = bits & ~3 | newValue.rawValue }
    }
    package var bold: Bool { bits & 4 != 0 }
    package var underline: Bool { bits & 8 != 0 }

    package static let value = Style(.value)
    package static let strong = Style(.value, bold: true)
    package static let text = Style(.text)
    package static let dim = Style(.dim)
    package static let faint = Style(.faint)
    package static let good = Style(.good)
    package static let warning = Style(.warning)
    package static let bad = Style(.bad)
    package static let key = Style(.key)
    package static let strongKey = Style(.key, bold: true)
}
