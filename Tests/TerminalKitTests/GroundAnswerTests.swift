import CTerminal
import Testing

@testable import TerminalKit

@Suite struct GroundAnswerTests {
    private static func key(_ code: Int) -> cterm_event {
        cterm_event(kind: CTERM_KEY, code: UInt32(code), row: 0, column: 0, wheel: 0)
    }

    private static func typed(_ text: String) -> [cterm_event] {
        text.unicodeScalars.map { cterm_event(kind: CTERM_CHARACTER, code: $0.value, row: 0, column: 0, wheel: 0) }
    }

    @Test(
        arguments: [
            (":ffff/ffff/ffff\u{7}", true), (":ff/ff/ee\u{7}", true), (":0/0/0\u{7}", false), ("a:f/f/f/8\u{7}", true),
            (":1d1d/2222/2626\u{7}", false), (":ffff/ffff\u{7}", nil), (":/\u{7}", nil), ("\u{7}", nil),
        ] as [(String, Bool?)])
    func `an answer tells whether the ground is light, and none of it is a key`(text: String, isLight: Bool?) {
        var answer = GroundAnswer()
        let events =
            [Self.key(CTERM_KEY_GROUND)] + Self.typed(text) + [Self.key(CTERM_KEY_DEVICE)] + Self.typed("62;22;52c")
        let taken = events.map { answer.takes($0) }
        #expect(!taken.contains(false))
        #expect(answer.isLight == isLight && answer.isOver)
        let after = answer.takes(Self.typed("d")[0])
        #expect(!after)
    }

    @Test func `an answer that ends with ESC and a backslash is taken to its end`() {
        var answer = GroundAnswer()
        let events = [Self.key(CTERM_KEY_GROUND)] + Self.typed(":eeee/eeee/eeee") + [Self.key(CTERM_KEY_OTHER)]
        let taken = events.map { answer.takes($0) }
        #expect(!taken.contains(false) && answer.isLight == true && !answer.isOver)
    }

    @Test func `what is typed where an answer breaks off is a key again`() {
        var answer = GroundAnswer()
        _ = answer.takes(Self.key(CTERM_KEY_DEVICE))
        let isTaken = Self.typed("6q").map { answer.takes($0) }
        #expect(isTaken == [true, false])
    }

    @Test(
        arguments: [
            ("0;15", true), ("15;0", false), ("0;default;15", true), ("0;7", true), ("7;8", false), ("0;255", nil),
            ("default;default", nil), ("", nil),
        ] as [(String, Bool?)])
    func `COLORFGBG tells it too`(text: String, isLight: Bool?) {
        #expect(GroundAnswer.isLight(colours: text) == isLight)
    }
}
