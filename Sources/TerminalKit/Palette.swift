/// The looks a person can choose between.
package enum Theme: String, Hashable, Sendable, CaseIterable {
    /// `light` where the terminal's ground is known to be; else `dark`.
    case auto
    case dark
    case light
    /// Blue and orange in place of green-blue and red, on a dark ground.
    case colourBlind = "colour-blind"
    /// No colours: what NO_COLOR asks for.
    case mono

    /// What is drawn on a ground that is light, or dark, or not known.
    package func shown(onLight isLight: Bool?) -> Theme { self == .auto ? isLight == true ? .light : .dark : self }
}

/// How many colours a terminal has.
package enum ColourDepth: Hashable, Sendable, Comparable {
    case none
    case eight
    case sixteen
    case palette
    case direct

    package init(colours: Int, direct: Bool) {
        self = direct ? .direct : colours >= 256 ? .palette : colours >= 16 ? .sixteen : colours >= 8 ? .eight : .none
    }
}

/// One colour in the three ways that terminals name it; −1 is the terminal's own.
package struct Colour: Hashable, Sendable {
    package var rgb: Int32
    package var index: Int32
    package var basic: Int32

    package init(_ rgb: Int32, _ index: Int32, _ basic: Int32) {
        self.rgb = rgb
        self.index = index
        self.basic = basic
    }

    package static let own = Colour(-1, -1, -1)

    package func number(at depth: ColourDepth) -> Int32 {
        switch depth {
        case .none: -1
        case .eight, .sixteen: basic
        case .palette: index
        case .direct: rgb
        }
    }
}

/// How one style reaches the terminal: two colours and attributes.
package struct Ink: Hashable, Sendable {
    package struct Attributes: OptionSet, Hashable, Sendable {
        package let rawValue: Int32
        package init(rawValue: Int32) { self.rawValue = rawValue }
        package static let bold = Attributes(rawValue: 1)
        package static let dim = Attributes(rawValue: 2)
        package static let reverse = Attributes(rawValue: 4)
        package static let underline = Attributes(rawValue: 8)
    }

    package var foreground: Int32
    package var background: Int32
    package var attributes: Attributes
}

/// What roles and grounds look like.
package struct Palette: Hashable, Sendable {
    package var theme: Theme
    package var depth: ColourDepth

    package init(theme: Theme, depth: ColourDepth) {
        self.theme = theme
        self.depth = theme == .mono ? .none : depth
    }

    package var isColoured: Bool { depth != .none }

    package func ink(_ style: Style) -> Ink {
        var ink = Ink(foreground: -1, background: -1, attributes: [])
        if style.bold { ink.attributes.insert(.bold) }
        if style.underline { ink.attributes.insert(.underline) }
        switch depth {
        case .none:
            if style.role == .dim || style.role == .faint { ink.attributes.insert(.dim) }
            if style.role == .bad || style.role == .key || style.role == .warning { ink.attributes.insert(.bold) }
            if style.ground == .selected { ink.attributes = [.reverse] }
        case .eight, .sixteen:
            ink.foreground = colour(style.role).basic
            // Bright black is 8. Of eight colours it would be bold black, which many terminals show as black on black.
            if ink.foreground == 8, depth == .eight { ink = Ink(foreground: -1, background: -1, attributes: [.dim]) }
            if style.ground == .selected { ink = Ink(foreground: -1, background: -1, attributes: [.reverse]) }
        case .palette, .direct:
            ink.foreground = colour(style.role).number(at: depth)
            ink.background = ground(style.ground).number(at: depth)
        }
        return ink
    }

    /// The palette entries that may be redefined as their true colour, on terminals that allow it.
    package var exact: [Colour] {
        Role.allCases.map(colour) + [ground(.selected), ground(.raised)]
    }

    private func colour(_ role: Role) -> Colour {
        switch (theme, role) {
        case (.light, .value): Colour(0x1b2126, 234, 0)
        case (.light, .text): Colour(0x4a535b, 239, 0)
        case (.light, .dim): Colour(0x737c85, 243, 0)
        case (.light, .faint): Colour(0xc0c6cc, 251, 7)
        case (.light, .good): Colour(0x1f7a66, 29, 6)
        case (.light, .warning): Colour(0x9a6400, 94, 3)
        case (.light, .bad): Colour(0xb3261e, 124, 1)
        case (.light, .key): Colour(0x1f5fa8, 25, 4)
        case (_, .value): Colour(0xd0d4d8, 252, 7)
        case (_, .text): Colour(0x8b949c, 246, 7)
        case (_, .dim): Colour(0x6b7278, 242, 8)
        case (_, .faint): Colour(0x3a4046, 238, 8)
        case (.colourBlind, .good): Colour(0x5aa9e6, 74, 4)
        case (.colourBlind, .warning): Colour(0xe6c84f, 185, 3)
        case (.colourBlind, .bad): Colour(0xe8833a, 208, 1)
        case (.colourBlind, .key): Colour(0xb8a1e3, 146, 5)
        case (_, .good): Colour(0x5fb3a1, 72, 6)
        case (_, .warning): Colour(0xe0a94f, 179, 3)
        case (_, .bad): Colour(0xe06c6c, 167, 1)
        case (_, .key): Colour(0x6fa8dc, 74, 4)
        }
    }

    private func ground(_ ground: Ground) -> Colour {
        switch (theme, ground) {
        case (_, .plain): .own
        case (.light, .selected): Colour(0xe4e9ee, 254, 7)
        case (.light, .raised): Colour(0xf2f4f6, 255, -1)
        case (_, .selected): Colour(0x242b31, 235, 0)
        case (_, .raised): Colour(0x1d2226, 234, -1)
        }
    }
}
