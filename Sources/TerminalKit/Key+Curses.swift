import CTerminal

extension Key {
    /// The key of a character that was typed; controls are keys with Ctrl.
    init?(scalar: UInt32) {
        switch scalar {
        case 9: self = .tab
        case 1...26:
            guard let letter = Unicode.Scalar(scalar + 96) else { return nil }
            self = .control(Character(letter))
        case 0x20...:
            guard let scalar = Unicode.Scalar(scalar) else { return nil }
            self = .character(Character(scalar))
        default: return nil
        }
    }

    /// The key of one of our own codes for keys that have no character.
    init?(code: UInt32) {
        switch Int(code) {
        case CTERM_KEY_UP: self = .up
        case CTERM_KEY_DOWN: self = .down
        case CTERM_KEY_LEFT: self = .left
        case CTERM_KEY_RIGHT: self = .right
        case CTERM_KEY_HOME: self = .home
        case CTERM_KEY_END: self = .end
        case CTERM_KEY_PAGE_UP: self = .pageUp
        case CTERM_KEY_PAGE_DOWN: self = .pageDown
        case CTERM_KEY_BACKSPACE: self = .backspace
        case CTERM_KEY_DELETE: self = .delete
        case CTERM_KEY_BACKTAB: self = .backtab
        case CTERM_KEY_ENTER: self = .enter
        case CTERM_KEY_ESCAPE: self = .escape
        case CTERM_KEY_F1..<CTERM_KEY_F1 + 12: self = .function(Int(code) - CTERM_KEY_F1 + 1)
        default: return nil
        }
    }
}
