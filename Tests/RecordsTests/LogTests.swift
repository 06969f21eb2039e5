import Linux
import Records
import Testing

@Suite struct LogTests {
    private let folder: TemporaryFolder
    private var path: String { "\(folder.path)/container.log" }
    private let noon = Timestamp(nanoseconds: 1_795_473_751_000_000_000)

    init() throws { folder = try TemporaryFolder() }

    private func writer(maximumSize: UInt64 = 1 << 20, files: Int = 3) -> LogWriter {
        var options = LogOptions()
        options.maximumSize = maximumSize
        options.files = files
        return LogWriter(path: path, options: options)
    }

    private func append(_ text: String, _ stream: LogStream = .output, to writer: inout LogWriter, at time: Timestamp) {
        Array(text.utf8).withUnsafeBytes { writer.append($0, from: stream, at: time) }
    }

    private func entries(_ start: LogReader.Start = .oldest) -> [LogEntry] {
        var reader = LogReader(path: path, from: start)
        var entries: [LogEntry] = []
        while let entry = reader.next() { entries.append(entry) }
        return entries
    }

    private func text(_ entries: [LogEntry]) -> String {
        String(decoding: entries.flatMap(\.bytes), as: UTF8.self)
    }

    @Test func `a line is written with its time, its stream and F`() throws {
        var writer = writer()
        append("hello\n", to: &writer, at: noon)
        append("oh\n", .error, to: &writer, at: noon)
        #expect(
            Files.text(path) == """
                2026-11-23T22:42:31.000000000Z stdout F hello
                2026-11-23T22:42:31.000000000Z stderr F oh

                """)
    }

    @Test func `a line that comes in pieces is one line, and the streams do not mix`() {
        var writer = writer()
        append("he", to: &writer, at: noon)
        append("oh", .error, to: &writer, at: noon)
        #expect(writer.isWaiting == true)
        append("llo\n", to: &writer, at: noon)
        append(" dear\n", .error, to: &writer, at: noon)
        #expect(writer.isWaiting == false)
        #expect(entries().map { String(decoding: $0.text, as: UTF8.self) } == ["hello", "oh dear"])
    }

    @Test func `a prompt without an end is written as a part once it is flushed`() {
        var writer = writer()
        append("name? ", to: &writer, at: noon)
        #expect(entries().isEmpty)
        writer.flush(at: noon)
        append("Ada\n", to: &writer, at: noon)
        #expect(entries().map(\.isPartial) == [true, false])
        #expect(text(entries()) == "name? Ada\n")
    }

    @Test(arguments: [16_383, 16_384, 16_385, 32_768, 100_000])
    func `a huge line is cut into parts and joined again`(length: Int) {
        var writer = writer()
        let line = String(repeating: "x", count: length)
        append(line + "\n", to: &writer, at: noon)
        #expect(entries().allSatisfy { $0.text.count <= LogEntry.maximumText })
        #expect(text(entries()) == line + "\n")
        #expect(LogReader.lines(path: path, last: 5).map(\.text.count) == [length])
    }

    @Test func `any bytes come back as they were`() {
        var writer = writer()
        let bytes = (0..<5_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        bytes.withUnsafeBytes { writer.append($0, from: .output, at: noon) }
        writer.flush(at: noon)
        #expect(entries().flatMap(\.bytes) == bytes)
    }

    @Test func `a full file is rotated, and as many are kept as was asked for`() throws {
        var writer = writer(maximumSize: 500, files: 3)
        for number in 0..<100 { append("line \(number)\n", to: &writer, at: noon) }
        #expect(try Set(Files.names(in: folder.path)) == ["container.log", "container.log.1", "container.log.2"])
        let numbers = entries().compactMap { Int(String(decoding: $0.text.dropFirst(5), as: UTF8.self)) }
        #expect(numbers.last == 99)
        #expect(numbers == Array(numbers[0]...99))
        #expect(numbers.count > 20 && numbers.count < 40)
    }

    @Test func `with one file the old lines go`() throws {
        var writer = writer(maximumSize: 200, files: 1)
        for number in 0..<20 { append("line \(number)\n", to: &writer, at: noon) }
        #expect(try Files.names(in: folder.path) == ["container.log"])
        #expect(text(entries()).hasSuffix("line 19\n"))
    }

    @Test(arguments: [0, 1, 3, 10, 25, 1_000])
    func `the last lines are found across files`(count: Int) {
        var writer = writer(maximumSize: 500, files: 4)
        for number in 0..<30 { append("line \(number)\n", to: &writer, at: noon) }
        let expected = (max(0, 30 - count)..<30).map { "line \($0)\n" }.joined()
        #expect(text(entries(.last(count))) == expected)
    }

    @Test func `a line in parts counts once among the last`() {
        var writer = writer()
        append("first\n" + String(repeating: "y", count: 40_000) + "\nlast\n", to: &writer, at: noon)
        #expect(text(entries(.last(2))).utf8.count == 40_001 + 5)
        #expect(LogReader.lines(path: path, last: 2).map(\.text.count) == [40_000, 4])
    }

    @Test(
        arguments: [
            (0, []), (1, ["d"]), (2, ["open", "d"]), (3, ["c", "open", "d"]), (4, ["begun abcdef", "c", "open", "d"]),
            (5, ["begun abcdef", "b", "c", "open", "d"]), (7, ["old", "begun abcdef", "a", "b", "c", "open", "d"]),
            (99, ["old", "begun abcdef", "a", "b", "c", "open", "d"]),
        ] as [(Int, [String])])
    func `a line's parts are its stream's, whatever the other has written in between`(count: Int, lines: [String]) {
        var writer = writer(maximumSize: 150, files: 9)
        let pieces: [(String, LogStream)] = [
            ("old\n", .error), ("begun ", .output), ("a\n", .error), ("abc", .output), ("b\n", .error),
            ("def\n", .output), ("c\n", .error), ("open", .output), ("d\n", .error),
        ]
        for (piece, stream) in pieces {
            append(piece, stream, to: &writer, at: noon)
            writer.flush(at: noon)
        }
        let found = LogReader.lines(path: path, last: count)
        #expect(found.map { String(decoding: $0.text, as: UTF8.self) } == lines)
        #expect(entries(.last(count)).flatMap(\.text).count == lines.joined().utf8.count)
    }

    @Test func `lines since a time are found`() {
        var writer = writer(maximumSize: 500, files: 9)
        for number in 0..<50 {
            append("\(number)\n", to: &writer, at: Timestamp(nanoseconds: noon.nanoseconds + UInt64(number)))
        }
        let since = entries(.since(Timestamp(nanoseconds: noon.nanoseconds + 20)))
        #expect(text(since) == (20..<50).map { "\($0)\n" }.joined())
    }

    @Test func `a reader follows a log that grows and rotates under it`() {
        var writer = writer(maximumSize: 300, files: 3)
        var reader = LogReader(path: path, from: .oldest)
        let first = reader.next()
        #expect(first == nil)
        var seen: [String] = []
        for number in 0..<100 {
            append("\(number)\n", to: &writer, at: noon)
            if number % 7 == 0 {
                while let entry = reader.next() { seen.append(String(decoding: entry.text, as: UTF8.self)) }
            }
        }
        while let entry = reader.next() { seen.append(String(decoding: entry.text, as: UTF8.self)) }
        #expect(seen == (0..<100).map(String.init))
    }

    @Test func `a torn line of a killed writer spoils no other`() throws {
        try Files.replace(path, with: Array("2026-11-23T22:42:31.000000000Z stdo".utf8))
        var writer = writer()
        append("next\n", to: &writer, at: noon)
        #expect(text(entries()) == "next\n")
    }

    @Test(arguments: [
        "", "x", "2026-11-23T22:42:31.000000000Z stdout Q x", "2026-11-23T22:42:31.000000000Z stdin1 F x",
    ])
    func `what is no line of a log is refused`(line: String) {
        #expect(LogEntry(Array(line.utf8)) == nil)
    }
}
