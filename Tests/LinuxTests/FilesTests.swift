import Glibc
import Linux
import Testing

@Suite(.serialized) struct FilesTests {
    private let folder: String

    init() throws {
        var template = Array("/tmp/boxtop-files-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemCallError("make a folder", errno: .current) }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    @Test func `a tree goes whole that is deeper than a process may have files open`() throws {
        defer { try? Files.removeTree(folder) }
        var limit = rlimit()
        #expect(getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
        var small = limit
        small.rlim_cur = 100
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &small)
        defer { setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) }
        // Names that those which are moved up could have had.
        for path in ["tree/.deep-2/x", "tree/a/.deep-3"] { try Files.makeDirectories("\(folder)/\(path)") }
        try Files.replace("\(folder)/tree/.deep-1", with: [1], durable: false)
        var here = try FileDescriptor.open("\(folder)/tree/a", flags: O_RDONLY | O_DIRECTORY)
        for depth in 0..<500 {
            #expect(mkdirat(here.number, "d", depth % 7 == 0 ? 0o500 : 0o755) == 0)
            if depth % 10 == 0 { close(openat(here.number, "f", O_WRONLY | O_CREAT, 0o600)) }
            symlinkat("/tmp", here.number, "l")
            here = try here.open("d", flags: O_RDONLY | O_DIRECTORY)
        }
        try Files.removeTree("\(folder)/tree")
        #expect(try Files.names(in: folder).isEmpty)
    }
}
