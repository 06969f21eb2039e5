import Glibc
import Linux
import Testing

@Suite struct FolderWatchTests {
    private let folder = "/tmp/boxtop-watch-\(getpid())-\(UInt32.random(in: .min ... .max))"

    @Test func `of two folders the one is told in which a file was replaced, and a folder's end`() throws {
        defer { try? Files.removeTree(folder) }
        for name in ["a", "b"] { try Files.makeDirectories("\(folder)/\(name)") }
        let watch = try FolderWatch()
        func add(_ name: String) -> Int32 { watch.add("\(folder)/\(name)", for: .files) ?? -1 }
        func changed() -> Set<Int32>? { watch.changed() }
        let (a, b) = (add("a"), add("b"))
        #expect(a > 0 && b > 0 && a != b && add("a") == a)
        #expect(changed() == [])
        try Files.replace("\(folder)/a/file", with: [1], durable: false)
        #expect(changed() == [a])
        #expect(changed() == [])
        // Reading is no change, nor is a write to a file that stays open: a log has many.
        #expect(try Files.read("\(folder)/a/file", limit: 9) == [1])
        let file = try FileDescriptor.open("\(folder)/b/log", flags: O_WRONLY | O_CREAT, mode: 0o600)
        #expect(changed() == [b])
        #expect(write(file.number, "x", 1) == 1)
        #expect(changed() == [])
        try Files.removeTree("\(folder)/a")
        #expect(changed()?.contains(a) == true)
        try Files.makeDirectories("\(folder)/a")
        #expect(add("a") != a)
    }

    @Test func `what is not there, or no folder, is not watched; and too much is said to be too much`() throws {
        defer { try? Files.removeTree(folder) }
        try Files.makeDirectories(folder)
        let watch = try FolderWatch()
        func add(_ folder: String) -> Int32? { watch.add(folder, for: .files) }
        func changed() -> Set<Int32>? { watch.changed() }
        #expect(add("\(folder)/none") == nil)
        #expect(add("/etc/passwd") == nil)
        let number = try #require(add(folder))
        try Files.replace("\(folder)/one", with: [1], durable: false)
        #expect(changed() == [number])
        let most = Files.text("/proc/sys/fs/inotify/max_queued_events").flatMap { Int($0.dropLast()) } ?? 16_384
        // Two names in turn, since the kernel drops an event that equals the one before it.
        var names = ("\(folder)/one", "\(folder)/two")
        for _ in 0...most {
            rename(names.0, names.1)
            names = (names.1, names.0)
        }
        #expect(changed() == nil)
        #expect(changed() == [])
    }
}
