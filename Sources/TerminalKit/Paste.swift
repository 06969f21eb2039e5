import CTerminal

/// Gathers a bracketed paste: what a terminal sends between `ESC [ 200 ~` and `ESC [ 201 ~` is text, not keys.
struct Paste: Sendable {
    private var text: String?
    private var isOver = false
    /// More than a person pastes into one line; what goes beyond is left out, and is no keys either.
    private static let most = 16 << 10

    /// Takes an event that belongs to a paste; `false` for any other, and for the one that ends it.
    mutating func takes(_ event: cterm_event) -> Bool {
        let key = event.kind == CTERM_KEY ? Int(event.code) : 0
        if key == CTERM_KEY_PASTE {
            text = ""
            return true
        }
        guard let length = text?.utf8.count else { return false }
        if key == CTERM_KEY_PASTE_END {
            isOver = true
            return false
        }
        if length >= Self.most { return true }
        if key == CTERM_KEY_ENTER { text?.append("\n") }
        if event.kind == CTERM_CHARACTER, let scalar = Unicode.Scalar(event.code) {
            text?.unicodeScalars.append(scalar == "\t" ? " " : scalar)
        }
        return true
    }

    /// The whole text, once, when it has come to its end.
    mutating func ended() -> String? {
        guard isOver else { return nil }
        defer { (text, isOver) = (nil, false) }
        return text
    }
}
