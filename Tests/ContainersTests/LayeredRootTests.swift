import CLinux
import Glibc
import Linux
import Testing

@testable import Containers

@Suite struct LayeredRootTests {
    private let folder: TemporaryFolder
    private let root: LayeredRoot

    init() throws {
        folder = try TemporaryFolder()
        try folder.fill([
            "secret": "host", "low/etc/passwd": "low", "low/etc/group": "low", "low/data/a": "a", "low/data/sub/b": "b",
            "low/out": "->../secret", "low/abs": "->/etc/group", "low/up": "->../../../../etc/passwd",
            "low/loop": "->loop", "low/dir": "->data", "low/covered/x": "x", "high/etc/passwd": "high",
            "high/data/sub/c": "c", "high/covered": "a file",
        ])
        root = LayeredRoot(layers: ["\(folder.path)/high", "\(folder.path)/low"])
    }

    @Test(arguments: [
        ("/etc/passwd", "high"), ("/etc/group", "low"), ("/abs", "low"), ("/up", "high"), ("/dir/a", "a"),
        ("/data/sub/b", "b"), ("/data/sub/c", "c"), ("/data/../etc/group", "low"), ("/covered", "a file"),
    ])
    func `the uppermost layer that has a file counts`(_ path: String, _ text: String) throws {
        #expect(try root.text(path) == text)
    }

    @Test(arguments: ["/nothing", "/etc", "/etc/passwd/x", "/covered/x", "/out"])
    func `what is not a file inside is none`(_ path: String) throws {
        #expect(try root.text(path) == nil)
    }

    @Test func `a loop of links ends`() {
        #expect(throws: SystemCallError.self) { try root.text("/loop") }
    }

    @Test(.enabled(if: getuid() == 0, "making whiteouts needs root"))
    func `a whiteout hides what lies below`() throws {
        mknod("\(folder.path)/high/abs", S_IFCHR, 0)
        #expect(try root.text("/abs") == nil)
        mkdir("\(folder.path)/high/dir2", 0o755)
        try folder.fill(["low/dir2/x": "x"])
        #expect(try root.text("/dir2/x") == "x")
        #expect(setxattr("\(folder.path)/high/dir2", "trusted.overlay.opaque", "y", 1, 0) == 0)
        #expect(try root.text("/dir2/x") == nil)
    }

    @Test func `names that are no text are copied too`() throws {
        let (target, data) = ("\(folder.path)/copy", "\(folder.path)/low/data")
        try Files.makeDirectories(target)
        let names: [[UInt8]] = [[0xE9], [0xE9, 0xFF], Array("link".utf8) + [0xFE]]
        let source = try FileDescriptor.open(data, flags: O_RDONLY | O_DIRECTORY)
        _ = try source.open(named: names[0], flags: O_WRONLY | O_CREAT, mode: 0o600)
        let number = source.number
        #expect(names[1].asCString { mkdirat(number, $0, 0o755) } == 0)
        let inner = try source.open(named: names[1], flags: O_RDONLY)
        _ = try inner.open(named: names[0], flags: O_WRONLY | O_CREAT, mode: 0o600)
        #expect(names[0].asCString { to in names[2].asCString { symlinkat(to, number, $0) } } == 0)
        try TreeCopy.copy("/data", of: root, into: target)
        let copy = try FileDescriptor.open(target, flags: O_RDONLY | O_DIRECTORY)
        #expect(try Set(copy.names()) == Set(source.names()).union([Array("sub".utf8)]) && copy.names().count == 5)
        #expect(try copy.link(named: names[2]) == names[0])
        #expect(try copy.open(named: names[1], flags: O_RDONLY).names() == [names[0]])
    }

    @Test(.enabled(if: getuid() == 0, "giving file capabilities needs root"))
    func `what a file may do, and its other names, are copied too`() throws {
        let (target, data) = ("\(folder.path)/copy", "\(folder.path)/low/data")
        try Files.makeDirectories(target)
        #expect(setxattr("\(data)/a", "security.capability", TemporaryFolder.capability, 20, 0) == 0)
        #expect(setxattr("\(data)/sub", "user.note", "n", 1, 0) == 0)
        #expect(link("\(data)/a", "\(data)/sub/a") == 0)
        try TreeCopy.copy("/data", of: root, into: target)
        let file = try FileDescriptor.open("\(target)/a").attributes()
        // The folder of the uppermost layer counts, as it does for its mode.
        let sub = try FileDescriptor.open("\(target)/sub").attributes()
        #expect(file.map(\.value) == [TemporaryFolder.capability] && sub.isEmpty)
        var (one, other) = (stat(), stat())
        #expect(stat("\(target)/a", &one) == 0 && stat("\(target)/sub/a", &other) == 0 && one.st_ino == other.st_ino)
    }

    @Test func `a folder is copied as the container sees it`() throws {
        let target = "\(folder.path)/copy"
        try Files.makeDirectories(target)
        chmod("\(folder.path)/low/data/a", 0o640)
        try TreeCopy.copy("/data", of: root, into: target)
        #expect(try Files.names(in: target).sorted() == ["a", "sub"])
        #expect(try Files.names(in: "\(target)/sub").sorted() == ["b", "c"])
        #expect(Files.text("\(target)/sub/c") == "c")
        var status = stat()
        stat("\(target)/a", &status)
        #expect(status.st_mode & 0o7777 == 0o640)
    }

    @Test func `what cannot be looked at is not taken for nothing`() throws {
        #expect(try root.status(Array("/etc/passwd".utf8), layer: 0) != nil)
        #expect(try root.status(Array("/nothing".utf8), layer: 0) == nil)
        #expect(try root.status(Array("/etc/passwd/x".utf8), layer: 0) == nil)
        #expect(throws: SystemCallError.self) {
            try root.status(Array("/".utf8) + [UInt8](repeating: 97, count: 300), layer: 0)
        }
    }
}
