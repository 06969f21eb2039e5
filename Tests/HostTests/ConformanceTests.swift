import Glibc
import Linux
import Testing

/// The specification's sentences, tried on the runtime that was built beside the tests.
@Suite(.enabled(if: RuntimeBundle.obstacle == nil, Comment(rawValue: RuntimeBundle.obstacle ?? "")))
struct ConformanceTests {
    @Test func `the runtime does what every sentence of the specification says`() throws {
        let folder = RuntimeBundle.program.split(separator: "/").dropLast().joined(separator: "/")
        let output = "/tmp/boxtop-conformance-\(getpid())"
        defer { unlink(output) }
        let status = system("/\(folder)/conformance --why \(RuntimeBundle.program) > \(output) 2>&1")
        let lines = (Files.text(output) ?? "").split(separator: "\n").map(String.init)
        let failed = lines.indices.filter { lines[$0].hasPrefix("  FAIL") }.map { lines[$0..<min($0 + 2, lines.count)] }
        #expect(status == 0, "\(failed.map { $0.joined(separator: "\n") }.joined(separator: "\n"))")
        #expect(lines.last?.contains("0 failed") == true, "\(lines.last ?? "it says nothing")")
    }
}
