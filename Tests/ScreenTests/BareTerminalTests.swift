import Glibc
import TestSupport
import Testing

/// What a terminal does that no multiplexer stands before.
@Suite(.serialized, .enabled(if: Tmux.isThere, "the built program is missing: swift build"))
struct BareTerminalTests {
    @Test(arguments: [SIGTERM, SIGHUP, SIGQUIT])
    func `a terminal that nobody reads keeps no signal from ending it`(signal: Int32) throws {
        let terminal = try BareTerminal(rows: 100, columns: 200)
        usleep(useconds_t(500_000 * patience))
        // More frames than a terminal holds for whoever reads it.
        for _ in 0..<8 {
            terminal.type("\u{C}")
            usleep(50_000)
        }
        kill(terminal.process, signal)
        #expect(terminal.ended() == 0)
        #expect(terminal.isCooked)
    }

    @Test(arguments: [("ffff/ffff/ffff", "38;5;234m"), ("0000/0000/0000", "38;5;252m")])
    func `the terminal is asked for its ground, and the first frame goes by the answer`(rgb: String, value: String)
        throws
    {
        let terminal = try BareTerminal(rows: 24, columns: 80)
        #expect(terminal.shows("\u{1B}]11;?\u{7}\u{1B}[c"))
        terminal.type("\u{1B}]11;rgb:\(rgb)\u{1B}\\\u{1B}[?62;22c")
        #expect(terminal.shows(value))
        terminal.type("q")
        #expect(terminal.ended() == 0)
    }

    @Test func `an answer that comes late changes the colours, and is no key`() throws {
        let terminal = try BareTerminal(rows: 24, columns: 80)
        #expect(terminal.shows("38;5;252m"))
        terminal.type("\u{1B}]11;rgb:fafa/fafa/fafa\u{7}\u{1B}[?62;22c")
        #expect(terminal.shows("38;5;234m"))
        // Neither the help of `?` nor the columns of `c` lie over the list.
        terminal.type("q")
        #expect(terminal.ended() == 0)
    }
}
