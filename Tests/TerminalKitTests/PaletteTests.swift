import TerminalKit
import Testing

@Suite struct PaletteTests {
    @Test(
        arguments: [
            (0, false, ColourDepth.none), (8, false, .eight), (16, false, .sixteen), (88, false, .sixteen),
            (256, false, .palette), (1 << 24, true, .direct),
        ])
    func `how many colours there are decides how they are named`(colours: Int, direct: Bool, depth: ColourDepth) {
        #expect(ColourDepth(colours: colours, direct: direct) == depth)
    }

    @Test(arguments: Theme.allCases, [ColourDepth.none, .eight, .sixteen, .palette, .direct])
    func `what is selected always differs from what is not`(theme: Theme, depth: ColourDepth) {
        let palette = Palette(theme: theme, depth: depth)
        for role in Role.allCases {
            #expect(palette.ink(Style(role)) != palette.ink(Style(role, on: .selected)))
        }
    }

    @Test func `without colours nothing is coloured, and trouble is bold`() {
        let palette = Palette(theme: .mono, depth: .direct)
        for role in Role.allCases { #expect(palette.ink(Style(role)).foreground == -1) }
        #expect(palette.ink(.bad).attributes == .bold)
    }

    @Test func `of eight colours none is black on black`() {
        for role in Role.allCases {
            #expect(Palette(theme: .dark, depth: .eight).ink(Style(role)).foreground != 0)
        }
    }
}
