import TerminalKit
import Testing

@Suite struct TextFieldTests {
    private static func typed(_ text: String) -> [Key] { text.map { .character($0) } }

    @Test(
        arguments: [
            ("", typed("web"), "web"), ("web", [.backspace], "we"), ("web", [.home, .delete], "eb"),
            ("web", [.left, .character("-")], "we-b"), ("sleep 60", [.control("w")], "sleep "),
            ("a b", [.control("u"), .character("x")], "x"), ("abc", [.home, .right, .control("k")], "a"),
            ("é", [.backspace, .backspace], ""),
        ] as [(String, [Key], String)])
    func `keys edit as in a shell`(start: String, keys: [Key], end: String) {
        var field = TextField(start)
        for key in keys {
            let taken = field.take(key)
            #expect(taken)
        }
        #expect(field.text == end)
    }

    @Test func `keys that don't edit are left to others`() {
        var field = TextField("x")
        for key in [Key.up, .enter, .escape, .tab, .function(1), .character("\u{7}")] {
            let taken = field.take(key)
            #expect(!taken)
        }
        #expect(field.text == "x")
    }

    @Test func `a long text scrolls so that the cursor shows`() {
        var canvas = Canvas(columns: 6, rows: 1)
        TextField("abcdefgh").draw(on: &canvas, 0, 0, width: 6, style: .value, focused: true)
        #expect(canvas.text == "defgh")
        #expect(canvas.cursor?.column == 5)
    }
}
