import Monitoring
import Testing

@Suite struct OneLineTests {
    @Test(
        arguments: [
            ("sh -c ls", "sh -c ls"), ("\n        while :; do\n  :; done\n", "while :; do :; done"),
            ("a\tb\r\nc", "a b c"),
            ("\u{1B}[31mred", "[31mred"), ("naïve 日本", "naïve 日本"), (" \n ", ""), ("", ""), ("a\u{9B}b\u{7F}", "a b"),
        ])
    func `a text of several lines is shown on one`(text: String, line: String) { #expect(text.onOneLine == line) }
}
