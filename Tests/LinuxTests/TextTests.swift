import Linux
import Testing

@Suite struct TextTests {
    @Test(arguments: [("/srv", true), ("/", true), ("", false), ("srv/", false)])
    func `a text begins with another by its bytes`(text: String, isSo: Bool) {
        #expect(text.begins(with: "/") == isSo)
        #expect(("x" + text).dropFirst().begins(with: "/") == isSo)
    }

    @Test func `a mark on the last letter is nothing to it`() {
        // A slash with a stroke through it, to a person; to the kernel, the root.
        #expect("/\u{338}etc".begins(with: "/"))
        #expect("msgmax".begins(with: "msg") && !"msgmax".begins(with: "msgmaxi") && "a".begins(with: ""))
    }

    @Test func `bytes are those that were put there, and a refusal is handed on`() throws {
        let bytes = try [UInt8](upTo: 4_096) { room throws(SystemCallError) in
            for index in 0..<3 { room[index] = UInt8(index) }
            return 3
        }
        #expect(bytes == [0, 1, 2])
        #expect(try [UInt8](upTo: 8) { _ throws(SystemCallError) in 0 } == [])
        #expect(throws: SystemCallError.self) {
            try [UInt8](upTo: 8) { _ throws(SystemCallError) in throw SystemCallError("read", errno: .invalid) }
        }
    }

    @Test func `lines end with LF or CR LF, and are found by bytes`() {
        #expect("a:1\r\n\r\nb \r c\n\nd".lines == ["a:1", "b \r c", "d"] && "\r\n".lines.isEmpty && "".lines.isEmpty)
    }
}
