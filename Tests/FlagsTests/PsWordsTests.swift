import Flags
import Testing

@Suite struct PsWordsTests {
    @Test(
        arguments: [
            ("", nil), ("aux", nil), ("-ef", nil), ("-eo pid,comm", ["hostPid", "command"]),
            ("-o user -o rss", ["user", "memory"]), ("-opid", ["hostPid"]), ("a o state", ["state"]),
        ] as [(String, [String]?)])
    func `of ps's options the columns count`(words: String, columns: [String]?) throws {
        #expect(try PsWords.columns(words.split(separator: " ").map(String.init)) == columns)
    }

    @Test(arguments: ["-o", "-o tty", "--forest", "-q", "-"])
    func `what is not shown is refused`(words: String) {
        #expect(throws: FlagError.self) { try PsWords.columns(words.split(separator: " ").map(String.init)) }
    }
}
