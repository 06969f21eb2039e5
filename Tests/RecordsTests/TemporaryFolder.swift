import Glibc
import Linux

/// A folder of a test's own, removed with all in it when the test has ended.
final class TemporaryFolder {
    let path: String

    init() throws {
        var template = Array("/tmp/boxtop-records-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemCallError("make a folder", errno: .current) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { try? Files.removeTree(path) }
}
