import CTerminal
import Glibc
import TerminalKit
import Testing

@Suite struct CharacterWidthTests {
    @Test(arguments: [("web", 3), ("容器", 4), ("café", 4), ("cafe\u{301}", 4), ("📦", 2), ("━╸⣿▌", 4), ("", 0)])
    func `text is as wide as its characters together`(text: String, width: Int) {
        #expect(text.cells == width)
    }

    @Test func `our table agrees with the C library's on nearly every character`() throws {
        try #require(setlocale(LC_CTYPE, "C.UTF-8") != nil)
        var (compared, different) = (0, 0)
        for value in UInt32(0x20)..<0x2_0000 {
            guard let scalar = Unicode.Scalar(value), CharacterWidth.isPrintable(scalar) else { continue }
            let theirs = cterm_width(value)
            guard theirs >= 0 else { continue }
            compared += 1
            if Int(theirs) != CharacterWidth.of(scalar) { different += 1 }
        }
        // Versions of Unicode differ at the edges: Hangul parts, a few signs that are format or letter.
        #expect(compared > 60_000)
        #expect(different < 400, "\(different) of \(compared) differ")
    }

    @Test(
        arguments: [
            "\u{1B}", "\u{7}", "\u{7F}", "\u{9B}", "\n", "\u{E000}", "\u{202E}", "\u{2066}", "\u{200F}", "\u{61C}",
        ] as [Unicode.Scalar])
    func `controls are not for the terminal`(scalar: Unicode.Scalar) {
        #expect(!CharacterWidth.isPrintable(scalar))
    }

    @Test func `what joins characters is`() {
        for scalar in ["\u{200D}", "\u{200C}", "\u{FE0F}"] as [Unicode.Scalar] {
            #expect(CharacterWidth.isPrintable(scalar))
        }
    }
}
