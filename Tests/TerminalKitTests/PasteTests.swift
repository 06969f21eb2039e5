import CTerminal
import Testing

@testable import TerminalKit

@Suite struct PasteTests {
    private static let begin = event(CTERM_KEY, Int(CTERM_KEY_PASTE))
    private static let end = event(CTERM_KEY, Int(CTERM_KEY_PASTE_END))
    private static let letter = event(CTERM_CHARACTER, 0x73)

    private static func event(_ kind: cterm_kind, _ code: Int) -> cterm_event {
        cterm_event(kind: kind, code: UInt32(code), row: 0, column: 0, wheel: 0)
    }

    @Test(arguments: [3, (16 << 10) - 1, 16 << 10, (16 << 10) + 5, 100_000])
    func `all up to the end of a paste is text and no key, however long it is`(length: Int) {
        var paste = Paste()
        var taken = [paste.takes(Self.begin)]
        for _ in 0..<length { taken.append(paste.takes(Self.letter)) }
        #expect(!taken.contains(false))
        let (early, takesEnd, text) = (paste.ended(), paste.takes(Self.end), paste.ended())
        #expect(early == nil && !takesEnd)
        #expect(text == String(repeating: "s", count: min(length, 16 << 10)))
        let (takesMore, again) = (paste.takes(Self.letter), paste.ended())
        #expect(!takesMore && again == nil)
    }
}
