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

    private func mode(_ path: String) -> mode_t {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
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

    @Test func `what is written goes through no link that somebody has laid beside it`() throws {
        defer { try? Files.removeTree(folder) }
        let (victim, path) = ("\(folder)/victim", "\(folder)/out")
        try Files.replace(victim, with: "kept".utf8, durable: false)
        symlink(victim, "\(path).\(getpid()).tmp")
        try Files.replace(path, with: "new".utf8, durable: false)
        var replacement = try FileReplacement(of: path)
        try replacement.file.write("newer".utf8)
        #expect(Files.text(path) == "new")
        try replacement.keep()
        #expect(Files.text(path) == "newer" && Files.text(victim) == "kept")
    }

    @Test func `a new file is for its owner alone, and one that is replaced keeps its mode`() throws {
        defer { try? Files.removeTree(folder) }
        func write(_ name: String) throws {
            var replacement = try FileReplacement(of: "\(folder)/\(name)")
            try replacement.file.write("x".utf8)
            try replacement.keep()
        }
        try write("new")
        #expect(mode("\(folder)/new") == 0o600)
        for kept in [0o640, 0o666, 0o600] as [mode_t] {
            chmod("\(folder)/new", kept)
            try write("new")
            #expect(mode("\(folder)/new") == kept)
        }
        if geteuid() == 0 {
            chmod("\(folder)/new", 0o666)
            chown("\(folder)/new", 65_432, 65_432)
            try write("new")
            #expect(mode("\(folder)/new") == 0o600)
        }
        unlink("\(folder)/new")
        symlink("/etc/passwd", "\(folder)/new")
        try write("new")
        #expect(mode("\(folder)/new") == 0o600)
        // What is not kept leaves nothing.
        do { _ = try FileReplacement(of: "\(folder)/given up") }
        #expect(try Files.names(in: folder) == ["new"])
    }
}
