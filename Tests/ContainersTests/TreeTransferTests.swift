import CLinux
import Glibc
import Linux
import Testing

@testable import Containers

@Suite struct TreeTransferTests {
    private let folder: TemporaryFolder
    private var copy: String { "\(folder.path)/copy" }

    init() throws {
        folder = try TemporaryFolder()
        try folder.fill(["from/a/one": "1", "from/b/alone": "2", "copy/": ""])
    }

    private func transfer(as owner: TreeTransfer.Owner) throws {
        let source = try FileDescriptor.open("\(folder.path)/from", flags: O_RDONLY | O_DIRECTORY)
        let target = try FileDescriptor.open(copy, flags: O_RDONLY | O_DIRECTORY)
        var transfer = TreeTransfer(owner: owner)
        try transfer.copyContents(of: source, to: target)
    }

    private func attributes(_ path: String) throws -> [FileAttribute] { try FileDescriptor.open(path).attributes() }

    private func status(_ path: String) -> stat {
        var status = stat()
        #expect(lstat("\(folder.path)/\(path)", &status) == 0)
        return status
    }

    @Test(.enabled(if: getuid() == 0, "giving file capabilities needs root"), arguments: [true, false])
    func `what users say of a file goes along with it, and what it may do where its owner does`(keeps: Bool) throws {
        let (file, mine) = ("\(folder.path)/from/a/one", Array("mine".utf8))
        #expect(setxattr(file, "security.capability", TemporaryFolder.capability, 20, 0) == 0)
        for path in [file, "\(folder.path)/from/a"] { #expect(setxattr(path, "user.note", mine, mine.count, 0) == 0) }
        #expect(setxattr(file, "user.overlay.opaque", "y", 1, 0) == 0)
        chmod(file, 0o444)
        try transfer(as: keeps ? .one(1_000, 1_000) : .caller)
        let note = FileAttribute("user.note", mine)
        let capability = FileAttribute("security.capability", TemporaryFolder.capability)
        let expected = [keeps ? capability : nil, note].compactMap(\.self)
        let (copied, above) = (try attributes("\(copy)/a/one"), try attributes("\(copy)/a"))
        #expect(copied == expected && above.map(\.value) == [mine])
        #expect(getxattr("\(copy)/a/one", "user.overlay.opaque", nil, 0) < 0)
        #expect(status("copy/a/one").st_mode & 0o7777 == 0o444)
    }

    @Test func `names of one file are names of one copy, in place of what was there`() throws {
        for name in ["a/two", "b/three", "four"] {
            #expect(link("\(folder.path)/from/a/one", "\(folder.path)/from/\(name)") == 0)
        }
        try folder.fill(["copy/b/three": "old", "copy/b/kept": "kept"])
        for _ in 1...2 {
            try transfer(as: .caller)
            #expect(Set(["a/one", "a/two", "b/three", "four"].map { status("copy/\($0)").st_ino }).count == 1)
            #expect(status("copy/four").st_nlink == 4 && status("copy/b/alone").st_nlink == 1)
            #expect(Files.text("\(copy)/b/three") == "1" && Files.text("\(copy)/b/kept") == "kept")
            #expect(try Files.names(in: "\(copy)/b").count == 3 && Files.names(in: "\(copy)/a").count == 2)
        }
    }

    @Test func `a copy that has been exchanged is not linked to`() throws {
        let from = try FileDescriptor.open("\(folder.path)/from/a")
        let target = try FileDescriptor.open(copy)
        #expect(link("\(folder.path)/from/a/one", "\(folder.path)/from/a/two") == 0)
        let (source, name) = (try from.status(of: Array("one".utf8)), Array("x".utf8))
        try folder.fill(["copy/sub/x": "copied", "outside/x": "host"])
        var links = HardLinks(below: target)
        links.enter(Array("sub".utf8))
        links.note(source, as: name, try FileDescriptor.open("\(copy)/sub/x"))
        let second = links.link(source, as: Array("second".utf8), in: target)
        #expect(second)
        #expect(rename("\(copy)/sub", "\(copy)/moved") == 0 && symlink("\(folder.path)/outside", "\(copy)/sub") == 0)
        let throughLink = links.link(source, as: Array("third".utf8), in: target)
        #expect(!throughLink && unlink("\(copy)/sub") == 0)
        try folder.fill(["copy/sub/x": "another"])
        let toAnother = links.link(source, as: Array("third".utf8), in: target)
        #expect(!toAnother)
        #expect(try Files.names(in: copy).sorted() == ["moved", "second", "sub"])
    }
}
