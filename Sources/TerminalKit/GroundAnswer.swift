import CTerminal

/// Gathers what a terminal answers that was asked for the colour of its ground: `ESC ] 11 ; rgb:RRRR/GGGG/BBBB BEL`, and
/// then what it is, `ESC [ ? NUMBERS c`. However late it comes, none of it is a key.
struct GroundAnswer: Sendable {
    private enum Part { case none, colour, device }

    private var part = Part.none
    private var text = ""
    /// Whether the ground is light; `nil` until that was told.
    private(set) var isLight: Bool?
    /// Nothing more comes.
    private(set) var isOver = false

    /// Takes an event that belongs to an answer; `false` for any other.
    mutating func takes(_ event: cterm_event) -> Bool {
        let key = event.kind == CTERM_KEY ? Int(event.code) : 0
        if key == CTERM_KEY_GROUND || key == CTERM_KEY_DEVICE {
            part = key == CTERM_KEY_GROUND ? .colour : .device
            text = ""
            return true
        }
        let scalar = event.kind == CTERM_CHARACTER ? Unicode.Scalar(event.code) : nil
        switch part {
        case .none: return false
        case .colour:
            if let scalar, Self.isOfColour(scalar), text.count < 32 {
                text.unicodeScalars.append(scalar)
                return true
            }
            part = .none
            isLight = Self.isLight(text) ?? isLight
            // BEL, or ESC \, which comes as Alt with a letter does.
            return scalar?.value == 7 || key == CTERM_KEY_OTHER || key == CTERM_KEY_ESCAPE
        case .device:
            if let scalar, ("0"..."9").contains(scalar) || scalar == ";" { return true }
            part = .none
            isOver = true
            return scalar == "c"
        }
    }

    private static func isOfColour(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isASCIIHexDigit || scalar == ":" || scalar == "/"
    }

    /// By `:RRRR/GGGG/BBBB`, each of one to four digits; an `a` before it says that a fourth one follows.
    static func isLight(_ text: String) -> Bool? {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let parts = text[text.index(after: colon)...].split(separator: "/").prefix(3).compactMap { digits in
            (1...4).contains(digits.count)
                ? Int(digits, radix: 16).map { Double($0) / Double(1 << (4 * digits.count) - 1) } : nil
        }
        guard parts.count == 3 else { return nil }
        return 0.299 * parts[0] + 0.587 * parts[1] + 0.114 * parts[2] > 0.5
    }

    /// By `COLORFGBG`, which rxvt and Konsole set: `FOREGROUND;GROUND` as numbers of the sixteen colours.
    static func isLight(colours: String) -> Bool? {
        guard let number = colours.split(separator: ";").last.flatMap({ Int($0) }), (0..<16).contains(number) else {
            return nil
        }
        return number == 7 || number > 8
    }
}
